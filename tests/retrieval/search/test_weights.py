"""What a search does with weights: between its two arms, and where an adapter moves a question."""

import numpy as np
import pytest

from database.database import Database
from retrieval.audience import Audience, everyone
from retrieval.index.generations import live_generation
from retrieval.indexing.sync import index_source
from retrieval.search.candidates import find_candidates
from retrieval.search.query import Query
from retrieval.search.query_adapter import Adapter
from retrieval.search.retriever import search
from retrieval.search.weights import SHIPPED, Weights, served_weights
from tests.retrieval.documents import Library
from tests.retrieval.hash_embedder import Hashed

HOME = everyone("home")
TEXTS = {
    "lunch": "Lunch is served at noon in the garden, and the kitchen closes at two.",
    "dinner": "Dinner is served on Fridays in the hall when the board meets at noon.",
    "printer": "The printer in the garden house has no paper.",
    "vpn": "Connect to the VPN before the payroll site is opened in the hall.",
}
ASKED = "When is lunch served in the hall?"


@pytest.fixture
async def embedder(database: Database) -> Hashed:
    """The embedder of an index of a few texts, one of them secret."""
    found = Hashed()
    await index_source(database, Library(dict(TEXTS)), found)
    texts = {"secret": "Lunch is served to the board in the vault."}
    secret = Library(texts, "channel:C9", location="safe")
    await index_source(database, secret, found)
    return found


async def order(database: Database, embedder: Hashed, weights: Weights) -> list[str]:
    """The documents found, best first."""
    passages = await search(database, embedder, ASKED, HOME, 10, weights=weights)
    return [passage.key for passage in passages]


async def test_at_either_end_one_arm_decides(database: Database, embedder: Hashed) -> None:
    """With all the weight an arm orders what it found as it does alone."""
    dense = await search(database, embedder, ASKED, HOME, 10, frozenset({"dense"}))
    assert await order(database, embedder, Weights(1.0)) == [one.key for one in dense]
    lexical = await search(database, embedder, ASKED, HOME, 10, frozenset({"lexical"}))
    ordered = await order(database, embedder, Weights(0.0))
    assert ordered[: len(lexical)] == [one.key for one in lexical]


async def test_an_adapter_of_nothing_changes_nothing(database: Database, embedder: Hashed) -> None:
    """And one that turns the question towards a text finds that text first, by vector."""
    still = Adapter(np.zeros((64, 64), dtype=np.float32))
    assert await order(database, embedder, Weights(1.0, still)) == await order(
        database, embedder, Weights(1.0)
    )
    asked, vpn = (
        np.array(embedder.embed_query(text), dtype=np.float32) for text in (ASKED, TEXTS["vpn"])
    )
    turned = Adapter(np.outer(asked, vpn - asked).astype(np.float32))
    assert (await order(database, embedder, Weights(1.0, turned)))[0] == "vpn"


async def test_candidates_are_of_their_audience_alone(database: Database, embedder: Hashed) -> None:
    """What is asked for by its document is not shown to who may not read it."""
    generation = await live_generation(database)
    assert generation is not None
    async with database.connection() as connection:
        cursor = await connection.execute("select key, id from documents")
        ids: dict[str, int] = dict(await cursor.fetchall())
    team = Audience("home", frozenset({"public", "channel:C9"}))
    for audience, sees in ((HOME, False), (team, True)):
        found = await find_candidates(
            database, embedder, generation, Query.of(ASKED), audience, ids.values()
        )
        shown = {chunk.document_id for chunk in found.chunks.values()}
        assert (ids["secret"] in shown) is sees
        assert shown >= {ids[key] for key in TEXTS}
        assert set(found.shares) <= set(found.chunks)


async def test_without_any_the_search_is_as_shipped(database: Database, embedder: Hashed) -> None:
    """A workspace that has learned nothing searches with the weights that were measured."""
    generation = await live_generation(database)
    assert generation is not None
    assert await served_weights(database, generation) == SHIPPED
    found = await search(database, embedder, ASKED, HOME, 10)
    assert [one.key for one in found] == await order(database, embedder, SHIPPED)


def test_an_adapter_of_another_size_is_refused() -> None:
    """Bytes that are no square of its embedder's dimensions."""
    with pytest.raises(ValueError, match="reshape"):
        Adapter.from_bytes(b"\0" * 10, 64)
