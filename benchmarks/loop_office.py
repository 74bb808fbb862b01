"""A team's environment without Slack: real index, answerer and tables, with simulated feedback.

A thumb takes the path of a reaction event from Slack; a correction and its reasons are written by
the statements of the form under a thumb down.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from procrastinate import PsycopgConnector

from answering.types.answers import Answer, PostedAt, save_answer
from answering.types.progress import Finished
from answering.types.questions import Place, Question
from benchmarks.loop_people import Said
from bot.feedback.corrections import set_typed
from bot.feedback.votes import reaction_vote, record
from bot.jobs import make_jobs
from bot.services import BotServices
from bot.slack.reactions import Thumbs
from database.database import Database
from database.statements import load_statements
from houselore.services import Services, open_services
from houselore.settings import Settings
from retrieval.audience import Audience, everyone
from retrieval.documents import Document, Passage
from retrieval.evaluation.benchmark import indexed_corpus
from retrieval.evaluation.datasets import Corpus
from retrieval.search.retriever import search

CHANNELS = tuple(f"C0LOOP{number}" for number in range(8))
_PASSAGES = 8
_SQL = load_statements("bot.feedback")


@dataclass(frozen=True, slots=True)
class Served:
    """An answer as it was recorded in a channel."""

    id: int
    channel: str
    ts: str
    answer: Answer


@dataclass(frozen=True)
class Office:
    """The services of one team, with an index of its documents alone."""

    services: Services
    bot: BotServices
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def database(self) -> Database:
        """The database."""
        return self.services.database

    @property
    def workspace(self) -> str:
        """The team's workspace."""
        return self.services.workspace

    async def ask(self, text: str, person: str, channel: str) -> Served:
        """Ask a question in a channel, and record the answer of the model in service there."""
        ts = f"{next(self.numbers)}.000000"
        question = Question(text, everyone(self.workspace), place=Place(channel, ts))
        async for step in self.services.answerer.answer(question):
            if isinstance(step, Finished):
                return await self.keep(step.answer, question, person, channel, ts)
        raise AssertionError("an answer ends with Finished")

    async def keep(
        self, answer: Answer, question: Question, person: str, channel: str, ts: str
    ) -> Served:
        """Record an answer as the bot does."""
        id_ = await save_answer(
            self.database,
            question,
            answer,
            PostedAt(channel=channel, thread_ts=ts, ts=ts, person=person),
        )
        return Served(id_, channel, ts, answer)

    async def say(self, served: Served, person: str, said: Said) -> None:
        """Record a person's thumb, reasons and correction."""
        number = next(self.numbers)
        reaction = "+1" if said.label == "good" else "-1"
        event = {
            "type": "reaction_added",
            "user": person,
            "reaction": reaction,
            "item": {"type": "message", "channel": served.channel, "ts": served.ts},
            "event_ts": f"{number}.000000",
        }
        vote = reaction_vote(Thumbs(), {"event_id": f"loop-{number}", "event": event})
        assert vote is not None  # noqa: S101 - both are thumbs
        await record(self.bot, vote, on_mine=True)
        key = {"workspace": self.workspace, "answer_id": served.id, "person": person}
        async with self.database.connection() as connection:
            if said.reasons:
                remark = {"reasons": list(said.reasons), "note": ""}
                await connection.execute(_SQL["add_remark"], key | remark)
            if said.better:
                await set_typed(connection, self.workspace, served.id, person, said.better)

    async def find(self, question: str, audience: Audience) -> Sequence[Passage]:
        """Return what retrieval finds today."""
        return await search(self.database, self.services.embedder, question, audience, _PASSAGES)


@asynccontextmanager
async def open_office(settings: Settings, documents: Sequence[Document]) -> AsyncIterator[Office]:
    """Open the services, with an index of these documents alone, for the block."""
    corpus = Corpus(tuple(documents), {}, {})
    async with (
        open_services(settings) as services,
        indexed_corpus(services.database, corpus, services.embedder),
    ):
        # A vote defers no job, and nothing here calls Slack.
        jobs = make_jobs(PsycopgConnector(conninfo=services.database_url))
        bot = BotServices(
            database=services.database,
            redis=services.redis,
            answerer=services.answerer,
            embedder=services.embedder,
            jobs=jobs,
            slack_token="",
        )
        try:
            yield Office(services, bot)
        finally:
            await bot.client.close()
