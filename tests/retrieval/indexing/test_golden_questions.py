"""Golden questions: grown from what people liked, and gone with it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from database.database import Database
from retrieval.audience import everyone
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import GoldenRefused
from retrieval.indexing.golden_questions import add_golden, drop_golden, refresh_golden
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from tests.retrieval.documents import Library

HOME = "home"
LEAVE = "Everyone has thirty days of leave a year. It is asked for in the portal."


async def answered(database: Database, question: str, key: str, **others: Any) -> int:
    """An answer that cites a sentence of the document `key`; its id."""
    columns = {"abstained": False, "thread": "[]", "text": "Thirty days [2].", **others}
    quotes = ["Something else.", "Everyone has thirty days of leave a year."]
    async with database.connection() as connection:
        ((document,),) = await (
            await connection.execute("select id from documents where key = %s", [key])
        ).fetchall()
        citations = [
            {"n": n, "document_id": document, "chunk_id": 1, "quote": quote}
            for n, quote in enumerate(quotes, 1)
        ]
        cursor = await connection.execute(
            "insert into answers (workspace, question, thread, readers, messages, evidence, text, "
            "citations, abstained, model, generation, prompt_version, timings_ms) values "
            "('home', %s, %s, '{public}', '[]', '[]', %s, %s, %s, 'm', 1, 'p', '{}') returning id",
            [
                *(question, columns["thread"], columns["text"]),
                *(json.dumps(citations), columns["abstained"]),
            ],
        )
        ((answer,),) = await cursor.fetchall()
    return int(answer)


async def vote(database: Database, answer: int, person: str, label: str) -> None:
    """A person's label on an answer, in the place of an earlier one."""
    async with database.connection() as connection:
        values = {"answer": answer, "person": person, "label": label}
        await connection.execute(
            "update feedback set is_current = false where answer_id = %(answer)s "
            "and person = %(person)s",
            values,
        )
        await connection.execute(
            "insert into feedback (workspace, answer_id, person, label, surface) "
            "values ('home', %(answer)s, %(person)s, %(label)s, 'button')",
            values,
        )


async def questions(database: Database) -> list[str]:
    """The golden questions as they are now."""
    return [golden.question for golden in await refresh_golden(database)]


async def test_they_grow_from_answers_that_people_like(
    database: Database, minilm: Embedder
) -> None:
    """What the answer cites first is what must be found; an answer that nobody liked gives none."""
    await index_source(database, Library({"leave": LEAVE}), minilm)
    answer = await answered(database, "How much leave do I have?", "leave")
    await answered(database, "Is there leave?", "leave")
    assert await questions(database) == []
    await vote(database, answer, "U1", "good")
    (golden,) = await refresh_golden(database)
    assert golden.question == "How much leave do I have?"
    assert golden.quote == "Everyone has thirty days of leave a year."
    assert golden.audience == everyone(HOME)
    assert await questions(database) == ["How much leave do I have?"]


async def test_quotations_and_follow_ups_give_none(database: Database, minilm: Embedder) -> None:
    """An abstention is no answer, a follow-up alone does not say what it is about, and what was
    forgotten is no question.
    """
    await index_source(database, Library({"leave": LEAVE}), minilm)
    for others in (
        {"abstained": True},
        {"thread": '[{"speaker": "person", "text": "Hello"}]'},
        {"text": "Thirty days."},
    ):
        await vote(
            database, await answered(database, "And leave?", "leave", **others), "U1", "good"
        )
    await vote(database, await answered(database, "", "leave"), "U1", "good")
    assert await questions(database) == []


async def test_when_the_feedback_turns_the_question_goes(
    database: Database, minilm: Embedder
) -> None:
    """As many against it as for it, or a thumb taken away, and it is golden no more."""
    await index_source(database, Library({"leave": LEAVE}), minilm)
    answer = await answered(database, "How much leave?", "leave")
    await vote(database, answer, "U1", "good")
    await vote(database, answer, "U2", "bad")
    assert await questions(database) == []
    await vote(database, answer, "U2", "good")
    assert await questions(database) == ["How much leave?"]
    for person in ("U1", "U2"):
        await vote(database, answer, person, "none")
    assert await questions(database) == []


