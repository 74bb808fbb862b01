"""Fine-tune at a provider: send rows, run a job, return the id of the tuned model."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuning.datasets.formats import DatasetRow, write_rows
from tuning.errors import CannotTrain, ProviderRefused, TrainingFailed
from tuning.hosted.client import TIMEOUT_S, Endpoint, JobStatus, PollingBackoff, Provider

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob

HOSTED = "hosted:"
"""Prefix of a provider's model id, where the registry otherwise names an adapter's folder."""

_PACE = PollingBackoff()


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of one kind, `sft` or `preference`: training and validation."""

    train: Sequence[DatasetRow]
    validation: Sequence[DatasetRow] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """What a provider is asked for: the lines of both files and the job's settings."""

    model: str
    train: bytes
    validation: bytes
    settings: dict[str, Any]

    def key(self, url: str) -> str:
        """Return a hash that identifies the order."""
        told = json.dumps([url, self.model, self.settings], sort_keys=True).encode()
        return hashlib.sha256(b"\0".join([told, self.train, self.validation])).hexdigest()


@dataclass(frozen=True, slots=True)
class _Note:
    """An order's progress, kept in a file so that nothing is paid for twice."""

    order: str
    train: str | None = None
    validation: str | None = None
    is_asked: bool = False  # a job may exist whose id never reached us
    job: str | None = None
    model: str | None = None

    def keep(self, state: Path) -> "_Note":
        """Write the note to the file `state` atomically."""
        state.parent.mkdir(parents=True, exist_ok=True)
        part = state.with_name(f"{state.name}.part")
        part.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        part.replace(state)
        return self

    @staticmethod
    def drop(state: Path) -> None:
        """Delete the note, so that the next call begins anew."""
        state.unlink(missing_ok=True)


def hosted_id(adapter: str) -> str | None:
    """Return the provider's id of a registered model, or None if it is an adapter's folder."""
    return adapter.removeprefix(HOSTED) if adapter.startswith(HOSTED) else None


async def fine_tune(
    endpoint: Endpoint,
    model: str,
    rows: Split,
    state: Path,
    on_step: Callable[[JobStatus], None] = lambda _: None,
    *,
    suffix: str = "",
    epochs: int | None = None,
    pace: PollingBackoff = _PACE,
) -> str:
    """Fine-tune `model` on `rows` at the provider and return the id that serves the result.

    `sft` rows are trained by supervision, `preference` rows by DPO. Progress is noted in the file
    `state`: the same call after a crash finds its files and its job again, returns at once if the
    job has succeeded, and begins anew if it failed. The files are deleted there when the job has
    ended. `suffix` (at most 64 characters) becomes a part of the id; the provider chooses the
    `epochs` unless they are given. Raises CannotTrain for rows that make no job, ProviderRefused (a
    wrong key, a model that cannot be tuned), ProviderSilent (call again), TrainingFailed, and
    UnusableExamples for rows of a kind that no provider takes.
    """
    import openai

    order = _order(model, rows, suffix, epochs)
    note = _read(state, order.key(endpoint.url))
    if note.model is not None:
        return note.model
    # The client insists on a key, though not every server does.
    key = endpoint.api_key or "none"
    async with openai.AsyncOpenAI(base_url=endpoint.url, api_key=key, timeout=TIMEOUT_S) as client:
        provider = Provider(endpoint, client)
        note = await _begun(provider, order, note, state)
        job = await provider.ended(note.job or "", on_step, pace)
        await provider.forget(note.train, note.validation)
    if job.status != "succeeded" or not job.fine_tuned_model:
        note.drop(state)
        raise TrainingFailed(_why(job, endpoint.url))
    replace(note, model=job.fine_tuned_model).keep(state)
    return job.fine_tuned_model


def _order(model: str, rows: Split, suffix: str, epochs: int | None) -> _Order:
    kinds = sorted({row.kind for row in (*rows.train, *rows.validation)})
    if not rows.train:
        raise CannotTrain(
            "There is no example to train on: `houselore data list` shows what waits for a review."
        )
    if len(kinds) > 1:
        raise CannotTrain(f"One job learns from one kind of examples, not {' and '.join(kinds)}.")
    settings: dict[str, Any] = {"suffix": suffix} if suffix else {}
    chosen = {"hyperparameters": {"n_epochs": epochs}} if epochs else {}
    if kinds == ["preference"]:
        settings["method"] = {"type": "dpo", "dpo": chosen}
    elif chosen:  # else left out: not every provider knows methods
        settings["method"] = {"type": "supervised", "supervised": chosen}
    train, validation = (
        write_rows(part, "openai").encode() for part in (rows.train, rows.validation)
    )
    return _Order(model, train, validation, settings)


def _read(state: Path, key: str) -> _Note:
    """Return the note of the order with this key. Raises CannotTrain for a job of another order."""
    try:
        note = _Note(**json.loads(state.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return _Note(key)
    except (OSError, ValueError, TypeError) as error:
        raise CannotTrain(f"{state} cannot be read ({error}): delete it to begin anew.") from None
    if note.order == key:
        return note
    if note.is_asked:
        raise CannotTrain(
            f"{state} holds a job that trains on other data, or another model: give this one "
            "another name, or delete the file to begin anew."
        )
    return _Note(key)


async def _begun(provider: Provider, order: _Order, note: _Note, state: Path) -> _Note:
    """Upload the files and begin the job, unless that is done, and return the note."""
    if note.train is None:
        note = replace(note, train=await provider.upload("train.jsonl", order.train)).keep(state)
    train = note.train or ""
    if note.validation is None and order.validation:
        file = await provider.upload("validation.jsonl", order.validation)
        note = replace(note, validation=file).keep(state)
    # We asked for a job and may have lost the reply: look for it before asking again.
    if note.job is None and note.is_asked:
        note = replace(note, job=await provider.job_on(train)).keep(state)
    if note.job is None:
        note = replace(note, is_asked=True).keep(state)
        try:
            job = await provider.begin(order.model, train, note.validation, order.settings)
        except ProviderRefused:
            await provider.forget(note.train, note.validation)
            note.drop(state)
            raise
        note = replace(note, job=job).keep(state)
    return note


def _why(job: "FineTuningJob", url: str) -> str:
    if job.status == "cancelled":
        return f"The job {job.id} was cancelled at {url}: the same command again begins another."
    reason = job.error.message if job.error and job.error.message else f"its status: {job.status}"
    return f"{url} could not train {job.model} (job {job.id}): {' '.join(reason.split())[:300]}"
