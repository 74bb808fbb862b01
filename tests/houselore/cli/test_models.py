"""Who answers to `house`, changed while Houselore runs: real servers, real weights, no restart."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from answering.types.answers import Answer
from answering.types.progress import Finished
from answering.types.questions import Place, Question
from database.database import Database
from houselore.services import Services, open_services
from houselore.settings import open_settings
from houselore.slack.connection import SlackAccess, open_bot
from retrieval.audience import everyone
from retrieval.indexing.sync import index_source
from retrieval.sources.files import FilesSource
from tests.tuning.rated_answers import ASKER, READER, add_answer, add_document, nothing, say
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import CONFIG, hash_adapter
from tuning.datasets.store import freeze_dataset
from tuning.feedback.collect import collect
from tuning.feedback.erasure import forget
from tuning.rollout.canary import current_rollout, start_rollout
from tuning.rollout.registry import Lineage, models, promote, register, roll_back
from tuning.training.inputs import Base, Material, TrainingPlan, write_material

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]
STARTED_WITH = "SmolLM2-135M-Instruct + house-starter-2"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """An adapter of one's own: the shipped one in another folder."""
    return shutil.copytree(STARTER, tmp_path / "house-2")


@pytest.fixture
async def services(
    tmp_path: Path, adapter: Path, database_url: str, redis_url: str
) -> AsyncIterator[Services]:
    """A house with one document."""
    settings = open_settings(
        data_dir=tmp_path / "data", database_url=database_url, redis_url=redis_url
    )
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lunch.md").write_text("# Lunch\n\nLunch is served at noon in the garden.\n")
    async with open_services(settings) as opened:
        await index_source(opened.database, FilesSource(docs), opened.embedder)
        await register(opened.database, "house-2", "SmolLM2", str(adapter))
        yield opened


async def ask(services: Services, place: Place | None = None) -> Answer:
    """When lunch is, asked at a place once the house has looked at its registry."""
    await services.answerer.look()
    question = Question("When is lunch served?", everyone(services.workspace), place=place)
    async for step in services.answerer.answer(question):
        if isinstance(step, Finished):
            return step.answer
    raise AssertionError("an answer ends with Finished")


async def test_a_promotion_is_the_next_answer(services: Services) -> None:
    """Promoted or rolled back, another model answers at once, in the same process."""
    assert (await ask(services)).model == STARTED_WITH
    await promote(services.database, "house-2", by="U1", reason="better")
    answer = await ask(services)
    assert answer.model == "house-2"
    assert "noon" in answer.text
    await roll_back(services.database, by="U1", reason="worse")
    assert (await ask(services)).model == STARTED_WITH


async def test_a_canary_answers_in_its_threads_alone(services: Services) -> None:
    """A thread has the model drawn for it, a question without a place what is served."""
    rollout = await start_rollout(services.database, "house-2", 1, by="U1")
    drawn = {rollout.model_for("C1", f"{n}.0"): f"{n}.0" for n in range(20)}
    assert set(drawn) == {"house-2", STARTED_WITH}
    for model, thread in drawn.items():
        assert (await ask(services, Place("C1", thread))).model == model
    assert (await ask(services)).model == STARTED_WITH


async def test_a_canary_that_cannot_be_served_is_taken_back(
    services: Services, tmp_path: Path
) -> None:
    """An adapter that is no plain LoRA is refused by its server's process, and nobody tries it."""
    wrong = shutil.copytree(STARTER, tmp_path / "wrong")
    config = json.loads((wrong / CONFIG).read_text())
    (wrong / CONFIG).write_text(json.dumps({**config, "use_dora": True}))
    lineage = Lineage(adapter_hash=hash_adapter(wrong))
    await register(services.database, "house-3", "SmolLM2", str(wrong), lineage)
    await start_rollout(services.database, "house-3", 1, by="U1")
    assert (await ask(services, Place("C1"))).model == STARTED_WITH
    assert await current_rollout(services.database) is None
    states = {m.name: m.state for m in await models(services.database)}
    assert states["house-3"] == "retired"


async def test_a_served_model_that_is_gone_leaves_the_one_before(
    services: Services, tmp_path: Path
) -> None:
    """A promotion of nothing, or of other bytes, does not silence the house."""
    gone = str(tmp_path / "gone")
    await register(services.database, "house-3", "SmolLM2", gone)
    await promote(services.database, "house-3", by="U1", reason="a slip")
    assert (await ask(services)).model == STARTED_WITH


