"""The record of answers on a real Postgres: what they were sure of, and what people said."""

from dataclasses import replace

import psycopg

from answering.types.answers import (
    Answer,
    answer_by_id,
    judged_answers,
    phrased_part,
    save_answer,
)
from answering.types.questions import Question
from database.database import Database
from retrieval.audience import everyone


def answer(**more: object) -> Answer:
    """An answer of no consequence."""
    fields = {"text": "At noon. [1]", "citations": (), "abstained": False, "model": "m"}
    return Answer(**{**fields, "generation": 1, "prompt_version": "p", **more})  # type: ignore[arg-type]  # the tests name fields of their types


async def test_an_answers_confidence_is_kept(database: Database) -> None:
    """How likely it was, from which signals, and what was withheld come back as they went."""
    sure = answer(confidence=0.75, signals={"cosine": 0.5}, withheld="At dusk.", abstained=True)
    kept = await save_answer(database, Question("When?", everyone("home")), sure)
    found = await answer_by_id(database, kept)
    assert found is not None
    assert found.answer == sure
    plain = await save_answer(database, Question("When?", everyone("home")), answer())
    found = await answer_by_id(database, plain)
    assert found is not None
    assert (found.answer.confidence, found.answer.signals, found.answer.withheld) == (None, {}, "")


async def test_what_people_said_becomes_labels(
    database: Database, owner: psycopg.AsyncConnection
) -> None:
    """Most say: good or bad; a label taken back, an abstention and no signals teach nothing."""
    said: list[tuple[Answer, list[tuple[str, bool]]]] = [
        (answer(signals={"cosine": 0.9}), [("good", True), ("good", True), ("bad", True)]),
        (answer(signals={"cosine": 0.1}), [("good", False), ("bad", True)]),
        (answer(signals={"cosine": 0.2}), [("none", True)]),
        (answer(signals={"cosine": 0.3}, abstained=True), [("bad", True)]),
        (answer(), [("good", True)]),
        (answer(signals={"cosine": 0.4}), []),
    ]
    for given, labels in said:
        kept = await save_answer(database, Question("When?", everyone("home")), given)
        for number, (label, is_current) in enumerate(labels):
            person = f"U{number if is_current else 0}"
            await owner.execute(
                "insert into feedback (workspace, answer_id, person, label, surface, is_current)"
                " values ('home', %s, %s, %s, 'button', %s)",
                (kept, person, label, is_current),
            )
    assert await judged_answers(database) == [({"cosine": 0.9}, True), ({"cosine": 0.1}, False)]
    assert await judged_answers(replace(database, workspace="elsewhere")) == []


def test_the_model_s_words_are_told_from_what_it_is_shown_with() -> None:
    """Those above the first block; none of a quotation; all where an old answer does not say."""
    block = "**The gate** [2]\n\n| Gate | Opens |\n|---|---|\n| **East** [1] | 8:30 |"
    assert phrased_part(f"At 8:30. [2] On **Mondays** [2]\n\n{block}", "phrased") == (
        "At 8:30. [2] On **Mondays** [2]"
    )
    assert phrased_part("At 8:30. [2]", "phrased") == "At 8:30. [2]"
    assert phrased_part(block, "quoted") == phrased_part(f"Closest:\n\n{block}", "closest") == ""
    assert phrased_part("> At noon. [1]", "") == "> At noon. [1]"