async def test_an_edit_keeps_it_as_long_as_the_words_stand(
    database: Database, minilm: Embedder
) -> None:
    """Text added above moves the place, not the question; the words gone, the question goes."""
    library = Library({"leave": LEAVE})
    await index_source(database, library, minilm)
    await vote(database, await answered(database, "How much leave?", "leave"), "U1", "good")
    assert await questions(database) == ["How much leave?"]
    library.texts["leave"] = f"# News\n\n{'The office moves in May. ' * 60}\n\n# Leave\n\n{LEAVE}"
    await index_source(database, library, minilm)
    assert await questions(database) == ["How much leave?"]
    library.texts["leave"] = "Leave is a matter of agreement."
    await index_source(database, library, minilm)
    assert await questions(database) == []


async def test_a_deleted_document_takes_it_along(database: Database, minilm: Embedder) -> None:
    """Nothing is left that quotes it."""
    library = Library({"leave": LEAVE, "other": "Something else."})
    await index_source(database, library, minilm)
    await vote(database, await answered(database, "How much leave?", "leave"), "U1", "good")
    assert await questions(database) == ["How much leave?"]
    del library.texts["leave"]
    await index_source(database, library, minilm)
    assert await questions(database) == []


async def test_what_its_audience_may_not_read_any_more_does_not_count(
    database: Database, minilm: Embedder
) -> None:
    """A question is not held against an index that rightly finds nothing."""
    await index_source(database, Library({"leave": LEAVE}), minilm)
    await vote(database, await answered(database, "How much leave?", "leave"), "U1", "good")
    assert await questions(database) == ["How much leave?"]
    await index_source(database, Library({"leave": LEAVE}, "channel:C1"), minilm)
    assert await questions(database) == []


async def test_by_hand(database: Database, minilm: Embedder) -> None:
    """Words of one document make a question golden; words of none, or of two, are refused."""
    library = Library({"leave": LEAVE, "one": "Copied text.", "two": "Copied text."})
    await index_source(database, library, minilm)
    title = await add_golden(database, "How much leave?", "thirty days\nof leave")
    assert title == "About leave"
    assert await add_golden(database, "How much leave?", "asked for in the portal") == title
    (golden,) = await refresh_golden(database)
    assert (golden.quote, golden.by_hand) == ("asked for in the portal", True)
    with pytest.raises(GoldenRefused, match="No document holds"):
        await add_golden(database, "How much?", "forty days")
    with pytest.raises(GoldenRefused, match="More than one document"):
        await add_golden(database, "What?", "Copied text.")
    for question, quote in (("", "leave"), ("What?", "?!"), ("What?", "leave " * 200)):
        with pytest.raises(GoldenRefused, match="Give a question"):
            await add_golden(database, question, quote)
    assert not await drop_golden(database, golden.id + 1)
    assert await drop_golden(database, golden.id)
    assert await questions(database) == []


async def test_it_is_found_wherever_a_splitter_parts_the_words(
    database: Database, minilm: Embedder
) -> None:
    """Passages of the document that hold the words together count; another document's do not."""
    await index_source(database, Library({"leave": LEAVE}), minilm)
    await add_golden(database, "How much leave?", LEAVE)
    (golden,) = await refresh_golden(database)
    (passage,) = await search(database, minilm, golden.question, golden.audience, 5)
    first, second = LEAVE.split(". ")

    def part(text: str, document: int = golden.document_id) -> Passage:
        return replace(passage, text=text, document_id=document)

    assert golden.is_found([passage])
    assert golden.is_found([part(f"- **{first}**"), part(second)])
    assert not golden.is_found([part(first)])
    assert not golden.is_found([part(LEAVE, golden.document_id + 1)])
    assert not golden.is_found([])
