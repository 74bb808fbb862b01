"""A reply while it is written: what is shown of a draft, and what instead of it."""

from dataclasses import replace

import pytest

from answering.confidence.confidence import DRAFTED, HELD, SUPPORTED, Confidence
from answering.confidence.logistic_regression import EMPTY, Regression
from answering.evidence import Condensed, Evidence
from answering.evidence.retrieve import Found
from answering.model.token_logprobs import Token
from answering.model.voice import Voice
from answering.writing.draft import Draft
from retrieval.documents import Passage

ASKED = "When is lunch served?"
BEST = "Lunch is served at noon in the garden."
AS_HELD = Regression((HELD,), (0.0,), (1.0,), (1.0,), 0.0)
EVEN = Confidence(EMPTY, AS_HELD, AS_HELD, bar=0.5)


def found() -> Found:
    """One note of one sentence."""
    passage = Passage(1, 1, "k", "Lunch", None, (), BEST, 0.9, None)
    note = Evidence(1, passage, (BEST,), BEST, BEST, 2.0, cosine=0.6)
    return Found(ASKED, (passage,), Condensed((note,), {"lunch": 1.0, "serv": 1.0}))


def written(draft: Draft, *tokens: str) -> str:
    """All that is shown when a model writes these tokens."""
    shown = list(draft.begin())
    if not shown:
        for token in tokens:
            shown += draft.feed(token, [Token(token, -0.1)])
        shown += draft.close(cut_off=False)
    assert "".join(shown) == draft.text
    return draft.text


def test_supported_words_are_shown_with_their_note() -> None:
    """The draft's first sentence decides, and its signals and probability are the answer's."""
    draft = Draft(found(), EVEN)
    assert written(draft, "At noon", ". [1]", " It is free.") == "At noon. [1]"
    assert not draft.abstains and not draft.withheld
    assert {DRAFTED, SUPPORTED} <= draft.signals.keys()


@pytest.mark.parametrize("text", ["At midnight. [1]", "In the year 1997.", ""])
def test_what_nothing_supports_gives_way_to_the_sentence(text: str) -> None:
    """The best sentence is the answer, as a quotation; what the model wrote is kept aside."""
    draft = Draft(found(), EVEN)
    assert written(draft, text) == f"> {BEST} [1]"
    assert not draft.abstains
    assert draft.withheld == text
    assert {DRAFTED, SUPPORTED}.isdisjoint(draft.signals)


def test_a_draft_less_than_half_as_sure_gives_way_to_the_sentence() -> None:
    """And one half as sure does not."""
    unsure = replace(EVEN, draft=replace(EMPTY, intercept=-1.2))
    withheld = Draft(found(), unsure)
    assert written(withheld, "At noon. [1]") == f"> {BEST} [1]"
    assert SUPPORTED in withheld.signals and DRAFTED not in withheld.signals
    surer = replace(EVEN, draft=replace(EMPTY, intercept=-1.0))
    assert written(Draft(found(), surer), "At noon. [1]") == "At noon. [1]"


def test_how_surely_the_voice_is_spoken_counts_for_nothing() -> None:
    """A claim's tokens alone tell how sure the model is, whatever a house says around it."""
    draft = Draft(found(), EVEN, voice=Voice.of(["ahoy", "matey"]))
    list(draft.begin())
    for token, logprob in (("Ah", -9.0), ("oy,", -9.0), (" at", -0.1), (" noon", -0.3)):
        list(draft.feed(token, [Token(token, logprob)]))
    assert list(draft.feed(", matey.", [Token(", matey.", -9.0)])) == []
    list(draft.close(cut_off=False))
    assert draft.signals["draft_token_first"] == pytest.approx(-0.1)
    assert draft.signals["draft_token_least"] == pytest.approx(-0.3)


def test_evidence_below_the_bar_is_quoted_before_a_model_is_asked() -> None:
    """A bar of its own replaces that of the confidence."""
    draft = Draft(found(), EVEN, bar=0.51)
    assert written(draft, "At noon. [1]") == f"The closest I found:\n\n> {BEST} [1]"
    assert draft.abstains
    assert draft.probability == pytest.approx(0.5)


def test_a_model_that_does_not_know_is_believed() -> None:
    """A large model may refuse in the house's words: then nothing is the answer."""
    draft = Draft(found(), EVEN)
    assert written(draft, "I don't", " know.").startswith("The closest I found:")
    assert draft.abstains
