"""What is counted about a draft: each signal moves with what it is named after."""

from collections.abc import Sequence

import pytest

from answering.confidence.features import signals_of_draft, signals_of_evidence
from answering.evidence import Condensed, Evidence
from answering.evidence.bm25 import rarity
from answering.grounding.claims import names_in, opposites, speaks_against
from retrieval.documents import Passage
from retrieval.lexical import terms

TEXT = "Lunch is served at noon in the garden. Ada Lund opened it in 1997. Dogs are not allowed."


def passage(text: str = TEXT, chunk_id: int = 1, score: float = 0.9) -> Passage:
    """A passage of a document about lunch."""
    return Passage(chunk_id, chunk_id, "k", "Lunch", None, (), text, score, None)


def signals(
    question: str,
    sentence: str = "It is served at noon.",
    best: str = "Lunch is served at noon in the garden.",
    others: Sequence[Passage] = (),
    logprobs: Sequence[float] = (),
) -> dict[str, float]:
    """The signals of a draft that rests on one note."""
    first = passage()
    note = Evidence(1, first, (best,), best, best, 2.0, cosine=0.6)
    passages = [first, *others]
    found = Condensed((note,), rarity(set(terms(question)), [terms(p.text) for p in passages]))
    return {
        **signals_of_evidence(question, passages, found),
        **signals_of_draft(question, passages, found, sentence, note, logprobs),
    }


def test_a_near_miss_is_counted() -> None:
    """A year, a name or a word that the evidence lacks is seen; one that it has is not."""
    right = signals("Who opened the garden in 1997?", best="Ada Lund opened it in 1997.")
    wrong = signals("Which King opened the harbour in 1998?", best="Ada Lund opened it in 1997.")
    for name, near in (
        ("numbers_missing_in_best", 1),
        ("numbers_missing_in_passage", 1),
        ("names_missing_in_passage", 1),
    ):
        assert (right[name], wrong[name]) == (0, near), name
    assert right["words_in_passage"] == 1 > wrong["words_in_passage"]
    assert right["rarest_missing_in_passage"] == 0 < wrong["rarest_missing_in_passage"]


def test_a_denial_on_one_side_alone_differs() -> None:
    """What is asked and what stands there both deny, or neither does, or they differ."""
    allowed, denied = "Which animals are allowed?", "Which animals are not allowed?"
    dogs = "Dogs are not allowed."
    assert signals(denied, best=dogs)["denial_differs"] == 0
    assert signals(allowed, best=dogs)["denial_differs"] == 1
    assert signals(denied)["denial_differs"] == 1
    assert signals("When is lunch?")["denial_differs"] == 0


@pytest.mark.parametrize(
    ("question", "sentence", "fits"),
    [
        ("When was it opened?", "It was opened in 1997.", 1),
        ("When was it opened?", "It was opened by Ada Lund.", 0),
        ("Who opened it?", "Ada Lund opened it.", 1),
        ("Who opened it?", "It was opened.", 0),
        ("How many dogs are there?", "There are several dogs.", 1),
        ("What is served?", "Soup.", 0.5),
    ],
)
def test_an_answer_has_the_form_of_what_is_asked(question: str, sentence: str, fits: float) -> None:
    """A person for who, a date for when, a quantity for how many."""
    assert signals(question, sentence)["draft_fits"] == fits


def test_a_name_keeps_its_apostrophe() -> None:
    """A name is one term as it stands in a text, so that the text is known to hold it."""
    assert names_in("Sant'Eufemia and the Qur’an") == {"santeufemia", "quran"}
    assert names_in("Sant'Eufemia") <= set(terms("A monastery at Sant'Eufemia."))


def test_a_question_turned_round_is_seen() -> None:
    """A word and the same with un- before it are opposites; to reject is not what to serve is."""
    assert opposites("How are graphs encoded indirectly?", "Graphs are encoded directly.") == 1
    assert opposites("What is the non-official view?", "The official view is that.") == 1
    assert opposites("Which uncle is it?", "The cle is it.") == 0
    assert speaks_against("Who rejected the lunch?") and not speaks_against("Who served lunch?")
    assert signals("Who rejected the lunch?")["against_differs"] == 1
    assert signals("When is lunch unserved?")["opposites"] == 1


def test_an_echo_says_nothing_new() -> None:
    """Of a sentence that repeats its question nothing is new."""
    said = signals("When is lunch served?", "Lunch is served.")
    assert said["draft_new"] == 0
    assert signals("When is lunch served?", "At noon.")["draft_new"] == 1


def test_passages_agree() -> None:
    """How many passages hold all that the sentence adds to the question."""
    again = passage("At noon there is lunch.", 2, 0.5)
    assert signals("When is lunch served?", "At noon.")["draft_agreeing"] == 1
    found = signals("When is lunch served?", "At noon.", others=[again])
    assert found["draft_agreeing"] == 2
    assert found["passage_lead"] == pytest.approx(0.4)


def test_token_probabilities_are_left_out_where_unknown() -> None:
    """Their mean, least and first are told, or no such signal at all."""
    told = signals("When is lunch?", logprobs=[-0.1, -2.0, -0.3])
    assert told["draft_token_least"] == -2
    assert told["draft_token_first"] == -0.1
    assert told["draft_token_mean"] == pytest.approx(-0.8)
    assert "draft_token_mean" not in signals("When is lunch?")
