"""Which stored documents a generation lacks, and how many it holds. Fills none."""

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from database.statements import load_statements
from retrieval.documents import Document
from retrieval.index.generations import Generation

_SQL = load_statements("retrieval.index")


async def documents_to_fill(
    connection: AsyncConnection, generation: Generation, after: int, limit: int
) -> list[tuple[int, str, Document]]:
    """Stored documents with ids beyond `after` that `generation` lacks or has for other readers.

    Each with its id, its hash and the document.
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
    """How many of a workspace's documents `generation` holds, and how many there are."""
    values = {"workspace": generation.workspace}
    ((total,),) = await (await connection.execute(_SQL["count_documents"], values)).fetchall()
    lacking = await connection.execute(generation.statement(_SQL["lacking_documents"]), values)
    return total - len(await lacking.fetchall()), total
