"""Erase data from examples and datasets: of people who ask for it, and text of deleted documents.

A frozen dataset that holds any of it is marked stale and loses its content; its hash and card stay.
Retrieval weights hold no text and are only marked stale.
"""

from dataclasses import dataclass

from psycopg_pool import AsyncConnectionPool

from database.statements import load_statements
from retrieval.indexing.golden_questions import refresh_golden

_SQL = load_statements("tuning.feedback")


@dataclass(frozen=True, slots=True)
class Left:
    """How many examples were deleted, and how many datasets became stale."""

    examples: int
    datasets: int


async def forget(pool: AsyncConnectionPool, workspace: str, person: str) -> Left:
    """Delete a person's contributions, and exclude the person from learning from now on.

    That covers examples, their reviews, and golden questions from their words or corrections.
    Raises DatabaseUnavailable.
    """
    values = {"workspace": workspace, "person": person}
    async with pool.connection() as connection:
        await connection.execute(_SQL["forget_person"], values)
        await connection.execute(_SQL["drop_reviewer"], values)
        examples = await connection.execute(_SQL["drop_of_person"], values)
        datasets = await connection.execute(_SQL["spoil_of_person"], values)
        await connection.execute(_SQL["spoil_weights_of_person"], values)
    # Golden questions grow from feedback: derive them again without this person's.
    await refresh_golden(pool, workspace)
    return Left(examples.rowcount, datasets.rowcount)


async def sweep(pool: AsyncConnectionPool, workspace: str) -> Left:
    """Delete examples of documents that are gone, or that their audience may read no longer."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["drop_of_gone"], {"workspace": workspace})
        ((examples, documents),) = await cursor.fetchall()
        values = {"workspace": workspace, "documents": documents}
        datasets = await connection.execute(_SQL["spoil_of_gone"], values)
        await connection.execute(_SQL["spoil_weights_of_gone"], values)
        return Left(examples, datasets.rowcount)


async def models_to_retrain(pool: AsyncConnectionPool, workspace: str) -> list[str]:
    """Return the names of models trained on a dataset that is stale by now."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["models_to_retrain"], {"workspace": workspace})
        return [name for (name,) in await cursor.fetchall()]


async def weights_to_relearn(pool: AsyncConnectionPool, workspace: str) -> list[int]:
    """Return the numbers of stale retrieval weights that are served or are candidates."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["weights_to_relearn"], {"workspace": workspace})
        return [number for (number,) in await cursor.fetchall()]
