"""What a model is told: by what it is able to read, with a style guide and without one."""

from dataclasses import replace

import pytest

from answering.conversation.understand import Understood
from answering.evidence.notes import Evidence, note_of
from answering.model.chat_model import open_chat_model
from answering.model.house_model import Abilities, HouseModel
from answering.prompts import (
    ABLE_PROMPT_VERSION,
    HOUSE_PROMPT,
    PROMPT_VERSION,
    as_sent,
    house_messages,
    in_style,
    version_of,
)
from answering.types.questions import Question, Turn
from retrieval.audience import everyone
from tests.answering.answering_chain import NOBODY
from tests.answering.pages import excerpts, read_excerpt

TOLD = HOUSE_PROMPT.format_messages(notes="[1] Lunch: At noon.", question="When?", thread=[])
SMALL = HouseModel(open_chat_model(NOBODY), "m")
ABLE = replace(SMALL, abilities=Abilities("sections"))


def notes() -> list[Evidence]:
    """One note, of the first of March."""
    return [note_of(read_excerpt(one), 1) for one in excerpts("# Lunch\n\nAt noon.\n")]


def told(question: str, model: HouseModel = SMALL, *thread: Turn) -> list[dict[str, str]]:
    """What a model is sent."""
    understood = Understood(Question(question, everyone("home"), thread), question)
    return as_sent(house_messages(understood, notes(), model))


def test_a_guide_stands_behind_the_rules() -> None:
    """It is told once, behind what the house asks of every answer; notes and question stay."""
    styled = in_style(TOLD, "We write short sentences.")
    assert str(styled[0].content).startswith(str(TOLD[0].content))
    assert str(styled[0].content).endswith("How the house writes:\nWe write short sentences.")
    assert styled[1:] == TOLD[1:]
    assert in_style(TOLD, "") == TOLD


def test_another_guide_is_another_version() -> None:
    """So that no cached answer and no example is taken for one in today's style."""
    guides = ("", "Short.", "Long.")
    versions = {version_of(replace(model, guide=g)) for g in guides for model in (SMALL, ABLE)}
    assert len(versions) == 6
    assert (version_of(SMALL), version_of(ABLE)) == (PROMPT_VERSION, ABLE_PROMPT_VERSION)


def test_an_able_model_is_told_more() -> None:
    """To keep structure and exceptions; a small one only to be short."""
    assert "code block" in told("What?", ABLE)[0]["content"]
    assert "code block" not in told("What?")[0]["content"]
    assert told("What?", ABLE)[1:] == told("What?")[1:]


@pytest.mark.parametrize(
    ("question", "is_dated"),
    [("When is lunch?", True), ("What is the latest menu?", True), ("Where is lunch?", False)],
)
def test_dates_are_told_to_who_asks_for_time(question: str, is_dated: bool) -> None:
    """Others would take them for the answer."""
    assert ("2026-03-01" in told(question)[-1]["content"]) is is_dated


def test_the_thread_is_told_in_short() -> None:
    """Its last two turns, their beginnings, by who said them."""
    turns = [Turn("person", "First?"), Turn("bot", "So. " * 200), Turn("person", "Then?")]
    _, said, then, asked = told("And now?", SMALL, *turns)
    assert (said["role"], len(said["content"])) == ("assistant", 300)
    assert (then["role"], then["content"]) == ("user", "Then?")
    assert asked["content"].endswith("Question: And now?")
