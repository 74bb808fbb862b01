"""The model behind the name `house`, chosen for each question: what is served, or a canary.

Starts no server and moves no pointer.
"""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import cast

from psycopg_pool import AsyncConnectionPool

from answering.answerer import Answerer
from answering.confidence import Confidence
from answering.progress import Progress
from answering.questions import Question
from houselore.errors import HouseloreError
from tuning.canaries import BY_ITSELF, Rollout, current_rollout, stop_rollout, thread_models
from tuning.errors import RolloutRefused, UnknownModel
from tuning.registry import Model, models, served

_SECONDS = 5.0  # after so many every process knows who was promoted

_log = logging.getLogger(__name__)

Closing = Callable[[Model], Awaitable[None]]
"""Ends what was opened for a model that is out of service. Raises a HouseloreError."""
Opening = Callable[[Model], Awaitable[Answerer]]
"""A registered model to what answers with it. Raises a HouseloreError where it cannot be had."""


class House:
    """Answers each question with the model that is served now, or with the canary of its place.

    As `answering.answerer.Answerer` does, of which it holds one for each model. The registry is
    looked at every few seconds. A canary that cannot be had is taken back; where that is so of a
    newly served model, the one before goes on answering.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool,
        workspace: str,
        first: Model,
        opening: Opening,
        closing: Closing,
    ) -> None:
        self._pool, self._workspace = pool, workspace
        self._opening, self._closing = opening, closing
        self._served = first
        self._rollout: Rollout | None = None
        self._looked = float("-inf")
        self._answerers: dict[str, Answerer] = {}
        self._failures: dict[str, str] = {}

    async def start(self) -> None:
        """Open the first model. Raises a HouseloreError."""
        await self._open(self._served)

    async def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """As `Answerer.answer`."""
        answerer = await self._answerer(question)
        steps = answerer.answer(question, bar)
        # It is a generator, which its type does not say.
        async with aclosing(cast("AsyncGenerator[Progress, None]", steps)):
            async for step in steps:
                yield step

    def over(self, pool: AsyncConnectionPool, confidence: Confidence | None = None) -> Answerer:
        """What is served now, over another index and without a cache."""
        return self._answerers[self._served.name].over(pool, confidence)

    async def with_model(self, name: str) -> Answerer:
        """What answers with a registered model. Raises UnknownModel and a HouseloreError."""
        known = {model.name: model for model in await models(self._pool, self._workspace)}
        if name not in known:
            raise UnknownModel(f"No model is called {name!r} here: `houselore model` lists them.")
        return self._answerers.get(name) or await self._opening(known[name])

    @property
    def in_use(self) -> frozenset[str]:
        """The models that questions are answered with now: the served one, and a canary."""
        return frozenset(self._answerers)

    async def look(self) -> None:
        """See who is served and who is tried, unless that was just done."""
        if time.monotonic() - self._looked > _SECONDS:
            await self._look()

    async def close(self, model: Model) -> None:
        """End what was opened for a model that is out of service. Raises a HouseloreError."""
        await self._closing(model)

    async def _answerer(self, question: Question) -> Answerer:
        await self.look()
        name = self._served.name
        if self._rollout is not None and question.place is not None:
            name = await self._model_for(self._rollout, question)
        return self._answerers.get(name) or self._answerers[self._served.name]

    async def _model_for(self, rollout: Rollout, question: Question) -> str:
        assert question.place is not None  # noqa: S101 - asked just before
        conversation, thread = question.place.conversation, question.place.thread
        before: list[str] = []
        if thread is not None:
            before = await thread_models(self._pool, self._workspace, conversation, thread)
        return rollout.model_for(conversation, thread or question.text, before)

    async def _look(self) -> None:
        """See who is served and who is tried now, and open those that are new."""
        self._looked = time.monotonic()
        now = await served(self._pool, self._workspace)
        if now is not None and await self._can_open(now):
            self._served = now
        rollout = await current_rollout(self._pool, self._workspace)
        if rollout is not None and rollout != self._rollout:
            rollout = await self._tried(rollout)
        self._rollout = rollout
        kept = {self._served.name, rollout.canary if rollout else self._served.name}
        self._answerers = {name: of for name, of in self._answerers.items() if name in kept}

    async def _tried(self, rollout: Rollout) -> Rollout | None:
        """A rollout whose canary is opened, or None where it cannot be and was taken back."""
        known = {model.name: model for model in await models(self._pool, self._workspace)}
        canary = known[rollout.canary]
        if await self._can_open(canary):
            return rollout
        reason = f"{canary.name} cannot be served; the log says why"
        with suppress(RolloutRefused):  # somebody else has ended it
            await stop_rollout(self._pool, self._workspace, BY_ITSELF, reason)
        return None

    async def _can_open(self, model: Model) -> bool:
        """Whether the model answers; the same failure is logged once until it changes."""
        try:
            await self._open(model)
        except HouseloreError as error:
            if self._failures.get(model.name) != str(error):
                _log.error("the model %s cannot be served: %s", model.name, error)
            self._failures[model.name] = str(error)
            return False
        self._failures.pop(model.name, None)
        return True

    async def _open(self, model: Model) -> None:
        if model.name not in self._answerers:
            self._answerers[model.name] = await self._opening(model)
