"""What of a model's words is shown, through the chain on a real index; the endpoint is scripted."""

import pytest

from answering.answerer import Answerer
from answering.evidence.retrieve import SearchIndex
from answering.model.chat_model import open_chat_model
from answering.model.house_model import Abilities, HouseModel
from answering.model.voice import Voice
from answering.types.answers import DRAFTED, SUPPORTED, Answer
from answering.types.progress import Finished, Progress, SourcesFound, Words
from answering.types.questions import Question
from retrieval.audience import everyone
from tests.answering.answering_chain import NOBODY, ask, chain_parts
from tests.openai_server import openai_server

ASKED = Question("When do we deploy to production?", everyone("home"))
BLOCK = (
    "**Deploying** [1]\n\nWe deploy to production on Tuesdays at 10:00. "
    "Hotfixes may go out on any day with the approval of Priya."
)
QUOTED = f"The source says:\n\n{BLOCK}"


async def said(
    index: SearchIndex, *words: str, question: Question = ASKED, ended: str | None = None
) -> Answer:
    """The answer where a small model writes these words."""
    with openai_server(*words, ended=ended) as (url, _):
        answerer = Answerer(chain_parts(index.database, index.embedder, url))
        _, answer = await ask(answerer, question)
        return answer


async def test_a_supported_draft_is_shown_with_its_mark(index: SearchIndex) -> None:
    """And cites the page; the note is kept with the answer."""
    answer = await said(index, "We deploy ", "on Tuesdays at 10:00.")
    assert answer.text == "We deploy on Tuesdays at 10:00. [1]"
    assert (answer.shown, answer.withheld, answer.abstained) == ("phrased", "", False)
    (citation,) = answer.citations
    assert (citation.n, citation.title) == (1, "Deploying")
    assert answer.evidence[0]["n"] == 1
    assert {DRAFTED, SUPPORTED} <= set(answer.signals)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        (" \n ",),
        ("We deploy on Fridays at 10:00.",),
        ("We deploy to production on Tuesdays at 11:00.",),
        ("We never deploy to production on Tuesdays.",),
        ("]]] {} [9] \x00\x07 \u202e <|im_end|> ```",),
        ("Lorem ipsum dolor sit amet, consectetur.",),
        ("What do you mean?",),
    ],
    ids=["silent", "empty", "blank", "day", "hour", "denial", "garbage", "elsewhere", "question"],
)
async def test_what_no_note_supports_is_withheld(index: SearchIndex, words: tuple[str]) -> None:
    """The excerpt is shown instead, as the answer that it is, and said to be the quotation."""
    answer = await said(index, *words)
    assert answer.text == QUOTED
    assert (answer.shown, answer.abstained) == ("quoted", False)
    assert SUPPORTED not in answer.signals and DRAFTED in answer.signals
    assert [citation.n for citation in answer.citations] == [1]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_a_model_that_fails_costs_only_its_words(index: SearchIndex, status: int) -> None:
    """Whatever it fails with."""
    with openai_server("No.", status=status) as (url, _):
        _, answer = await ask(Answerer(chain_parts(index.database, index.embedder, url)), ASKED)
    assert (answer.text, answer.shown) == (QUOTED, "quoted")


async def test_an_endless_model_is_shown_as_far_as_it_is_supported(index: SearchIndex) -> None:
    """Nothing is said twice, and what has no end is not waited for."""
    with openai_server("We deploy on Tuesdays. ", endless=True) as (url, _):
        _, answer = await ask(Answerer(chain_parts(index.database, index.embedder, url)), ASKED)
    assert answer.text == "We deploy on Tuesdays. [1]"
    with openai_server("word ", endless=True) as (url, _):
        _, answer = await ask(Answerer(chain_parts(index.database, index.embedder, url)), ASKED)
    assert (answer.text, answer.shown) == (QUOTED, "quoted")


