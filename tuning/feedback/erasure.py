"""What has to leave the examples and datasets: a person's part, and text of documents that went.

A frozen dataset that holds any of it is marked stale and loses its content; its hash and card stay.
Weights of the search hold no text, and are marked stale alone.
"""

from dataclasses import dataclass

from psycopg.rows import scalar_row

from database.database import Database
from database.statements import load_statements
from retrieval.indexing.golden_questions import refresh_golden

_SQL = load_statements("tuning.feedback")


@dataclass(frozen=True, slots=True)
class Left:
    """How many examples left, and how many datasets are stale for it."""

    examples: int
    datasets: int


async def forget(database: Database, person: str) -> Left:
    """Drop what a person has a part in, and learn nothing of them any more.

    That is examples, and golden questions in their words or by their better answers. Raises
    DatabaseUnavailable.
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
    """Drop every example of a deleted document, or of one that its readers may read no more."""
    async with database.connection() as connection:
        cursor = await connection.execute(_SQL["drop_of_gone"], {"workspace": database.workspace})
        ((examples, documents),) = await cursor.fetchall()
        values = {"workspace": database.workspace, "documents": documents}
        datasets = await connection.execute(_SQL["spoil_of_gone"], values)
        await connection.execute(_SQL["spoil_weights_of_gone"], values)
        return Left(examples, datasets.rowcount)


async def models_to_retrain(database: Database) -> list[str]:
    """The names of the models whose dataset is stale: they have learned what had to leave."""
    return await database.fetch_all(_SQL["models_to_retrain"], scalar_row)


async def weights_to_relearn(database: Database) -> list[int]:
    """The numbers of the search's weights, served or candidates, that have learned the same."""
    return await database.fetch_all(_SQL["weights_to_relearn"], scalar_row)
