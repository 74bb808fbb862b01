"""The inbox: store each event once, in one transaction with the job that handles it.

A job holds its row's advisory lock on a connection of its own. When its process dies, Postgres
releases the lock, and the next sweep requeues the row.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from psycopg import AsyncConnection
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from bot.errors import DatabaseDown
from bot.inbox.events import Deleted, Incoming, MessageEdited
from bot.services import BotServices
from database.database import Database
from database.errors import DatabaseUnavailable
from database.statements import load_statements

_STORE_SECONDS = 2.0
_SQL = load_statements("bot.inbox")

TASKS: Mapping[str, str] = {
    "question": "answer",
    "unasked": "answer_unasked",
    "ask": "answer_alone",
    "share": "share",
    "reindex": "reindex",
    "rollback": "rollback",
    "cancel": "cancel",
    "remark": "keep_remark",
    "save": "save_reply",
    "forget": "forget_me",
    "review": "review",
}
"""The task that handles each kind of row; votes and membership changes need none."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An event in the inbox; `thread_ts` is the root of its thread."""

    id: int
    kind: str
    channel: str
    ts: str
    thread_ts: str
    person: str
    payload: Mapping[str, Any]
    state: Literal["received", "done", "ignored", "failed"]
    reply_channel: str | None
    reply_ts: str | None

    @property
    def text(self) -> str:
        """The person's message, in Slack's own markup."""
        return str(self.payload.get("text", ""))

    @property
    def response_url(self) -> str:
        """The URL for ephemeral replies, valid for half an hour; "" for a message."""
        return str(self.payload.get("response_url", ""))


async def store(services: BotServices, incoming: Incoming) -> bool:
    """Store an event and defer its job in one transaction; return False if it was stored before.

    Raises DatabaseDown.
    """
    try:
        async with services.database.connection(_STORE_SECONDS) as connection:
            return await store_with(connection, services, incoming)
    except (DatabaseUnavailable, ConnectorException) as error:
        raise DatabaseDown(
            "My database does not answer just now, so I cannot take this. Please try again in a "
            "few minutes; an admin can run `houselore doctor`."
        ) from error


async def store_with(
    connection: AsyncConnection[Any], services: BotServices, incoming: Incoming
) -> bool:
    """Like `store`, in the caller's transaction."""
    task = TASKS.get(incoming.kind)
    values = {
        "workspace": services.workspace,
        "event_id": incoming.event_id,
        "kind": incoming.kind,
        "channel": incoming.channel,
        "ts": incoming.ts,
        "thread_ts": incoming.thread_ts,
        "person": incoming.person,
        "payload": Jsonb(dict(incoming.payload)),
        # A row without a task has nothing left to do.
        "state": "received" if task else "done",
    }
    row = await (await connection.execute(_SQL["store"], values)).fetchone()
    if row is None:
        return False
    if task is not None:
        await _defer(services, connection, task, row[0], deaths=0)
    return True


async def takes_part(services: BotServices, channel: str, thread_ts: str) -> bool:
    """Return whether the bot was asked a question or posted an answer in this thread."""
    values = {"channel": channel, "thread_ts": thread_ts}
    return bool(await services.database.fetch_value(_SQL["takes_part"], **values))


async def edit_question(services: BotServices, edited: MessageEdited) -> None:
    """Update the text of an unanswered question; an answered one stays as it is."""
    values = {"channel": edited.channel, "ts": edited.ts, "text": edited.text}
    await services.database.execute(_SQL["edit_question"], **values)


async def withdraw_question(services: BotServices, deleted: Deleted) -> None:
    """Mark a deleted question as ignored if it is unanswered."""
    values = {"channel": deleted.channel, "ts": deleted.ts}
    await services.database.execute(_SQL["withdraw_question"], **values)


async def stop_questions(services: BotServices, channel: str, thread_ts: str) -> None:
    """Ask the jobs that answer this thread's open questions to stop."""
    values = {"channel": channel, "thread_ts": thread_ts}
    await services.database.execute(_SQL["stop_questions"], **values)


