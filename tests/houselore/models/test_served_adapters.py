"""An adapter in object storage: registered on one machine, served on another, or refused."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from answering.types.progress import Finished
from answering.types.questions import Question
from database.database import Database
from houselore.services import open_services
from houselore.settings import Settings, open_settings
from retrieval.audience import everyone
from retrieval.indexing.sync import index_source
from retrieval.sources.files import FilesSource
from tests.tuning.bucket import SECRET, Bucket
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import hash_adapter
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import Lineage, models, promote, register, roll_back

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]
URL = "s3://models/houselore"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """An adapter of one's own: the shipped one in another folder."""
    return shutil.copytree(STARTER, tmp_path / "house-2")


async def asked(settings: Settings, docs: Path) -> list[str]:
    """The model that answered before house-2 was promoted, the one after, and what that said."""
    async with open_services(settings) as services:
        await index_source(services.database, FilesSource(docs), services.embedder)
        said = []
        for _ in range(2):
            question = Question("When is lunch served?", everyone("home"))
            async for step in services.answerer.answer(question):
                if isinstance(step, Finished):
                    said += [step.answer.model, step.answer.text]
            await promote(services.database, "house-2", by="U1", reason="better")
            await services.answerer.look()
    return [said[0], *said[2:]]


async def test_one_machine_registers_and_another_serves(
    houselore: Houselore,
    s3: Bucket,
    adapter: Path,
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    database: Database,
) -> None:
    """`model register` uploads the folder; a data folder that never saw it answers with it, and
    where somebody changed the bucket's bytes the model before goes on. No key is told or kept.
    """
    keys = s3.environment()
    where = {"HOUSELORE_DATABASE_URL": database_url, "HOUSELORE_ADAPTERS": URL, **keys}
    words = "models", "register", "house-2", str(adapter)
    done = await asyncio.to_thread(houselore, *words, **where)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(adapter)
    (kept,) = await models(database)
    assert kept.adapter is not None and kept.adapter.startswith(f"{URL}/house-2-")
    assert SECRET not in done.stdout + done.stderr + kept.adapter

    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lunch.md").write_text("# Lunch\n\nLunch is served at noon in the garden.\n")
    at = {"database_url": database_url, "redis_url": redis_url}
    before, model, text = await asked(open_settings(data_dir=tmp_path / "second", **at), docs)
    assert before != "house-2" == model
    assert "noon" in text

    await roll_back(database, by="U1", reason="to be tried again")
    (weights,) = (key for key in s3.objects if key.endswith("safetensors"))
    s3.objects[weights] = s3.objects[weights][:-1] + b"x"
    _, model, _ = await asked(open_settings(data_dir=tmp_path / "third", **at), docs)
    assert model == before


async def test_questions_do_not_wait_for_a_storage_that_hangs(
    s3: Bucket, adapter: Path, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """While an adapter is fetched the model before answers; once it is there it answers itself."""
    place = await asyncio.to_thread(AdapterStore(tmp_path / "first", URL).put, "house-2", adapter)
    at = {"database_url": database_url, "redis_url": redis_url}
    async with open_services(open_settings(data_dir=tmp_path / "second", **at)) as services:

        async def model() -> str:
            async with asyncio.timeout(20):
                async for step in services.answerer.answer(
                    Question("When is lunch?", everyone("home"))
                ):
                    if isinstance(step, Finished):
                        return step.answer.model
            raise AssertionError("an answer ends with Finished")

        docs = tmp_path / "docs"
        docs.mkdir()
        (docs / "lunch.md").write_text("# Lunch\n\nLunch is served at noon in the garden.\n")
        await index_source(services.database, FilesSource(docs), services.embedder)
        lineage = Lineage(adapter_hash=hash_adapter(adapter))
        await register(services.database, "house-2", "SmolLM2", place, lineage)
        await promote(services.database, "house-2", by="U1", reason="better")
        s3.held, s3.asked = asyncio.Event(), []
        looking = asyncio.create_task(services.answerer.look())
        while not s3.asked:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
        assert await model() != "house-2"
        assert not looking.done()
        s3.held.set()
        await looking
        assert await model() == "house-2"


async def test_the_doctor_asks_the_storage(houselore: Houselore, s3: Bucket) -> None:
    """It answers, or is refused to a wrong key, which breaks nothing else; no key is shown."""

    async def found(secret: str) -> dict[str, str]:
        done = await asyncio.to_thread(
            houselore, "doctor", "--json", HOUSELORE_ADAPTERS=URL, **s3.environment(secret)
        )
        assert secret not in done.stdout + done.stderr
        (line,) = (one for one in json.loads(done.stdout)["findings"] if one["part"] == "adapters")
        return dict(line)

    assert await found(SECRET) == {
        "part": "adapters",
        "verdict": "well",
        "said": f"kept at {URL}, which answers",
    }
    refused = await found("a-wrong-secret")
    assert (refused["verdict"], "refused" in refused["said"]) == ("poorly", True)
