"""The real embedder, reader and chat model, and an answerer over two documents."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from answering.answerer import Answerer
from answering.chain import ChainParts
from answering.evidence.retrieve import SearchIndex
from answering.model.chat_model import open_chat_model
from answering.model.house_model import HouseModel
from database.database import Database
from houselore.embedded.chat_model import embedded_chat_model
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.indexing.sync import index_source
from retrieval.reader.reader import Reader
from retrieval.sources.files import FilesSource
from tests.answering.answering_chain import CLEAR, LINKS, shipped_reader


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The embedded embedder."""
    return open_embedder("embedded:")


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The reader that is shipped."""
    return shipped_reader()


@pytest.fixture(scope="module")
def chat_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded chat model's address."""
    with asyncio.Runner() as runner:
        server = embedded_chat_model(tmp_path_factory.mktemp("chat"))
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def index(
    database: Database, embedder: Embedder, tmp_path: Path
) -> AsyncIterator[SearchIndex]:
    """An index of two small documents, one of them for a private channel only."""
    handbook = tmp_path / "handbook"
    handbook.mkdir()
    (handbook / "deploy.md").write_text(
        "# Deploying\n\nWe deploy to production on Tuesdays at 10:00. "
        "Hotfixes may go out on any day with the approval of Priya.\n"
    )
    secret = tmp_path / "people"
    secret.mkdir()
    (secret / "salaries.md").write_text(
        "# Salaries\n\nThe salary band of level 5 is 91,000 euros.\n"
    )
    await index_source(database, FilesSource(handbook, frozenset({"public"})), embedder)
    await index_source(database, FilesSource(secret, frozenset({"channel:C9"})), embedder)
    yield SearchIndex(database, embedder, LINKS)


@pytest.fixture
def parts(index: SearchIndex, reader: Reader, chat_url: str) -> ChainParts:
    """What answers from it with the embedded chat model."""
    model = HouseModel(open_chat_model(chat_url), "smollm2-135m")
    return ChainParts(index, reader, model, CLEAR)


@pytest.fixture
def answerer(parts: ChainParts) -> Answerer:
    """The same as an answerer."""
    return Answerer(parts)
