"""The model registry: which model serves the name `house`, and which did before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from database.database import Database
from database.statements import load_statements
from tuning.errors import ModelPinned, UnknownModel

_SQL = load_statements("tuning.rollout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a model was made of: SHA-256 of base and adapter, dataset, code version, metrics."""

    base_hash: str | None = None
    adapter_hash: str | None = None
    dataset: str | None = None
    code_version: str | None = None
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Lineage):
    """A registered model: base, adapter if any, state, and who promoted it and why."""

    id: int
    name: str
    base: str
    adapter: str | None
    state: Literal["candidate", "canary", "served", "retired"]
    promoted_by: str | None
    reason: str | None
    promoted_at: datetime | None
    is_pinned: bool


async def register(
    database: Database,
    name: str,
    base: str,
    adapter: str | None = None,
    lineage: Lineage = Lineage(),
) -> None:
    """Register a candidate. A name that is registered keeps its model: models are never changed."""
    made_of = {
        "base_hash": lineage.base_hash,
        "adapter_hash": lineage.adapter_hash,
        "dataset": lineage.dataset,
        "code_version": lineage.code_version,
        "metrics": Jsonb(lineage.metrics),
    }
    named = {"workspace": database.workspace, "name": name, "base": base, "adapter": adapter}
    await database.execute(_SQL["register_model"], **named, **made_of)


async def promote(database: Database, name: str, by: str, reason: str) -> Model:
    """Serve a registered model instead of the current one, even if that is pinned.

    A running rollout ends: as promoted if it was of this model, else as stopped. Raises
    UnknownModel, with nothing changed.
    """
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        return await put_into_service(connection, database.workspace, name, by, reason)


async def roll_back(database: Database, by: str, reason: str) -> Model:
    """Serve the previous model again. Raises UnknownModel."""
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        cursor = await connection.execute(_SQL["served_before"], {"workspace": database.workspace})
        row = await cursor.fetchone()
        if row is None:
            raise UnknownModel("No model was in service before this one; it stays.")
        return await put_into_service(connection, database.workspace, row[0], by, reason)


async def pin(database: Database, *, is_pinned: bool = True) -> str:
    """Pin the served model, or unpin it, and return its name; while pinned no canary can begin.

    Pinning stops a running canary. Raises UnknownModel if no model is served.
    """
    values = {"workspace": database.workspace, "is_pinned": is_pinned}
    async with database.connection() as connection, connection.transaction():
        await lock_models(connection, database.workspace)
        cursor = await connection.execute(_SQL["pin_served"], values)
        row = await cursor.fetchone()
        if row is None:
            raise UnknownModel("No model is in service yet; start Houselore once.")
        if is_pinned:
            await close_rollout(
                connection,
                database.workspace,
                "stopped",
                by="houselore",
                reason=f"{row[0]} was pinned",
            )
        return str(row[0])


async def note_metrics(database: Database, name: str, metrics: Mapping[str, Any]) -> None:
    """Add metrics to a model; existing keys are replaced."""
    values = {"name": name, "metrics": Jsonb(dict(metrics))}
    await database.execute(_SQL["note_metrics"], **values)


async def models(database: Database) -> list[Model]:
    """Return every registered model: the served one first, then the canary, then the newest."""
    async with database.connection() as connection:
        return await _models(connection, database.workspace)


async def served(database: Database) -> Model | None:
    """Return the model in service, or None before the first promotion."""
    async with database.connection() as connection:
        return await _served(connection, database.workspace)


async def set_aside(connection: AsyncConnection, workspace: str) -> list[Model]:
    """Return the retired models, without the one that a rollback would serve."""
    return [m for m in await _idle(connection, workspace) if m.state == "retired"]


async def find_idle(connection: AsyncConnection, workspace: str, name: str) -> Model | None:
    """Return a candidate or retired model by name; None if it is in use or next on rollback."""
    return next((m for m in await _idle(connection, workspace) if m.name == name), None)


async def ensure_served(database: Database, name: str, base: str) -> Model:
    """Return the model in service; register and serve the base model if there is none.

    A base model in service is replaced when the settings name another one.
    """
    model = await served(database)
    if model is not None and (model.adapter is not None or model.name == name):
        return model
    await register(database, name, base)
    return await promote(database, name, by="houselore", reason="the base model in the settings")


def code_version() -> str | None:
    """Return this code's version, or None if it is not installed."""
    try:
        return version("houselore")
    except PackageNotFoundError:
        return None


async def lock_models(connection: AsyncConnection, workspace: str) -> None:
    """Lock the workspace's models until the transaction ends."""
    await connection.execute(_SQL["lock_models"], {"workspace": workspace})


async def put_into_service(
    connection: AsyncConnection, workspace: str, name: str, by: str, reason: str
) -> Model:
    """Promote a model while holding the lock of `lock_models`."""
    values = {"workspace": workspace, "name": name, "promoted_by": by, "reason": reason}
    await connection.execute(_SQL["retire_served"], values)
    cursor = await connection.execute(_SQL["serve_model"], values)
    if await cursor.fetchone() is None:
        raise UnknownModel(f"No model is called {name!r} here; the one in service stays.")
    cursor = await connection.execute(_SQL["current_rollout"], values)
    row = await cursor.fetchone()
    ended = "promoted" if row is not None and row[1] == name else "stopped"
    await close_rollout(connection, workspace, ended, by, reason)
    return next(m for m in await _models(connection, workspace) if m.name == name)


async def close_rollout(
    connection: AsyncConnection, workspace: str, ended: str, by: str, reason: str
) -> None:
    """Record how the running rollout ended, if there is one, and retire its canary."""
    values = {"workspace": workspace, "ended": ended, "ended_by": by, "reason": reason}
    await connection.execute(_SQL["close_rollout"], values)
    await connection.execute(_SQL["end_canary"], values)


async def check_unpinned(connection: AsyncConnection, workspace: str) -> Model:
    """Return the served model. Raises UnknownModel without one, ModelPinned if it is pinned."""
    now = await _served(connection, workspace)
    if now is None:
        raise UnknownModel("No model is in service yet; start Houselore once.")
    if now.is_pinned:
        raise ModelPinned(f"{now.name} is pinned: let it go first (`houselore models unpin`).")
    return now


async def _served(connection: AsyncConnection, workspace: str) -> Model | None:
    first = next(iter(await _models(connection, workspace)), None)
    return first if first is not None and first.state == "served" else None


async def _idle(connection: AsyncConnection, workspace: str) -> list[Model]:
    cursor = await connection.execute(_SQL["served_before"], {"workspace": workspace})
    before = await cursor.fetchone()
    return [
        model
        for model in await _models(connection, workspace)
        if model.state in ("candidate", "retired") and (before is None or model.name != before[0])
    ]


async def _models(connection: AsyncConnection, workspace: str) -> list[Model]:
    async with connection.cursor(row_factory=class_row(Model)) as cursor:
        await cursor.execute(_SQL["list_models"], {"workspace": workspace})
        return await cursor.fetchall()
