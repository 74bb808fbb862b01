"""Hosted fine-tuning as a trainer: rows to the id of a tuned model. Registers and serves none."""

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
"""Before the id of a model that a provider serves, where the registry names an adapter's folder."""

_PACE = PollingBackoff()


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of one kind, `sft` or `preference`: to learn from, and to be measured on meanwhile."""

    train: Sequence[DatasetRow]
    validation: Sequence[DatasetRow] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """What is asked of a provider: its files' lines, and the settings of the job."""

    model: str
    train: bytes
    validation: bytes
    settings: dict[str, Any]

    def key(self, url: str) -> str:
        """What tells it from every other order."""
        told = json.dumps([url, self.model, self.settings], sort_keys=True).encode()
        return hashlib.sha256(b"\0".join([told, self.train, self.validation])).hexdigest()


@dataclass(frozen=True, slots=True)
class _Note:
    """How far an order has come, kept in a file so that nothing is paid for twice."""

    order: str
    train: str | None = None
    validation: str | None = None
    is_asked: bool = False  # a job may be there, though we never heard its id
    job: str | None = None
    model: str | None = None

    def keep(self, state: Path) -> "_Note":
        """Write it, whole or not at all."""
        state.parent.mkdir(parents=True, exist_ok=True)
        part = state.with_name(f"{state.name}.part")
        part.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        part.replace(state)
        return self

    @staticmethod
    def drop(state: Path) -> None:
        """Forget it: the next call begins anew."""
        state.unlink(missing_ok=True)


def hosted_id(adapter: str) -> str | None:
    """The id by which a provider serves what is registered so; None for an adapter's folder."""
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
    """Let the provider fine-tune `model` on `rows`; the id by which it serves the result.

    `sft` rows are learned from by supervision, `preference` rows by DPO. What was begun is noted
    in the file `state`: the same call after a kill finds its files and its job again, one whose
    job has ended well answers at once, and one whose job failed begins anew. The files are deleted
    there once the job has ended. `suffix` (64 characters at most) becomes a part of the id; the
    provider chooses the `epochs` unless they are given. Raises CannotTrain for rows that make no
    job, ProviderRefused (a wrong key, a model that cannot be tuned), ProviderSilent (to be called
    again), TrainingFailed, and UnusableExamples for rows of a kind that no provider takes.
    """
    import openai

    order = _order(model, rows, suffix, epochs)
    note = _read(state, order.key(endpoint.url))
    if note.model is not None:
        return note.model
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
    elif chosen:  # else it is left out: not every provider knows of methods
        settings["method"] = {"type": "supervised", "supervised": chosen}
    train, validation = (
        write_rows(part, "openai").encode() for part in (rows.train, rows.validation)
    )
    return _Order(model, train, validation, settings)


def _read(state: Path, key: str) -> _Note:
    """What is noted of the order with this key. Raises CannotTrain for a job of another one."""
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
    """The note of a job that is there: its files are sent and it is begun, unless they were."""
    if note.train is None:
        note = replace(note, train=await provider.upload("train.jsonl", order.train)).keep(state)
    train = note.train or ""
    if note.validation is None and order.validation:
        file = await provider.upload("validation.jsonl", order.validation)
        note = replace(note, validation=file).keep(state)
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
