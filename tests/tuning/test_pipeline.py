"""From a frozen dataset to a registered candidate."""

from pathlib import Path

import pytest

from database.database import Database
from tests.tuning.rated_answers import PROMPT
from tuning.datasets.formats import DatasetRow
from tuning.errors import CannotTrain, UnknownDataset
from tuning.examples_for_training import ChatMessage
from tuning.pipeline import lessons_of, tune
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import ensure_served
from tuning.training.inputs import Base, TrainingPlan

ROW = DatasetRow("sft", tuple(ChatMessage(**one) for one in PROMPT), "At noon. [1]")
BASE = Base("no-such-model", "Tiny")


def test_a_lesson_has_the_messages_that_were_served() -> None:
    """The prompt is not rendered anew: what is trained is what people were answered from."""
    (lesson,) = lessons_of([ROW], "abcdef0123456789")
    assert (lesson.prompt, lesson.answer, lesson.origin) == (ROW.prompt, ROW.chosen, "abcdef012345")


async def test_what_cannot_begin_changes_nothing(database: Database, tmp_path: Path) -> None:
    """A name that is taken and a dataset that is not there are said before anything is trained."""
    await ensure_served(database, "house-1", "Tiny")
    with pytest.raises(CannotTrain, match="house-1"):
        await tune(database, BASE, "house-1", AdapterStore(tmp_path))
    with pytest.raises(UnknownDataset, match="data freeze"):
        await tune(database, BASE, "house-2", AdapterStore(tmp_path))
    assert not (tmp_path / "adapters" / "house-2").exists()


@pytest.mark.training
async def test_a_dataset_becomes_a_candidate(database: Database, tmp_path: Path) -> None:
    """Trained, written, registered with its dataset, hash and size; needs the extra `tuning`."""
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    from tests.tuning.rated_answers import ASKER, add_answer, add_document, nothing, say
    from tests.tuning.tiny import tiny_base
    from tuning.datasets.store import freeze_dataset
    from tuning.feedback.collect import collect
    from tuning.rollout.registry import models

    for number in range(6):
        answer = await add_answer(database, await add_document(database, f"lunch-{number}"))
        await say(database, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")
    await collect(database, nothing, str)
    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    base = Base(str(tiny_base(tmp_path / "base")), "Tiny")
    store = AdapterStore(tmp_path)
    tuned = await tune(database, base, "house-2", store, plan=TrainingPlan(1, "none"))
    (model,) = await models(database)
    assert (model.state, model.dataset, model.adapter) == (
        *("candidate", frozen.hash),
        str(tuned.adapter),
    )
    assert model.metrics["lessons"] == tuned.lessons > 0


@pytest.mark.training
async def test_what_machines_trained_becomes_a_candidate(
    database: Database, tmp_path: Path
) -> None:
    """Prepared here, trained by the worker from a copied folder, taken up here without training."""
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    from tests.tuning.rated_answers import ASKER, add_answer, add_document, nothing, say
    from tests.tuning.tiny import tiny_base
    from tuning.datasets.store import freeze_dataset
    from tuning.feedback.collect import collect
    from tuning.pipeline import prepare
    from tuning.training.worker import main

    for number in range(6):
        answer = await add_answer(database, await add_document(database, f"lunch-{number}"))
        await say(database, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")
    await collect(database, nothing, str)
    await freeze_dataset(database, "ben", unreviewed=True)
    base, plan = Base(str(tiny_base(tmp_path / "base")), "Tiny"), TrainingPlan(1, "none")
    there, store = tmp_path / "there", AdapterStore(tmp_path)
    folder, dataset = await prepare(database, base, "house-2", store.folder, plan=plan)
    folder.rename(there)
    assert main([str(there)]) == 0
    there.rename(folder)
    told: list[str] = []
    tuned = await tune(
        *(database, base, "house-2", store),
        dataset=dataset,
        plan=plan,
        report=lambda stage, *_: told.append(stage),
    )
    assert tuned.stages == ("sft",) and "SFT" not in told


async def test_a_provider_makes_a_candidate(database: Database, tmp_path: Path) -> None:
    """Lessons, then pairs on what came of them; registered by the id that serves it."""
    from tests.tuning.provider import KEY, Site, provider
    from tests.tuning.rated_answers import ASKER, add_answer, add_document, nothing, say
    from tuning.datasets.store import freeze_dataset
    from tuning.feedback.collect import collect
    from tuning.hosted.client import Endpoint, PollingBackoff
    from tuning.pipeline import tune_hosted
    from tuning.rollout.registry import models

    for number in range(6):
        answer = await add_answer(database, await add_document(database, f"lunch-{number}"))
        await say(database, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")
    await collect(database, nothing, str)
    await freeze_dataset(database, "ben", unreviewed=True)
    async with provider(Site()) as site:
        at = Endpoint(site.url, KEY)
        tuned = await tune_hosted(
            *(database, at, "small", "house-2", tmp_path),
            plan=TrainingPlan(2, "dpo"),
            pace=PollingBackoff(0.01, 0.01),
        )
        jobs = list(site.jobs.values())
    assert [job["model"] for job in jobs] == ["small", "ft:small:team:house-2:ftjob-1"]
    assert [job["method"]["type"] for job in jobs] == ["supervised", "dpo"]
    (model,) = await models(database)
    assert model.adapter == f"hosted:{tuned.adapter}"
    with pytest.raises(CannotTrain, match="thumbs"):
        at = Endpoint("http://127.0.0.1:1/v1")
        await tune_hosted(database, at, "small", "house-3", tmp_path, plan=TrainingPlan(then="kto"))
