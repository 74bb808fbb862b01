"""Route each question to the served model or to its canary."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import cast

from answering.answerer import Answerer
from answering.confidence.confidence import Confidence
from answering.types.progress import Progress
from answering.types.questions import Question
from database.database import Database
from houselore.errors import HouseloreError, ModelUnusable
from tuning.errors import RolloutRefused, UnknownModel
from tuning.rollout.canary import BY_ITSELF, Rollout, current_rollout, stop_rollout, thread_models
from tuning.rollout.registry import Model, models, set_aside

_PAUSE, _LONGEST_PAUSE = 5.0, 60.0  # seconds until what could not be opened is tried again

_log = logging.getLogger(__name__)

Closing = Callable[[Model], Awaitable[None]]
"""Closes a model that is out of service. Raises a HouseloreError."""
Opening = Callable[[Model], Awaitable[Answerer]]
"""Opens the answerer of a registered model.

Raises ModelUnusable if a retry cannot help, another HouseloreError otherwise.
"""


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a model could not be opened, and when to try again (`pause` and `until` in seconds)."""

    said: str
    pause: float
    until: float


class ModelRouter:
    """Answers each question with the served model, or with the canary of its channel and thread.

    It has the interface of `answering.answerer.Answerer` and holds one for each loaded model.
    `answer` uses loaded models only. `look` loads new ones, one at a time; until then the previous
    model serves. A canary that can never be served is taken back; another failure is retried, first
    after `pause` seconds.
    """

    def __init__(
        self,
        database: Database,
        first: Model,
        opening: Opening,
        closing: Closing,
        pause: float = _PAUSE,
    ) -> None:
        self._database = database
        self._opening, self._closing = opening, closing
        self._pause = pause
        self._served = first
        self._rollout: Rollout | None = None
        self._named: dict[str, Model] = {}
        self._answerers: dict[str, Answerer] = {}
        self._failures: dict[str, _Failure] = {}
        self._being_opened: frozenset[str] = frozenset()
        self._one_reads, self._one_opens = asyncio.Lock(), asyncio.Lock()

    async def start(self) -> None:
        """Load the first model. Raises a HouseloreError."""
        self._answerers[self._served.name] = await self._opening(self._served)

    async def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """Answer with the model chosen for the question; see `Answerer.answer`."""
        answerer = await self._answerer(question)
        steps = answerer.answer(question, bar)
        # It is a generator, which its type does not say.
        async with aclosing(cast("AsyncGenerator[Progress, None]", steps)):
            async for step in steps:
                yield step

    def over(self, database: Database, confidence: Confidence | None = None) -> Answerer:
        """Return the served answerer over another index, without a cache."""
        return self._answerers[self._served.name].over(database, confidence)

    async def with_model(self, name: str) -> Answerer:
        """Return the answerer of a registered model. Raises UnknownModel and a HouseloreError."""
        known = {model.name: model for model in await models(self._database)}
        if name not in known:
            raise UnknownModel(f"No model is called {name!r} here: `houselore models` lists them.")
        return self._answerers.get(name) or await self._opening(known[name])

    @property
    def in_use(self) -> frozenset[str]:
        """The names of the models that are loaded here or being loaded."""
        return self._being_opened.union(self._answerers)

    async def follow(self) -> None:
        """Switch to the served model and the canary of the registry, as far as they are loaded."""
        async with self._one_reads:
            known = {model.name: model for model in await models(self._database)}
            rollout = await current_rollout(self._database)
            async with self._database.connection() as connection:
                retired = await set_aside(connection, self._database.workspace)
            aside = {model.name for model in retired}
        named = [model for model in known.values() if model.state == "served"]
        if rollout is not None:
            named.append(known[rollout.canary])
        self._named = {model.name: model for model in named}
        opened = [model for model in named if model.name in self._answerers]
        self._served = next((m for m in opened if m.state == "served"), self._served)
        self._rollout = rollout if rollout and rollout.canary in self._answerers else None
        aside -= {self._served.name}
        self._answerers = {name: of for name, of in self._answerers.items() if name not in aside}

    async def look(self) -> None:
        """Load the models that are served or on canary, one after the other, then `follow`."""
        async with self._one_opens:
            await self.follow()
            for model in list(self._named.values()):
                failure = self._failures.get(model.name)
                is_time = failure is None or time.monotonic() >= failure.until
                if is_time and model.name not in self._answerers:
                    await self._open(model)
            await self.follow()

    async def close(self, model: Model) -> None:
        """Close a model that is out of service. Raises a HouseloreError."""
        await self._closing(model)

    async def _answerer(self, question: Question) -> Answerer:
        name = self._served.name
        # A question from the command line has no channel by which to choose.
        if self._rollout is not None and question.place is not None:
            name = await self._model_for(self._rollout, question)
        return self._answerers.get(name) or self._answerers[self._served.name]

    async def _model_for(self, rollout: Rollout, question: Question) -> str:
        assert question.place is not None  # noqa: S101 - asked just before
        conversation, thread = question.place.conversation, question.place.thread
        before: list[str] = []
        if thread is not None:
            before = await thread_models(self._database, conversation, thread)
        return rollout.model_for(conversation, thread or question.text, before)

    async def _open(self, model: Model) -> None:
        """Load a model, or record why not; the same failure is logged once until it changes."""
        self._being_opened = frozenset({model.name})
        try:
            self._answerers[model.name] = await self._opening(model)
        except (HouseloreError, OSError) as error:
            before = self._failures.get(model.name)
            if before is None or before.said != str(error):
                _log.error("the model %s cannot be served: %s", model.name, error)
            pause = self._pause if before is None else min(2 * before.pause, _LONGEST_PAUSE)
            self._failures[model.name] = _Failure(str(error), pause, time.monotonic() + pause)
            if isinstance(error, ModelUnusable):
                await self._take_back(model, error)
        else:
            self._failures.pop(model.name, None)
        finally:
            self._being_opened = frozenset()

    async def _take_back(self, model: Model, error: ModelUnusable) -> None:
        """End the rollout of a canary that cannot be served anywhere."""
        rollout = await current_rollout(self._database)
        if rollout is not None and rollout.canary == model.name:
            with suppress(RolloutRefused):  # somebody else has ended it
                await stop_rollout(self._database, BY_ITSELF, str(error))