async def load(database: Database, inbox_id: int) -> InboxRow | None:
    """Load one row; None if it does not exist."""
    row = await database.fetch_one(_SQL["load"], dict_row, id=inbox_id)
    return InboxRow(**row) if row else None


@asynccontextmanager
async def locked(database: Database, key: str) -> AsyncIterator[bool]:
    """Try to take an advisory lock; yield whether it was free. Released when the block ends."""
    async with database.connection() as connection:
        taken = await _try_lock(connection, key)
        # End the transaction: the session lock outlives it, and the connection is not "idle in
        # transaction" for the minutes that an answer takes.
        await connection.commit()
        try:
            yield taken
        finally:
            if taken:
                await connection.rollback()
                await connection.execute(_SQL["unlock"], {"key": key})


@asynccontextmanager
async def claimed(database: Database, inbox_id: int) -> AsyncIterator[InboxRow | None]:
    """Lock a row and yield it; None if another job holds it or it is finished."""
    async with locked(database, _key(inbox_id)) as taken:
        row = await load(database, inbox_id) if taken else None
        yield row if row and row.state == "received" else None


async def begin_reply(database: Database, row: InboxRow) -> bool:
    """Record that a reply is about to be posted; return False if another job recorded it first."""
    values = {"id": row.id, "begun": row.payload.get("begun")}
    return await database.fetch_value(_SQL["begin_reply"], **values) is not None


async def place_reply(database: Database, row: InboxRow, channel: str, ts: str) -> None:
    """Record the message that replies to this row."""
    await database.execute(_SQL["place_reply"], id=row.id, channel=channel, ts=ts)


async def unclaimed(services: BotServices, channel: str, found: list[str]) -> list[str]:
    """Return those of the messages `found` that no row has recorded as its reply, in order."""
    values = {"channel": channel, "ts": found}
    rows = await services.database.fetch_all(_SQL["claimed_replies"], tuple_row, **values)
    taken = {row[0] for row in rows}
    return [ts for ts in found if ts not in taken]


async def finish(
    database: Database,
    row: InboxRow,
    state: Literal["done", "ignored", "failed"] = "done",
    error: str | None = None,
) -> None:
    """Set the final state of a row, if it is still open."""
    await database.execute(_SQL["finish"], id=row.id, state=state, error=error)


async def finish_forgotten(database: Database, row: InboxRow) -> None:
    """Finish an open row and erase its person and payload."""
    await database.execute(_SQL["finish_forgotten"], id=row.id)


async def sweep(services: BotServices) -> int:
    """Requeue rows whose worker crashed and return how many.

    The crash count travels along, so a row that kills its worker is given up in the end.
    """
    # Stalled: the worker that ran it sends no heartbeat any more.
    for job in await services.jobs.job_manager.get_stalled_jobs():
        await services.jobs.job_manager.finish_job(job, Status.FAILED, delete_job=False)
    given = 0
    async with services.database.connection() as connection:
        values = {"workspace": services.workspace}
        rows = await (await connection.execute(_SQL["open_rows"], values)).fetchall()
        for inbox_id, kind, deaths in rows:
            # A row whose lock is taken is being handled right now.
            if await _try_lock(connection, _key(inbox_id)):
                # Only tested: the new job takes the lock itself.
                await connection.execute(_SQL["unlock"], {"key": _key(inbox_id)})
                await _defer(services, connection, TASKS[kind], inbox_id, deaths)
                given += 1
    return given


async def _defer(
    services: BotServices, connection: AsyncConnection[Any], task: str, inbox_id: int, deaths: int
) -> None:
    deferrer = services.jobs.configure_task(task, connection=connection)
    await deferrer.defer_async(inbox_id=inbox_id, deaths=deaths)


async def _try_lock(connection: AsyncConnection[Any], key: str) -> bool:
    row = await (await connection.execute(_SQL["lock"], {"key": key})).fetchone()
    return row is not None and bool(row[0])


def _key(inbox_id: int) -> str:
    return f"inbox:{inbox_id}"
