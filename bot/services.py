"""Everything the bot works with, opened elsewhere and handed in once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from procrastinate import App
from redis.asyncio import Redis

from answering.types.progress import Progress
from answering.types.questions import Question
from bot.review_protocol import Reviews
from bot.slack.client import SlackClient
from bot.slack.directory import Directory
from bot.slack.membership_cache import Memberships
from bot.slack.reactions import Thumbs
from database.database import Database
from retrieval.embeddings.embedder import Embedder


class QuestionAnswerer(Protocol):
    """What answers questions: `answering.answerer.Answerer`, or a script in a test."""

    def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """Progress until Finished; `bar` (0 to 1) instead of the one fitted to the model."""
        ...


@dataclass(frozen=True)
class BotServices:
    """One workspace's database, cache, answerer, job queue and Slack.

    `admins` are user ids who count as admins besides the workspace's own; `thumbs`
    are the reactions that judge an answer; `reviews` is what people review, where anything is
    learned; `unlearn` takes a person out of it. Close `client` last.
    """

    database: Database
    redis: Redis | None
    answerer: QuestionAnswerer
    embedder: Embedder
    jobs: App
    slack_token: str = field(repr=False)
    slack_api_url: str = "https://slack.com/api/"
    signing_secret: str | None = field(default=None, repr=False)
    admins: frozenset[str] = frozenset()
    thumbs: Thumbs = field(default_factory=Thumbs)
    reviews: Reviews | None = None
    unlearn: Callable[[str], Awaitable[object]] | None = None
    client: SlackClient = field(init=False, repr=False)
    directory: Directory = field(init=False, repr=False)
    memberships: Memberships = field(init=False, repr=False)

    def __post_init__(self) -> None:
        client = SlackClient(self.slack_token, self.slack_api_url.rstrip("/") + "/")
        object.__setattr__(self, "client", client)
        directory = Directory(client)
        object.__setattr__(self, "directory", directory)
        memberships = Memberships(self.database, directory)
        object.__setattr__(self, "memberships", memberships)

    @property
    def workspace(self) -> str:
        """The workspace that all of it is of."""
        return self.database.workspace

    async def is_admin(self, person: str) -> bool:
        """Whether this person may do what only admins may, asked anew. Raises SlackFailed."""
        self.directory.forget_person(person)
        return person in self.admins or (await self.directory.person(person)).is_admin

    async def all_admins(self) -> frozenset[str]:
        """Everyone of whom `is_admin` is true. Raises SlackFailed."""
        return self.admins | await self.directory.admins()