async def test_a_sentence_that_was_cut_off_is_not_shown(index: SearchIndex) -> None:
    """It might have gone on to say something else."""
    answer = await said(index, "We deploy on Tuesdays. Hotfixes go on Tue", ended="length")
    assert answer.text == "We deploy on Tuesdays. [1]"
    answer = await said(index, "We deploy on Tuesdays", ended="length")
    assert answer.text == QUOTED


async def test_who_does_not_know_says_so(index: SearchIndex) -> None:
    """Then what was found is the closest, and no answer."""
    answer = await said(index, "I don't know.")
    assert answer.text == f"The closest I found:\n\n{BLOCK}"
    assert (answer.shown, answer.abstained) == ("closest", True)
    assert answer.withheld == "I don't know."


async def test_a_yes_or_no_has_its_rule_below(index: SearchIndex) -> None:
    """It begins with it and ends with the block."""
    question = Question("Do we deploy to production at 10:00?", everyone("home"))
    answer = await said(index, "Yes, we deploy to production at 10:00.", question=question)
    assert answer.text == f"Yes, we deploy to production at 10:00. [1]\n\n{BLOCK}"
    assert answer.shown == "phrased"


async def test_a_voice_is_shown_with_what_it_says(index: SearchIndex) -> None:
    """Its words need no note."""
    with openai_server("Ahoy! We deploy on Tuesdays, matey.") as (url, _):
        model = HouseModel(open_chat_model(url), "m", voice=Voice.of(["ahoy", "matey"]))
        parts = chain_parts(index.database, index.embedder, url, model=model)
        _, answer = await ask(Answerer(parts), ASKED)
    assert answer.text == "Ahoy! We deploy on Tuesdays, matey. [1]"


async def test_two_questions_have_two_parts(index: SearchIndex) -> None:
    """Each under its own number; the answer is as sure as its least sure part."""
    both = Question("When do we deploy to production? Who painted the Mona Lisa?", everyone("home"))
    answer = await said(index, "We deploy on Tuesdays.", question=both)
    first, second = answer.text.split("\n\n")
    assert first == "We deploy on Tuesdays. [1]"
    assert second.startswith("I found nothing about “Who painted the Mona Lisa?”")
    assert not answer.abstained
    assert (answer.confidence or 0) < 0.5


async def test_an_able_model_may_write_at_length(index: SearchIndex) -> None:
    """What is supported of its lists is shown with marks, what is not is left out."""
    draft = "We deploy to production:\n\n- on Tuesdays at 10:00 [1]\n- on Sundays at 3:00 [1]\n"
    with openai_server(*draft.splitlines(keepends=True)) as (url, _):
        model = HouseModel(open_chat_model(url), "m", Abilities("sections"))
        parts = chain_parts(index.database, index.embedder, url, model=model)
        _, answer = await ask(Answerer(parts), ASKED)
    assert "- on Tuesdays at 10:00 [1]" in answer.text
    assert "Sundays" not in answer.text
    assert answer.shown == "phrased"


async def test_words_come_as_they_are_settled(index: SearchIndex) -> None:
    """First what was read, then sentence by sentence, which together are the text."""
    text = "We deploy on Tuesdays. Hotfixes may go out on any day. It rains."
    with openai_server(*text.split(" ", 4), "") as (url, _):
        answerer = Answerer(chain_parts(index.database, index.embedder, url))
        steps: list[Progress] = [step async for step in answerer.answer(ASKED)]
    assert [step for step in steps if isinstance(step, SourcesFound)] == [
        SourcesFound(("Deploying",))
    ]
    words = [step.text for step in steps if isinstance(step, Words)]
    last = steps[-1]
    assert isinstance(last, Finished)
    assert "".join(words) == last.answer.text
    assert "rains" not in last.answer.text


async def test_thanks_need_no_model_and_cite_nothing(index: SearchIndex) -> None:
    """They are neither an answer nor a refusal."""
    parts = chain_parts(index.database, index.embedder, NOBODY)
    _, answer = await ask(Answerer(parts), Question("Thanks!", everyone("home")))
    assert answer.text
    assert (answer.shown, answer.citations, answer.abstained) == ("small_talk", (), False)
    assert answer.confidence is None
