"""How each part of an answer begins, and what a model writes of it, by a scripted endpoint."""

from dataclasses import replace

import pytest

from answering.confidence.decide import Decision, Verdict
from answering.conversation.understand import Understood
from answering.evidence.read import Read
from answering.evidence.retrieve import Retrieved, SearchIndex
from answering.model.chat_model import open_chat_model
from answering.model.house_model import Abilities, HouseModel
from answering.model.voice import Voice
from answering.types.questions import Question
from answering.writing.asking import Wanted, asks_model, words_wanted
from answering.writing.write import (
    ModelChunk,
    PartBegun,
    PartEnded,
    WritingStep,
    Written,
    show_each_once,
    write,
)
from retrieval.audience import everyone
from retrieval.index.generations import Generation
from tests.answering.answering_chain import NOBODY
from tests.answering.pages import excerpts, read_excerpt
from tests.openai_server import openai_server

LUNCH = "# Lunch\n\nLunch is at noon in the garden.\n"
STEPS = "# Start\n\n1. Turn the wheel.\n2. Wait.\n"
STEPS_LED_IN = "# Start\n\nTo start it:\n\n1. Turn the wheel.\n2. Wait.\n"
COMMAND = "# Start\n\n```\nmake it --now\n```\n"
ROW = "# Meals\n\n| Meal | At |\n|---|---|\n| Lunch | noon |\n"


def small(url: str = NOBODY) -> HouseModel:
    """A model that reads excerpts."""
    return HouseModel(open_chat_model(url), "m")


def spoken(url: str = NOBODY) -> HouseModel:
    """A small one with a voice of its own."""
    return HouseModel(open_chat_model(url), "m", voice=Voice.of(["ahoy", "matey"]))


def able(url: str = NOBODY) -> HouseModel:
    """One that reads whole sections."""
    return HouseModel(open_chat_model(url), "m", Abilities("sections"))


def decided(
    text: str = LUNCH,
    verdict: Verdict = "answer",
    question: str = "When?",
    *,
    found: str = "noon",
    reply: str = "",
) -> Decision:
    """What is shown of the excerpts of a page: the first one, where the reader found some words."""
    understood = Understood(Question(question, everyone("home")), question, reply=reply)
    generation = Generation(1, "home", "", 384, "", "", "live", "", None)
    read = tuple(read_excerpt(one, found if found in one.plain else "") for one in excerpts(text))
    shown = read[:1] if verdict in ("answer", "closest") else ()
    return Decision(Read(Retrieved(understood, generation), read), verdict, shown, 0.9)


async def steps(model: HouseModel, index: SearchIndex, *decisions: Decision) -> list[WritingStep]:
    """All that is written for these."""
    written = await write(model, index).ainvoke(list(decisions))
    assert isinstance(written, Written)
    return list(written.steps)


async def test_a_fact_is_phrased(index: SearchIndex) -> None:
    """The model is sent the house prompt with the excerpt as its note; its words are steps."""
    with openai_server("At ", "noon.") as (url, asked):
        begun, *chunks, ended = await steps(small(url), index, decided())
    assert isinstance(begun, PartBegun)
    assert [dict(one) for one in begun.messages] == asked[0]["messages"]
    assert (
        "[1] Handbook, Lunch (2026-03-01): Lunch is at noon in the garden."
        in asked[0]["messages"][-1]["content"]
    )
    said = "".join(str(one.message.text) for one in chunks if isinstance(one, ModelChunk))
    assert said == "At noon."
    assert ended == PartEnded()


@pytest.mark.parametrize(
    ("decision", "untaught", "taught", "wanted"),
    [
        (decided(), True, True, "answer"),
        (decided(ROW), True, True, "answer"),
        (decided(ROW, found=""), False, True, "lead-in"),
        (decided(STEPS), False, True, "lead-in"),
        (decided(COMMAND), False, True, "lead-in"),
        (decided(found=""), False, False, "answer"),
    ],
    ids=["fact", "cell", "row", "steps", "code", "no fact"],
)
def test_a_small_model_is_asked_for_what_is_short(
    decision: Decision, untaught: bool, taught: bool, wanted: Wanted
) -> None:
    """For what comes before a block only in a voice that it was taught; an able one for all."""
    assert asks_model(decision, small()) is untaught
    assert asks_model(decision, spoken()) is taught
    assert words_wanted(decision, small()) == words_wanted(decision, spoken()) == wanted
    assert asks_model(decision, able())
    assert words_wanted(decision, able()) == "answer"


