"""Load the weights of a search: the default ones, or those learned and served."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection

from database.database import Database
from database.statements import load_statements
from retrieval.index.generations import Generation
from retrieval.search.fusion import DENSE_WEIGHT
from retrieval.search.query_adapter import Adapter

_SQL = load_statements("retrieval.search")
_MOST_KEPT = 4  # adapters in the cache of a process


@dataclass(frozen=True, slots=True)
class Weights:
    """The dense arm's weight, 0 to 1, and the adapter of the query's vector, if there is one.

    `id` is their row in the database, None for the default weights.
    """

    dense: float = DENSE_WEIGHT
    adapter: Adapter | None = None
    id: int | None = None

    def moved(self, vector: Sequence[float]) -> list[float]:
        """Transform a query's vector for the dense search."""
        return self.adapter.move(vector) if self.adapter else list(vector)


SHIPPED = Weights()
"""The default weights, used until a workspace has learned others."""

_ADAPTERS: dict[str, Adapter] = {}


async def served_weights(database: Database, generation: Generation) -> Weights:
    """Like `find_weights`, on a connection of its own. Raises DatabaseUnavailable."""
    async with database.connection() as connection:
        return await find_weights(connection, generation)


async def find_weights(connection: AsyncConnection, generation: Generation) -> Weights:
    """Return the served weights for the embedder of this generation, or the default ones."""
    # Read at each search, so that promoted weights count from the next one on; only the adapter's
    # matrix is cached, by its hash.
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
