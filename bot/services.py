"""`BotServices`: the database, Slack client and other resources that the bot's code is given."""

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
    """Answers questions: `answering.answerer.Answerer`, or a scripted one in a test."""

    def answer(self, question: Question, bar: float | None = None) -> AsyncIterator[Progress]:
        """Yield progress up to Finished; `bar` (0 to 1) replaces the model's threshold."""
        ...


@dataclass(frozen=True)
class BotServices:
    """One workspace's database, cache, answerer, job queue and Slack client.

    `admins` are the user ids of admins besides the workspace's own. `thumbs` are the reactions that
    count as votes. `reviews` is the review queue, None where nothing is trained. `unlearn` removes
    a person's data from the training data. Close `client` last.
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
        # Built from the fields above; a frozen dataclass sets them only this way.
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
        """Return whether this person is an admin. Raises SlackFailed."""
        # An admin may have lost the role a moment ago: ask Slack, not the cache.
        self.directory.forget_person(person)
        return person in self.admins or (await self.directory.person(person)).is_admin

    async def all_admins(self) -> frozenset[str]:
        """Return the user ids of all admins. Raises SlackFailed."""
        return self.admins | await self.directory.admins()
