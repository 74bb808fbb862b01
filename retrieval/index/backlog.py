"""Find the stored documents that are not yet in a generation, and count those that are."""

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from database.statements import load_statements
from retrieval.documents import Document
from retrieval.index.generations import Generation

_SQL = load_statements("retrieval.index")


async def documents_to_fill(
    connection: AsyncConnection, generation: Generation, after: int, limit: int
) -> list[tuple[int, str, Document]]:
    """Return up to `limit` documents with ids above `after` that `generation` has to index.

    These are documents that it lacks, or has with other readers. Each comes with its id and hash.
    """
    values = {"workspace": generation.workspace, "after": after, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(generation.statement(_SQL["documents_to_fill"]), values)
        rows = await cursor.fetchall()
    return [
        (row.pop("id"), row.pop("hash"), Document(**{**row, "readers": frozenset(row["readers"])}))
        for row in rows
    ]


async def count_held(connection: AsyncConnection, generation: Generation) -> tuple[int, int]:
    """Return how many of a workspace's documents `generation` has, and how many there are."""
    values = {"workspace": generation.workspace}
    ((total,),) = await (await connection.execute(_SQL["count_documents"], values)).fetchall()
    lacking = await connection.execute(generation.statement(_SQL["lacking_documents"]), values)
    return total - len(await lacking.fetchall()), total
