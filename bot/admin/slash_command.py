"""The /houselore command: its subcommands, the help text and the status."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from psycopg.rows import dict_row
from redis.exceptions import RedisError

from bot.admin.channel_settings import ChannelSettings, read_channel
from bot.errors import DatabaseDown
from bot.rendering.mrkdwn import escape, fit
from bot.services import BotServices
from database.errors import DatabaseUnavailable
from database.statements import load_statements
from retrieval.indexing.status import Standing, read_standing

Word = Literal[
    "status",
    "channel",
    "reindex",
    "cancel",
    "rollback",
    "expert",
    "experts",
    "forget",
    "help",
    "unknown",
]

_ABOUT = "I answer questions from your team's documents, with sources."
_WAYS = (
    "Mention me in a channel: `@houselore how do we deploy?`",
    "Or write to me directly; in a thread with me a question needs no mention.",
    "`/ask how do we deploy?` answers only you; you can share the answer.",
    "`/houselore status` says what I know and how I am.",
    "`/houselore channel` says when I answer in a channel; `channel always-if-sure` lets me answer "
    "there unasked, `channel mentions` ends that, `channel bar 70%` sets how sure I must be "
    "(admins only).",
    "`/houselore reindex` reads the documents anew; with a source or a #channel only those, with "
    "`--dry-run` it only says what would be done, and how long it takes (admins only).",
    "`/houselore cancel` ends a reindex, `/houselore rollback` goes back to the index before the "
    "last switch (admins only).",
    "`/houselore expert @person` names somebody whose judgement of my answers weighs more, "
    "`expert remove @person` ends that, `/houselore experts` lists them (admins only).",
    "`/houselore forget me` deletes what you asked and said of my answers, once you confirm it.",
)
_VOTE = (
    "Tell me with 👍 or 👎 whether an answer helped; after a 👎 you can say why, and write a "
    "better one. “Save as answer” in the menu of a colleague's reply keeps it as the better answer."
)

HELP = "\n".join((f"*{_ABOUT}*", *(f"• {way}" for way in _WAYS), _VOTE))
"""The help text, as mrkdwn."""
HELP_MARKDOWN = "\n".join((f"**{_ABOUT}**\n", *(f"- {way}" for way in _WAYS), f"\n{_VOTE}"))
"""The help text, as Markdown, for a reply in a thread."""
EMPTY_ASK = "What would you like to know? For example: `/ask how do we deploy?`"
LOOKING = "Looking… only you will see the answer."
UNKNOWN = "I do not know `{word}`. This is what I understand:\n{help}"

_SQL = load_statements("bot.admin")
_REDIS_SECONDS = 0.5
_DATABASE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Status:
    """The status of one workspace: index counts, model, jobs, Redis."""

    documents: int
    chunks: int
    generation: int | None
    synced_at: datetime | None
    model: str | None
    waiting: int
    failed: int
    last_error: str | None
    redis: Literal["up", "down", "not used"]
    standing: Standing | None = None
    channel: ChannelSettings | None = None

    @classmethod
    def from_row(
        cls,
        row: Mapping[str, Any],
        redis: Literal["up", "down", "not used"],
        standing: Standing | None = None,
        channel: ChannelSettings | None = None,
    ) -> "Status":
        """Build the status from a row of the `status` statement."""
        return cls(**row, redis=redis, standing=standing, channel=channel)


def word_of(text: str) -> Word:
    """Return the subcommand at the beginning of the text; "help" when it is empty."""
    match text.split()[:1]:
        case []:
            return "help"
        case [
            "status"
            | "channel"
            | "reindex"
            | "cancel"
            | "rollback"
            | "expert"
            | "experts"
            | "forget"
            | "help" as word
        ]:
            return word
        case _:
            return "unknown"


def unknown(text: str) -> str:
    """Return the reply to an unknown subcommand."""
    return UNKNOWN.format(word=fit(text.split()[0].replace("`", ""), 40), help=HELP)


async def read_status(services: BotServices, person: str, channel: str | None = None) -> Status:
    """Read the status for one person, counting only documents they may read.

    Add the settings of `channel` if it is given. Raises DatabaseDown and SlackFailed.
    """
    try:
        audience = await services.memberships.audience(None, person, _DATABASE_SECONDS)
        values = {"workspace": services.workspace, "readers": sorted(audience.readers)}
        async with (
            services.database.connection(_DATABASE_SECONDS) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(_SQL["status"], values)
            row = await cursor.fetchone()
        standing = await read_standing(services.database)
    except DatabaseUnavailable as error:
        raise DatabaseDown(
            "My database does not answer just now. An admin can run `houselore doctor`."
        ) from error
    settings = await read_channel(services, channel) if channel else None
    return Status.from_row(row or {}, await _redis(services), standing, settings)


def describe(status: Status, *, with_errors: bool) -> str:
    """Return the status as mrkdwn; `with_errors` is for admins."""
    if status.generation is None:
        index = "No documents are indexed yet."
    else:
        index = (
            f"{status.documents:,} documents that you may read, in {status.chunks:,} chunks, "
            f"generation {status.generation}"
        )
    synced = _ago(status.synced_at) if status.synced_at else "never"
    lines = [
        f"*Index* · {index}",
        *_index_lines(status, with_errors=with_errors),
        f"*Last sync* · {synced}",
        f"*Model* · {escape(status.model or 'not asked yet')}",
        f"*Jobs* · {status.waiting:,} waiting, {status.failed:,} failed in the last day",
        f"*Redis* · {status.redis}"
        + ("" if status.redis == "up" else " (answers are slower, and right)"),
    ]
    if status.channel is not None:
        lines.append(status.channel.describe())
    if with_errors and status.last_error:
        lines.append(f"*Last error* · {fit(status.last_error, 300)}")
    return "\n".join(lines)


def _index_lines(status: Status, *, with_errors: bool) -> list[str]:
    """Return the lines on the candidate index and the last run."""
    standing = status.standing
    if standing is None:
        return []
    # Source names and failures may quote private documents, so only admins see them.
    run = standing.run if with_errors else standing.run_for_all
    lines = {"New index": standing.other, "Last reindex": run}
    return [f"*{name}* · {fit(said, 500)}" for name, said in lines.items() if said]


async def _redis(services: BotServices) -> Literal["up", "down", "not used"]:
    if services.redis is None:
        return "not used"
    try:
        async with asyncio.timeout(_REDIS_SECONDS):
            await services.redis.ping()
    except (RedisError, OSError, TimeoutError):
        return "down"
    return "up"


def _ago(moment: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
