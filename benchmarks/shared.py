"""Where the measuring data is, an index of squad2, and where results go. Measures nothing."""

import gzip
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg_pool import AsyncConnectionPool

from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.connections import open_pool
from retrieval.embeddings import Embedder
from retrieval.indexing import index_source
from retrieval.sources.files import FilesSource

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared")) / "data"
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Asked:
    """A squad2 question: its gold answers, none where its passage does not answer it."""

    text: str
    answers: tuple[str, ...]

    def is_answered_by(self, text: str) -> bool:
        """Whether `text` contains a gold answer."""
        return any(answer.lower() in text.lower() for answer in self.answers)


def squad2_questions(answerable: int, unanswerable: int, seed: int = 7) -> list[Asked]:
    """A sample of both kinds, answerable ones first."""
    rows = [json.loads(line) for line in _lines("squad2/questions.jsonl.gz")]
    asked = [Asked(row["question"], tuple(row["answers"])) for row in rows]
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    return chance.sample([q for q in asked if q.answers], answerable) + chance.sample(
        [q for q in asked if not q.answers], unanswerable
    )


@asynccontextmanager
async def squad2_index(embedder: Embedder) -> AsyncIterator[AsyncConnectionPool]:
    """A database of its own whose workspace `home` has each squad2 passage as a file."""
    with TemporaryDirectory() as folder:
        texts = _passages_as_files(Path(folder, "passages"))
        async with embedded_postgres(Path(folder, "postgres"), durable=False) as url:
            upgrade(url)
            async with open_pool(url, "home") as pool:
                source = FilesSource(texts, frozenset({"public"}))
                await index_source(pool, "home", source, embedder)
                yield pool


def _passages_as_files(folder: Path) -> Path:
    folder.mkdir()
    for line in _lines("squad2/passages.jsonl.gz"):
        passage = json.loads(line)
        text = f"# {passage['title']}\n\n{passage['text']}\n"
        (folder / f"{passage['id']}.md").write_text(text, encoding="utf-8")
    return folder


def write_result(name: str, result: Mapping[str, object]) -> None:
    """Keep a result as JSON beside the benchmarks, and print it."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


def _lines(name: str) -> list[str]:
    path = DATA / name
    if not path.is_file():
        sys.exit(f"The measuring data is not here: {path} (set SHARED_DATA to its folder).")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(file)
