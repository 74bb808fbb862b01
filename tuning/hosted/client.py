"""Talk to a provider's OpenAI-compatible fine-tuning API: files, jobs, events."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tuning.errors import ProviderRefused, ProviderSilent

if TYPE_CHECKING:  # importing it takes a second, which only training should pay for
    from openai import APIError, AsyncOpenAI
    from openai.types.fine_tuning import FineTuningJob

TIMEOUT_S = 120.0
_PATIENCE = 20  # failed polls in a row: a quarter of an hour
_ENDED = ("succeeded", "failed", "cancelled")
_LONGEST = 300  # characters of a provider's reason


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible API: its URL, which ends in /v1, and its key."""

    url: str
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job's progress: its id, its status, and the provider's message."""

    job: str
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class PollingBackoff:
    """Polling backoff in seconds: the first interval, growing by half each time up to `most`."""

    first: float = 5.0
    most: float = 60.0


class Provider:
    """One endpoint. Every method raises ProviderRefused and ProviderSilent."""

    def __init__(self, endpoint: Endpoint, client: "AsyncOpenAI") -> None:
        self._url, self._client = endpoint.url, client

    async def upload(self, name: str, lines: bytes) -> str:
        """Upload a file of examples and return its id."""
        with _explained(self._url):
            file = await self._client.files.create(file=(name, lines), purpose="fine-tune")
        return file.id

    async def forget(self, *files: str | None) -> None:
        """Delete files there as far as the provider allows; errors are ignored."""
        import openai

        for file in filter(None, files):
            with suppress(openai.APIError):
                await self._client.files.delete(file)

    async def job_on(self, file: str) -> str | None:
        """Return the id of the job that trains on a file, or None if the last hundred have none."""
        import openai

        with _explained(self._url), suppress(openai.NotFoundError):  # not every provider lists
            page = await self._client.fine_tuning.jobs.list(limit=100)
            return next((job.id for job in page.data if job.training_file == file), None)
        return None

    async def begin(
        self, model: str, file: str, validation: str | None, settings: dict[str, Any]
    ) -> str:
        """Begin a job on two files and return its id."""
        asked = {**settings, "training_file": file}
        if validation is not None:
            asked["validation_file"] = validation
        # No retries: a second request after a lost reply would begin, and bill, a second job.
        once = self._client.with_options(max_retries=0).fine_tuning.jobs
        with _explained(self._url):
            job = await once.create(model=model, **asked)
        return job.id

    async def ended(
        self, job: str, on_step: Callable[[JobStatus], None], pace: PollingBackoff
    ) -> "FineTuningJob":
        """Poll until the job has succeeded, failed or was cancelled; pass news to `on_step`."""
        told: set[str] = set()
        wait, silent = pace.first, 0
        while True:
            try:
                with _explained(self._url):
                    now = await self._client.fine_tuning.jobs.retrieve(job)
                    await self._tell(now, told, on_step)
            except ProviderSilent:
                silent += 1
                if silent == _PATIENCE:
                    raise
            else:
                silent = 0
                if now.status in _ENDED or now.finished_at:
                    return now
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, pace.most)

    async def _tell(
        self, job: "FineTuningJob", told: set[str], on_step: Callable[[JobStatus], None]
    ) -> None:
        """Pass on the job's events, oldest first, or its status if it has no events."""
        import openai

        news: list[tuple[str, str]] = []
        with suppress(openai.NotFoundError):  # not every provider has events
            page = await self._client.fine_tuning.jobs.list_events(job.id, limit=50)
            news = [(event.id, event.message) for event in reversed(page.data)]
        if not news:
            news = [(job.status, job.status.replace("_", " "))]
        for key, message in news:
            if key not in told:
                told.add(key)
                on_step(JobStatus(job.id, job.status, message))


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Translate the client's errors into ours."""
    import openai

    try:
        yield
    except openai.AuthenticationError:
        raise ProviderRefused(f"{url} refuses the key: check HOUSELORE_CHAT_API_KEY.") from None
    except openai.RateLimitError as error:
        kind = ProviderRefused if error.code == "insufficient_quota" else ProviderSilent
        raise kind(f"{url} takes no more for now: {reason_of(error)}") from None
    except (openai.ConflictError, openai.InternalServerError, openai.APIConnectionError) as error:
        raise ProviderSilent(
            f"{url} does not answer as it should ({reason_of(error)}). What was begun goes on "
            "there: the same command again finds it."
        ) from None
    except openai.APIError as error:
        raise ProviderRefused(f"{url} refuses: {reason_of(error)}") from None


def reason_of(error: "APIError") -> str:
    """Return a provider's own words on one line that ends with a full stop."""
    body = error.body
    words = str(body["message"]) if isinstance(body, dict) and body.get("message") else str(error)
    line = " ".join(words.split())[:_LONGEST]
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."
