"""Erase data from examples and datasets: of people who ask for it, and text of deleted documents.

A frozen dataset that holds any of it is marked stale and loses its content; its hash and card stay.
Retrieval weights hold no text and are only marked stale.
"""

from dataclasses import dataclass

from psycopg.rows import scalar_row

from database.database import Database
from database.statements import load_statements
from retrieval.indexing.golden_questions import refresh_golden

_SQL = load_statements("tuning.feedback")


@dataclass(frozen=True, slots=True)
class Left:
    """How many examples were deleted, and how many datasets became stale."""

    examples: int
    datasets: int


async def forget(database: Database, person: str) -> Left:
    """Delete a person's contributions, and exclude the person from learning from now on.

    That covers examples, their reviews, and golden questions from their words or corrections.
    Raises DatabaseUnavailable.
    """
    values = {"workspace": database.workspace, "person": person}
    async with database.connection() as connection:
        await connection.execute(_SQL["forget_person"], values)
        await connection.execute(_SQL["drop_reviewer"], values)
        examples = await connection.execute(_SQL["drop_of_person"], values)
        datasets = await connection.execute(_SQL["spoil_of_person"], values)
        await connection.execute(_SQL["spoil_weights_of_person"], values)
    await refresh_golden(database)
    return Left(examples.rowcount, datasets.rowcount)


async def sweep(database: Database) -> Left:
    """Delete examples of documents that are gone, or that their audience may read no longer."""
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["drop_of_gone"], {"workspace": database.workspace})
        ((examples, documents),) = await cursor.fetchall()
        values = {"workspace": database.workspace, "documents": documents}
        datasets = await connection.execute(_SQL["spoil_of_gone"], values)
        await connection.execute(_SQL["spoil_weights_of_gone"], values)
        return Left(examples, datasets.rowcount)


async def models_to_retrain(database: Database) -> list[str]:
    """Return the names of models trained on a dataset that is stale by now."""
    return await database.fetch_all(_SQL["models_to_retrain"], scalar_row)


async def weights_to_relearn(database: Database) -> list[int]:
    """Return the numbers of stale retrieval weights that are served or are candidates."""
    return await database.fetch_all(_SQL["weights_to_relearn"], scalar_row)
