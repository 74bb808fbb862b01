"""The part of a generation that an audience may search: its reader sets and their segments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import AsyncConnection

from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.index.generations import Generation
from retrieval.lexical.bm25 import Ids, Size

_SQL = load_statements("retrieval.search")


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of one generation that one audience may read. A search reads nothing else.

    `size` counts its chunks and terms without deleted chunks (`dead`): BM25's statistics do not
    depend on documents that the audience may not read. `total` counts all chunks of the generation.
    """

    generation: Generation
    audience: Audience
    reader_sets: list[int]
    segments: list[int]
    size: Size
    dead: Ids
    total: int

    def values(self) -> dict[str, Any]:
        """Return the parameters that every statement on this scope needs."""
        return {
            "workspace": self.audience.workspace,
            "readers": sorted(self.audience.readers),
            "reader_sets": self.reader_sets,
            "segments": self.segments,
        }


async def read_as_of_now(connection: AsyncConnection) -> None:
    """Make the transaction that begins here read one snapshot of the index."""
    await connection.execute(_SQL["read_as_of_now"])


async def find_scope(
    connection: AsyncConnection, generation: Generation, audience: Audience
) -> Scope:
    """Find the current scope of an audience; it is empty if the audience may read nothing."""
    values = {
        "generation": generation.id,
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
    }
    segments = await (await connection.execute(_SQL["visible_segments"], values)).fetchall()
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_SQL["visible_dead"], values)
        ((packed, dead_terms),) = await cursor.fetchall()
    dead = np.sort(np.frombuffer(packed, dtype=">i8").astype(np.int64))
    return Scope(
        generation=generation,
        audience=audience,
        reader_sets=sorted({reader_set for _, reader_set, *_ in segments}),
        segments=[segment for segment, *_ in segments],
        size=Size(
            chunks=sum(chunks for _, _, chunks, *_ in segments) - len(dead),
            terms=sum(terms for _, _, _, terms, _ in segments) - dead_terms,
        ),
        dead=dead,
        total=segments[0][-1] if segments else 0,
    )
