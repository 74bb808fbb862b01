"""Hosted fine-tuning, against a server that answers as the API documents it."""

import asyncio
from pathlib import Path

import pytest

from tests.tuning.provider import KEY, Site, provider
from tests.tuning.rated_answers import PROMPT
from tuning.datasets.formats import DatasetRow
from tuning.errors import (
    CannotTrain,
    ProviderRefused,
    ProviderSilent,
    TrainingFailed,
    UnusableExamples,
)
from tuning.examples_for_training import ChatMessage
from tuning.hosted.client import Endpoint, JobStatus, PollingBackoff
from tuning.hosted.jobs import Split, fine_tune

MESSAGES = tuple(ChatMessage(**one) for one in PROMPT)
ROWS = Split(
    [DatasetRow("sft", MESSAGES, f"At noon, {n}. [1]") for n in range(3)],
    [DatasetRow("sft", MESSAGES, "At one. [1]")],
)
PAIRS = Split([DatasetRow("preference", MESSAGES, "At noon. [1]", "It is served at noon. [1]")])
FAST = PollingBackoff(0.005, 0.01)


def at(site: Site, key: str = KEY) -> Endpoint:
    """The site, with a key for it."""
    return Endpoint(site.url, key)


async def test_rows_become_a_models_id(tmp_path: Path) -> None:
    """Both files are sent as they are documented, the job is followed, and then they are deleted.

    The same call again answers from its note, without a second job.
    """
    steps: list[JobStatus] = []
    async with provider(Site()) as site:
        call = at(site), "small", ROWS, tmp_path / "job.json", steps.append
        tuned = await fine_tune(*call, suffix="house-2", epochs=3, pace=FAST)
        assert tuned == await fine_tune(*call, suffix="house-2", epochs=3, pace=FAST)
    assert tuned == "ft:small:team:house-2:ftjob-1"
    (job,) = site.jobs.values()
    assert job == {
        "model": "small",
        "suffix": "house-2",
        "training_file": "file-1",
        "validation_file": "file-2",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
    }
    last = {"role": "assistant", "content": "At noon, 0. [1]"}
    assert site.lines("file-1")[0] == {"messages": [*PROMPT, last]}
    assert [len(site.lines(file)) for file in site.files] == [3, 1]
    assert site.deleted == ["file-1", "file-2"]
    assert [step.message for step in steps] == [f"The job is {status}" for status in site.course]


async def test_pairs_are_learned_from_by_dpo(tmp_path: Path) -> None:
    """Preferences go in their own form and by their own method; nothing is said of epochs."""
    async with provider(Site()) as site:
        await fine_tune(at(site), "small", PAIRS, tmp_path / "job.json", pace=FAST)
    (job,) = site.jobs.values()
    assert job["method"] == {"type": "dpo", "dpo": {}}
    assert set(site.lines("file-1")[0]) == {"input", "preferred_output", "non_preferred_output"}


async def test_a_killed_training_finds_its_job_again(tmp_path: Path) -> None:
    """Cancelled while it waits, the next call waits for the same job and sends nothing again."""
    state = tmp_path / "job.json"
    async with provider(Site()) as site:
        seen = asyncio.Event()
        call = at(site), "small", ROWS, state
        waiting = asyncio.create_task(
            fine_tune(*call, lambda _: seen.set(), pace=PollingBackoff(60, 60))
        )
        await seen.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        tuned = await fine_tune(*call, pace=FAST)
    assert tuned.endswith("ftjob-1")
    assert (len(site.files), len(site.jobs)) == (2, 1)


async def test_a_job_whose_reply_was_lost_is_found(tmp_path: Path) -> None:
    """The provider made the job and we never heard its id: no second one is paid for."""
    state = tmp_path / "job.json"
    async with provider(Site(loses_reply=True)) as site:
        with pytest.raises(ProviderSilent, match="the same command again"):
            await fine_tune(at(site), "small", ROWS, state, pace=FAST)
        await fine_tune(at(site), "small", ROWS, state, pace=FAST)
    assert len(site.jobs) == 1


async def test_an_outage_while_it_trains_is_waited_out(tmp_path: Path) -> None:
    """A provider that is down for some looks, or asks for patience, does not end the training."""
    async with provider(Site(broken=[429, 500, 503, 500, 503, 429])) as site:
        tuned = await fine_tune(at(site), "small", ROWS, tmp_path / "job.json", pace=FAST)
    assert tuned.endswith("ftjob-1")


async def test_a_job_that_fails_says_why_and_the_next_begins_anew(tmp_path: Path) -> None:
    """The provider's reason is the sentence; a job that was cancelled says that; files are gone."""
    state = tmp_path / "job.json"
    reason = {"code": "invalid_n_examples", "param": "training_file", "message": "It has 3, not 10"}
    async with provider(Site(course=("queued", "failed"), failure=reason)) as site:
        with pytest.raises(TrainingFailed, match=r"ftjob-1.*It has 3, not 10"):
            await fine_tune(at(site), "small", ROWS, state, pace=FAST)
        site.course = ("queued", "cancelled")
        with pytest.raises(TrainingFailed, match="ftjob-2 was cancelled"):
            await fine_tune(at(site), "small", ROWS, state, pace=FAST)
        assert site.deleted == list(site.files)
    assert not state.exists()


async def test_what_the_provider_refuses_is_said(tmp_path: Path) -> None:
    """A wrong key is named without being shown; a model that cannot be tuned has its reason."""
    state = tmp_path / "job.json"
    async with provider(Site()) as site:
        with pytest.raises(ProviderRefused, match="HOUSELORE_CHAT_API_KEY") as refused:
            await fine_tune(at(site, "sk-wrong"), "small", ROWS, state, pace=FAST)
        assert "sk-" not in str(refused.value)
        with pytest.raises(ProviderRefused, match="not-tunable is not available for fine-tuning"):
            await fine_tune(at(site), "not-tunable", ROWS, state, pace=FAST)
        assert site.deleted == ["file-1", "file-2"]
        await fine_tune(at(site), "small", ROWS, state, pace=FAST)
    with pytest.raises(ProviderSilent, match="does not answer"):
        await fine_tune(at(site), "small", PAIRS, tmp_path / "other.json", pace=FAST)


async def test_what_makes_no_job_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    """Nothing to learn, two kinds at once, thumbs, and a note of another job."""
    state = tmp_path / "job.json"
    thumbs = Split([DatasetRow("kto", MESSAGES, "At noon. [1]", label=True)])
    mixed = Split([*ROWS.train, *PAIRS.train])
    async with provider(Site()) as site:
        with pytest.raises(CannotTrain, match="no example"):
            await fine_tune(at(site), "small", Split([]), state)
        with pytest.raises(CannotTrain, match="preference and sft"):
            await fine_tune(at(site), "small", mixed, state)
        with pytest.raises(UnusableExamples, match="lone thumbs"):
            await fine_tune(at(site), "small", thumbs, state)
        assert not site.files
        await fine_tune(at(site), "small", ROWS, state, pace=FAST)
        with pytest.raises(CannotTrain, match="another name"):
            await fine_tune(at(site), "large", ROWS, state)
        state.write_text("{")
        with pytest.raises(CannotTrain, match="delete it"):
            await fine_tune(at(site), "small", ROWS, state)
