"""The bot as a test runs it: real Postgres, Redis, sandbox, and an answerer that keeps to a script.

The script is a fake at the seam between bot and answering: these tests are not of the model.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import redis.asyncio
from procrastinate import PsycopgConnector
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from answering.types.answers import Answer, Citation
from answering.types.progress import Finished, Progress, Searching, SourcesFound, Words
from answering.types.questions import Question
from bot.app import create_app
from bot.jobs import make_jobs, register_tasks, run_worker
from bot.review_protocol import Reviews
from bot.services import BotServices
from database.cancellation import end
from database.database import Database
from retrieval.embeddings.embedder import Embedder
from tests.bot.slack_client import ADMIN

CITATION = Citation(1, 1, 1, "Deploying", "https://docs.example.com/deploy", "Run make deploy.")


@dataclass
class Script:
    """Says the same words to every question, one at a time.

    `pause` seconds before each; until `gate` is set it waits before the word at `hold`. `errors`
    are raised first, one a question. Below the bar it is asked with (else one half) it abstains.
    """

    words: list[str] = field(default_factory=lambda: ["Run ", "make ", "deploy ", "[1]."])
    citations: tuple[Citation, ...] = (CITATION,)
    pause: float = 0.0
    hold: int | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    errors: list[Exception] = field(default_factory=list)
    abstained: bool = False
    confidence: float | None = 0.9
    questions: list[Question] = field(default_factory=list)
    bars: list[float | None] = field(default_factory=list)

    async def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """The script, as an Answerer reports it."""
        self.questions.append(question)
        self.bars.append(bar)
        yield Searching()
        if self.errors:
            raise self.errors.pop(0)
        yield SourcesFound(("Deploying",))
        for position, word in enumerate(self.words):
            if position == self.hold:
                await self.gate.wait()
            await asyncio.sleep(self.pause)
            yield Words(word)
        text = "".join(self.words)
        unsure = self.confidence is not None and self.confidence < (0.5 if bar is None else bar)
        yield Finished(
            Answer(
                text,
                self.citations,
                self.abstained or unsure,
                "house-test",
                1,
                "test",
                messages=({"role": "user", "content": question.text},),
                evidence=tuple({"document_id": each.document_id} for each in self.citations),
                confidence=self.confidence,
            )
        )


@dataclass(frozen=True)
class House:
    """A running bot and its script."""

    services: BotServices
    script: Script


@asynccontextmanager
async def open_house(
    database: Database,
    redis_url: str | None,
    slack_api_url: str,
    bot_token: str,
    embedder: Embedder,
    script: Script,
    signing_secret: str | None = "home",
    reviews: Reviews | None = None,
    unlearn: Callable[[str], Awaitable[object]] | None = None,
) -> AsyncIterator[House]:
    """The bot's services with their tasks registered; nothing is connected or running yet."""
    async with AsyncExitStack() as stack:
        cache = None
        if redis_url is not None:
            cache = redis.asyncio.Redis.from_url(redis_url)
            stack.push_async_callback(cache.aclose)
        jobs = make_jobs(PsycopgConnector())
        await stack.enter_async_context(jobs.open_async(database.pool))
        services = BotServices(
            database=database,
            redis=cache,
            answerer=script,
            embedder=embedder,
            jobs=jobs,
            slack_token=bot_token,
            slack_api_url=slack_api_url,
            signing_secret=signing_secret,
            admins=frozenset({ADMIN}),
            reviews=reviews,
            unlearn=unlearn,
        )
        stack.push_async_callback(services.client.close)
        register_tasks(jobs, services)
        yield House(services, script)


@asynccontextmanager
async def working(services: BotServices) -> AsyncIterator[None]:
    """Jobs are done while the block runs."""
    worker = asyncio.create_task(run_worker(services, sweep_seconds=0.5))
    try:
        yield
    finally:
        await end(worker)


@asynccontextmanager
async def listening(services: BotServices, app_token: str) -> AsyncIterator[None]:
    """The bot is connected by Socket Mode while the block runs."""
    handler = AsyncSocketModeHandler(create_app(services), app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt has no types for it
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # Bolt has no types for it
