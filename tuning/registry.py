"""Which model answers to the name `house`, and which did before. Serves no model."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from retrieval.statements import load_statements
from tuning.errors import UnknownModel

_SQL = load_statements("tuning")


@dataclass(frozen=True, slots=True)
class Model:
    """A base model, with or without an adapter, and who put it into service and why."""

    id: int
    name: str
    base: str
    adapter: str | None
    state: Literal["candidate", "served", "retired"]
    promoted_by: str | None
    reason: str | None
    promoted_at: datetime | None


async def register(
    pool: AsyncConnectionPool, workspace: str, name: str, base: str, adapter: str | None = None
) -> None:
    """Add a candidate. The same name again changes nothing: a model is replaced, never changed."""
    async with pool.connection() as connection:
        await connection.execute(
            _SQL["register_model"],
            {"workspace": workspace, "name": name, "base": base, "adapter": adapter},
        )


async def promote(
    pool: AsyncConnectionPool, workspace: str, name: str, by: str, reason: str
) -> Model:
    """Put a registered model into service instead of the one that is. Raises UnknownModel."""
    values = {"workspace": workspace, "name": name, "promoted_by": by, "reason": reason}
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_SQL["lock_models"], values)
        await connection.execute(_SQL["retire_served"], values)
        async with connection.cursor(row_factory=class_row(Model)) as cursor:
            await cursor.execute(_SQL["serve_model"], values)
            model = await cursor.fetchone()
        if model is None:
            raise UnknownModel(f"No model is called {name!r} here; the one in service stays.")
        return model


async def served(pool: AsyncConnectionPool, workspace: str) -> Model | None:
    """The model in service, or None before the first promotion."""
    async with (
        pool.connection() as connection,
        connection.cursor(row_factory=class_row(Model)) as cursor,
    ):
        await cursor.execute(_SQL["served_model"], {"workspace": workspace})
        return await cursor.fetchone()


async def models(pool: AsyncConnectionPool, workspace: str) -> list[Model]:
    """Every registered model, the served one first, then the newest."""
    async with (
        pool.connection() as connection,
        connection.cursor(row_factory=class_row(Model)) as cursor,
    ):
        await cursor.execute(_SQL["list_models"], {"workspace": workspace})
        return await cursor.fetchall()


async def ensure_served(pool: AsyncConnectionPool, workspace: str, name: str, base: str) -> Model:
    """The model in service; the first start registers and serves the base model it was given."""
    model = await served(pool, workspace)
    if model is not None and (model.adapter is not None or model.name == name):
        return model
    await register(pool, workspace, name, base)
    return await promote(
        pool, workspace, name, by="houselore", reason="the base model in the settings"
    )
