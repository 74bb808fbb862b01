"""Run a canary: start it, decide it by people's feedback, end it by itself or by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row, scalar_row

from database.database import Database
from database.statements import load_statements
from tuning.errors import RolloutRefused, UnknownModel
from tuning.rollout.policy import Observed, RolloutDecision, decide, is_by_canary, is_in_canary
from tuning.rollout.registry import check_unpinned, close_rollout, lock_models, put_into_service

_SQL = load_statements("tuning.rollout")
BY_ITSELF = "houselore"
"""Who ended a rollout that no person ended."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A canary tried beside the incumbent in a share of the channels."""

    id: int
    canary: str
    served: str
    share: float
    started_by: str
    started_at: datetime

    def model_for(self, channel: str, thread: str, before: Iterable[str] = ()) -> str:
        """Return the model for an answer; `before` are those of the thread's earlier answers.

        They come oldest first. A thread keeps its model. One without a model still in service is
        drawn: in a channel of the canary's share, half of the threads are the canary's.
        """
        known = [model for model in before if model in (self.canary, self.served)]
        if known:
            return known[0]
        rollout = str(self.id)
        is_tried = is_in_canary(channel, rollout, self.share)
        return self.canary if is_tried and is_by_canary(channel, thread, rollout) else self.served


@dataclass(frozen=True, slots=True)
class Ended:
    """A rollout that has ended: how, by whom and why."""

    id: int
    canary: str
    served: str
    how: Literal["promoted", "rolled back", "stopped"]
    by: str
    reason: str


async def start_rollout(database: Database, name: str, share: float, by: str) -> Rollout:
    """Put a registered model on canary in a `share` of the channels, above 0 and at most 1.

    Raises UnknownModel, ModelPinned, and RolloutRefused if another rollout is running or the model
    is served already.
    """
    if not 0 < share <= 1:
        raise RolloutRefused("A canary's share is above 0 and at most 1, such as 0.2.")
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        served = await check_unpinned(connection, database.workspace)
        if running := await find_rollout(connection, database.workspace):
            raise RolloutRefused(f"{running.canary} is being tried: promote it or take it back.")
        if served.name == name:
            raise RolloutRefused(f"{name} is in service already.")
        values = {"workspace": database.workspace, "name": name}
        row = await (await connection.execute(_SQL["make_canary"], values)).fetchone()
        if row is None:
            raise UnknownModel(f"No model is called {name!r} here; nothing was changed.")
        begun = {"model": row[0], "served": served.id, "share": share, "started_by": by}
        await connection.execute(_SQL["open_rollout"], {**values, **begun})
        rollout = await find_rollout(connection, database.workspace)
    assert rollout is not None  # noqa: S101 - it was begun in this transaction
    return rollout


async def current_rollout(database: Database) -> Rollout | None:
    """Return the running rollout, if any."""
    async with database.connection() as connection:
        return await find_rollout(connection, database.workspace)


async def thread_models(database: Database, conversation: str, thread: str) -> list[str]:
    """Return the models of a thread's answers so far, oldest first."""
    values = {"conversation": conversation, "thread": thread}
    return await database.fetch_all(_SQL["thread_models"], scalar_row, **values)


async def stop_rollout(database: Database, by: str, reason: str) -> Rollout:
    """Take the canary back by hand. Raises RolloutRefused if there is none."""
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        rollout = await find_rollout(connection, database.workspace)
        if rollout is None:
            raise RolloutRefused("No model is being tried.")
        await close_rollout(connection, database.workspace, "rolled back", by, reason)
        return rollout


async def look_at_rollout(database: Database) -> tuple[Rollout, RolloutDecision] | None:
    """Decide the canary by all answers so far and act on it; return None without a canary.

    A canary that is undecided after `MOST_DAYS` is stopped, and the incumbent stays. Several
    processes may call this at once, and as often as they like.
    """
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        rollout = await find_rollout(connection, database.workspace)
        if rollout is None:
            return None
        days = (datetime.now(UTC) - rollout.started_at) / timedelta(days=1)
        decision = decide(await _answers(connection, database.workspace, rollout)).after(days)
        match decision.end:
            case "promote":
                name, reason = rollout.canary, decision.reason
                await put_into_service(connection, database.workspace, name, BY_ITSELF, reason)
            case "roll back":
                reason = decision.reason
                await close_rollout(
                    connection, database.workspace, "rolled back", BY_ITSELF, reason
                )
            case "stop":
                reason = decision.reason
                await close_rollout(connection, database.workspace, "stopped", BY_ITSELF, reason)
        return rollout, decision


async def ended_rollouts(connection: AsyncConnection, workspace: str) -> list[Ended]:
    """Return every rollout that has ended, in the order of their ends."""
    async with connection.cursor(row_factory=class_row(Ended)) as cursor:
        await cursor.execute(_SQL["ended_rollouts"], {"workspace": workspace})
        return await cursor.fetchall()


async def find_rollout(connection: AsyncConnection, workspace: str) -> Rollout | None:
    """Return the running rollout, on an open connection."""
    async with connection.cursor(row_factory=class_row(Rollout)) as cursor:
        await cursor.execute(_SQL["current_rollout"], {"workspace": workspace})
        return await cursor.fetchone()


async def _answers(connection: AsyncConnection, workspace: str, rollout: Rollout) -> list[Observed]:
    values = {
        "workspace": workspace,
        "canary": rollout.canary,
        "served": rollout.served,
        "started_at": rollout.started_at,
    }
    async with connection.cursor(row_factory=class_row(Observed)) as cursor:
        await cursor.execute(_SQL["rollout_answers"], values)
        return await cursor.fetchall()
