"""What a search weighs its arms by, as shipped or as learned and served. Learns nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.index.generations import Generation
from retrieval.search.fusion import DENSE_WEIGHT
from retrieval.search.query_adapter import Adapter

_SQL = load_statements("retrieval.search")
_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """The dense arm's weight, 0 to 1, and what moves a question's vector, if anything does.

    `id` is the number that they are kept under; those shipped have none.
    """

    dense: float = DENSE_WEIGHT
    adapter: Adapter | None = None
    id: int | None = None

    def moved(self, vector: Sequence[float]) -> list[float]:
        """A question's vector as it is searched with."""
        return self.adapter.move(vector) if self.adapter else list(vector)


SHIPPED = Weights()
"""Those of a workspace that has learned nothing."""

_ADAPTERS: dict[str, Adapter] = {}


async def served_weights(database: Database, generation: Generation) -> Weights:
    """As `find_weights`, on a connection of its own. Raises DatabaseUnavailable."""
    async with database.connection() as connection:
        return await find_weights(connection, generation)


async def find_weights(connection: AsyncConnection, generation: Generation) -> Weights:
    """The weights that are served for the embedder of this generation; as shipped without any.

    Asked at each search, so that what was promoted counts from the next on; an adapter is read once
    by each process.
    """
    values = {
        "workspace": generation.workspace,
        "embedder": generation.embedder,
        "dimensions": generation.dimensions,
    }
    row = await (await connection.execute(_SQL["served_weights"], values)).fetchone()
    if row is None:
        return SHIPPED
    id_, dense, name = row
    if name is None:
        return Weights(dense, id=id_)
    adapter = _ADAPTERS.get(name) or await _read(connection, generation, id_, name)
    return Weights(dense, adapter, id_)


async def _read(
    connection: AsyncConnection, generation: Generation, id_: int, name: str
) -> Adapter:
    cursor = await connection.execute(_SQL["weights_adapter"], {"id": id_})
    ((kept,),) = await cursor.fetchall()
    adapter = Adapter.from_bytes(kept, generation.dimensions)
    while len(_ADAPTERS) >= _MOST_KEPT:
        del _ADAPTERS[next(iter(_ADAPTERS))]
    _ADAPTERS[name] = adapter
    return adapter