async def test_steps_are_not_for_the_model(index: SearchIndex) -> None:
    """They begin with their note, and nothing is sent; what would have been sent is kept."""
    with openai_server("Turn it.") as (url, asked):
        begun, ended = await steps(small(url), index, decided(STEPS))
    assert isinstance(begun, PartBegun)
    assert (len(begun.notes), begun.is_asked, ended) == (1, False, PartEnded())
    assert asked == []
    told = begun.messages[-1]["content"]
    assert "[1] Handbook, Start (2026-03-01): (2 steps)" in told
    assert "wheel" not in told


async def test_a_taught_voice_is_told_what_the_block_is_alone(index: SearchIndex) -> None:
    """Its lead-in and how much follows; the note that is cited holds all of it."""
    with openai_server("Ahoy:") as (url, asked):
        begun, *_, ended = await steps(spoken(url), index, decided(STEPS_LED_IN))
    assert isinstance(begun, PartBegun)
    assert (begun.wanted, begun.is_asked, ended) == ("lead-in", True, PartEnded())
    assert (
        "[1] Handbook, Start (2026-03-01): To start it: (2 steps)"
        in asked[0]["messages"][-1]["content"]
    )
    assert "wheel" in begun.notes[0].quote


async def test_what_is_not_found_is_said_with_where(index: SearchIndex) -> None:
    """The words that were asked, and the documents of its audience."""
    begun, _ = await steps(small(), index, decided(verdict="not_found", question="Who is Mona?"))
    assert isinstance(begun, PartBegun)
    assert begun.text.startswith("I found nothing about “Who is Mona?” in the one document")
    assert begun.notes == ()


async def test_thanks_have_their_reply(index: SearchIndex) -> None:
    """Without a note and without a model."""
    decision = decided(verdict="small_talk", reply="You are welcome.")
    begun, _ = await steps(small(), index, decision)
    assert begun == PartBegun(decision, text="You are welcome.")


async def test_the_notes_of_several_questions_are_numbered_through(index: SearchIndex) -> None:
    """Each part ends before the next begins."""
    asked = [decided(STEPS.replace("Start", heading)) for heading in ("A", "Be", "Sea")]
    parts = await steps(small(), index, *asked)
    begun = [part for part in parts if isinstance(part, PartBegun)]
    assert [note.n for part in begun for note in part.notes] == [1, 2, 3]
    assert [type(part) for part in parts] == [PartBegun, PartEnded] * 3


async def test_a_dead_model_ends_the_part(
    index: SearchIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """As failed, with a line in the log, and no error."""
    *_, ended = await steps(small(), index, decided())
    assert ended == PartEnded(failed=True)
    assert "answered without the model" in caplog.text


async def test_a_model_that_never_ends_is_left(index: SearchIndex) -> None:
    """After some twenty thousand characters, whatever limit it was told."""
    with openai_server("and so on ", endless=True) as (url, _):
        *written, ended = await steps(small(url), index, decided())
    assert ended == PartEnded(failed=True)
    said = sum(len(one.message.text) for one in written if isinstance(one, ModelChunk))
    assert 15_000 < said < 25_000


async def test_a_model_that_takes_too_long_is_left(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little it has written."""
    monkeypatch.setattr("answering.writing.write._LONGEST_S", 0.0)
    with openai_server("At ", "noon.") as (url, _):
        _, chunk, ended = await steps(small(url), index, decided())
    assert isinstance(chunk, ModelChunk)
    assert ended == PartEnded(failed=True)


async def test_an_able_model_gets_all_that_was_read(index: SearchIndex) -> None:
    """What is shown first, then the other excerpts."""
    text = f"{LUNCH}\n# Dinner\n\nDinner is at eight.\n"
    begun, *_ = await steps(able(), index, decided(text))
    assert isinstance(begun, PartBegun)
    assert [note.quote for note in begun.notes] == [
        "Lunch is at noon in the garden.",
        "Dinner is at eight.",
    ]
    assert "copy code, names and numbers exactly" in begun.messages[0]["content"]


def test_what_two_questions_find_is_shown_once() -> None:
    """A second part whose first excerpt is shown already is left out; of another the rest is."""
    both = decided("# A\n\nOne day.\n\n# B\n\nTwo days.\n")
    one, other = both.read.excerpts
    first, again, more = (
        replace(both, shown=shown) for shown in ((one,), (one, other), (other, one))
    )
    assert show_each_once([first, again]) == [first]
    assert [part.shown for part in show_each_once([first, more])] == [(one,), (other,)]
