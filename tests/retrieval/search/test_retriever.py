"""Questions to passages, and only those that the audience may read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.database import Database, open_database
from retrieval.audience import PUBLIC, Audience, everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.indexing.sync import index_source
from retrieval.search.hybrid_retriever import HybridRetriever, to_passage
from retrieval.search.retriever import search
from tests.retrieval.documents import Library

HOME = "home"
FACTS = {
    "vacation": "Everyone may take thirty days of vacation a year.",
    "printer": "Error PC_LOAD_LETTER means that the printer has no paper.",
    "lunch": "Lunch is served at noon in the garden.",
    "vpn": "Connect to the VPN before you open the payroll site.",
    "东京": "办公室在东京,靠近车站。",
}


@pytest.fixture
async def indexed(database: Database, minilm: Embedder) -> Database:
    """A database in which FACTS are public."""
    await index_source(database, Library(dict(FACTS)), minilm)
    return database


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("How much time off do I get?", "vacation"),
        ("what is pc_load_letter", "printer"),
        ("When do we eat?", "lunch"),
        ("东京办公室", "东京"),
    ],
)
async def test_the_right_passage_comes_first(
    indexed: Database, minilm: Embedder, question: str, key: str
) -> None:
    """Other words, an identifier and another script all find their text."""
    passages = await search(indexed, minilm, question, everyone(HOME), 3)
    assert passages[0].text == FACTS[key]
    assert passages[0].title == f"About {key}"
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  \n",
        "?!",
        "🙂🙂",
        "\x00\x07",
        "' | & ! :* <-> (",
        "the of and",
        "\ud800 lunch",
        "%s {x} \\",
    ],
)
async def test_no_query_is_an_error(indexed: Database, minilm: Embedder, query: str) -> None:
    """Empty, stop words only, emoji, controls and operators find something or nothing."""
    passages = await search(indexed, minilm, query, everyone(HOME), 3)
    assert len(passages) <= 3
    assert passages or not any(c.isalnum() for c in query)


@pytest.mark.parametrize("pattern", ["{long} When is lunch?", "When is lunch? {long}"])
async def test_a_question_at_either_end_of_twenty_thousand_characters_is_found(
    indexed: Database, minilm: Embedder, pattern: str
) -> None:
    """Of a very long query both ends are read."""
    query = pattern.format(long="INFO 2026 started worker " * 800)
    passages = await search(indexed, minilm, query, everyone(HOME), 3)
    assert "Lunch is served" in " ".join(passage.text for passage in passages)


async def test_an_empty_index_finds_nothing(database: Database, minilm: Embedder) -> None:
    """Before anything was indexed, and in another workspace, there is nothing."""
    assert await search(database, minilm, "lunch", everyone(HOME), 3) == []
    await index_source(database, Library(dict(FACTS)), minilm)
    assert await search(database, minilm, "lunch", everyone("elsewhere"), 3) == []
    assert await search(database, minilm, "lunch", Audience(HOME, frozenset()), 3) == []
    assert await search(database, minilm, "lunch", everyone(HOME), 0) == []


async def test_near_duplicates_are_shown_once(database: Database, minilm: Embedder) -> None:
    """Ten copies of a text leave room for other texts."""
    copies = {f"copy {n}": FACTS["lunch"] for n in range(10)}
    await index_source(database, Library({**FACTS, **copies}), minilm)
    passages = await search(database, minilm, "When is lunch served?", everyone(HOME), 3)
    assert [passage.text for passage in passages].count(FACTS["lunch"]) == 1
    assert len(passages) == 3


async def test_langchain_gets_documents_with_their_passages(
    indexed: Database, minilm: Embedder
) -> None:
    """The retriever is a LangChain runnable, by `ainvoke` and by `invoke`; its metadata is flat."""
    retriever = HybridRetriever(database=indexed, embedder=minilm, audience=everyone(HOME), k=2)
    documents = await retriever.ainvoke("When is lunch?")
    assert len(documents) == 2
    assert documents[0].page_content == FACTS["lunch"]
    assert documents[0].metadata["key"] == "lunch"
    assert 0 < documents[0].metadata["score"] <= 1
    assert {"chunk_id", "title", "url", "headings"} <= set(documents[0].metadata)
    passages = await search(indexed, minilm, "When is lunch?", everyone(HOME), 2)
    assert list(map(to_passage, documents)) == passages
    assert retriever.invoke("When is lunch?") == documents


READERS = st.frozensets(
    st.sampled_from([PUBLIC, "channel:C1", "channel:C2", "person:U1", "group:S1"]), min_size=1
)


# The test empties the database itself between examples.
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(shelves=st.lists(READERS, min_size=1, max_size=4), audiences=st.lists(READERS, max_size=6))
async def test_no_search_finds_what_its_audience_may_not_read(
    database_url: str,
    minilm: Embedder,
    shelves: list[frozenset[str]],
    audiences: list[frozenset[str]],
) -> None:
    """Over random readers and audiences: all that may be read is found, and nothing else."""
    async with open_database(database_url, HOME, max_size=3) as database:
        async with database.connection() as connection:
            await connection.execute("delete from sources")
        for number, readers in enumerate(shelves):
            texts = {f"{number}": f"Plan {number} has code name Falcon {'wing ' * number}."}
            source = Library(texts, *readers, location=str(number))
            await index_source(database, source, minilm)
        for readers in audiences:
            found = await search(database, minilm, "Falcon plan", Audience(HOME, readers), 10)
            may = [str(n) for n, shelf in enumerate(shelves) if shelf & readers]
            assert sorted(passage.title for passage in found) == [f"About {n}" for n in may]