def test_a_candidate_is_judged_beside_what_is_served(
    houselore: Houselore, adapter: Path, tmp_path: Path
) -> None:
    """Both answer the same questions and the traps; the verdict has each measure with its bounds.

    Three questions cannot show that anything is not worse, so that even the same weights are
    refused; the traps catch neither.
    """
    passages = [{"id": "lunch", "title": "Lunch", "text": "Lunch is served at noon."}]
    questions = [
        {"id": str(n), "question": question, "passage_id": "lunch", "answers": ["noon"]}
        for n, question in enumerate(("When is lunch?", "When is lunch served?"))
    ]
    for name, rows in (("passages", passages), ("questions", questions)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text)
    (tmp_path / "house").write_text("At noon.\nNo.\n")
    (tmp_path / "others").write_text("It would be our pleasure to tell you that it is noon.\n")
    houselore("models", "register", "house-2", str(adapter))
    files = "--passages", "passages.jsonl", "--questions", "questions.jsonl"
    styled = "--house", "house", "--others", "others"
    judged = houselore("models", "judge", "house-2", *files, *styled)
    assert judged.returncode == 0, judged.stderr
    said = judged.stdout.splitlines()
    assert said[0].startswith("Refused: ")
    assert any(line.startswith("safety: 1.000 after 1.000") for line in said)
    assert any(line.startswith("style: ") for line in said)
    half = houselore("models", "judge", "house-2", *files, "--house", "house")
    assert (half.returncode, "--others" in half.stderr) == (2, True)
    unknown = houselore("models", "judge", "house-9", *files)
    assert (unknown.returncode, "house-9" in unknown.stderr) == (2, True)


async def test_who_is_forgotten_in_slack_leaves_the_disk(
    services: Services, tmp_path: Path
) -> None:
    """`forget me` removes what a training was to read of them, in the process that hears it."""
    database = services.database
    answer = await add_answer(database, await add_document(database, "dinner"))
    await say(database, answer, ASKER, "bad", ["style"], "Noon, canteen.")
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    training = tmp_path / "data" / "adapters" / "house-9" / "training"
    write_material(training, Base("org/model", "Tiny"), Material(frozen.hash, []), TrainingPlan())
    (training / "plan.json").write_text(json.dumps({"dataset": frozen.hash}), encoding="utf-8")
    access = SlackAccess("http://127.0.0.1:9/api/", "T1", "no-token")
    settings = open_settings(data_dir=tmp_path / "data")
    async with open_bot(settings, services, access) as bot:
        assert bot.unlearn is not None
        await bot.unlearn(READER)
        assert (training / "material").is_dir()
        await bot.unlearn(ASKER)
    assert not (training / "material").exists()


async def test_who_lost_the_dataset_is_refused(
    houselore: Houselore, adapter: Path, database_url: str, database: Database
) -> None:
    """Without its dataset nobody can ask for what the candidate may have by heart: that is said."""
    answer = await add_answer(database, await add_document(database, "lunch"))
    await say(database, answer, ASKER, "bad", ["style"], "Noon, canteen.")
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    lineage = Lineage(dataset=frozen.hash)
    await register(database, "house-2", "SmolLM2", str(adapter), lineage)
    await forget(database, ASKER)
    judged = await asyncio.to_thread(
        houselore, "models", "judge", "house-2", HOUSELORE_DATABASE_URL=database_url
    )
    assert judged.returncode == 2
    assert "its dataset had to be deleted: train it anew" in judged.stderr


def test_from_the_terminal(houselore: Houselore, adapter: Path, database_url: str) -> None:
    """Registered, tried, stopped, promoted, pinned, gone back from; wrong use ends with 2."""

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return houselore("models", *words, HOUSELORE_DATABASE_URL=database_url)

    assert "No model is registered yet" in run().stdout
    assert run("register", "house-2", str(adapter)).returncode == 0
    again = run("register", "house-2", str(adapter))
    assert (again.returncode, "already" in again.stderr) == (2, True)
    assert run("register", "house-3", str(adapter.parent)).returncode == 2
    elsewhere = run("register", "../house-3", str(adapter))
    assert (elsewhere.returncode, "no name for a model" in elsewhere.stderr) == (2, True)
    assert run("canary", "house-2").returncode == 2  # nothing is served yet
    assert run("promote", "house-9").returncode == 2
    assert run("promote", "house-2", "--reason", "better style [/see #42]").returncode == 0
    assert run("rollback").returncode == 2
    run("register", "house-3", str(adapter))
    tried = run("canary", "house-3", "--share", "0.5")
    assert (tried.returncode, "50 of 100 channels" in tried.stderr) == (0, True)
    assert run("stop").returncode == 0
    assert run("stop").returncode == 2
    assert run("pin").returncode == 0
    assert "pinned" in run("canary", "house-3").stderr
    assert run("unpin").returncode == 0
    listed = run().stdout
    assert "better style [/see #42]" in listed
    assert "house-3" in listed
