"""The clause around a span: short, whole words, the span kept."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.starter_clauses import as_sentence, clause_around

TREATY = (
    "The Duchy of Normandy, which began in 911 as a fiefdom, was established by the treaty of "
    "Saint-Clair-sur-Epte between King Charles III of West Francia and Rollo."
)


def _around(sentence: str, span: str) -> str:
    start = sentence.index(span)
    return clause_around(sentence, start, start + len(span))


def test_a_clause_ends_where_a_mark_ends_it() -> None:
    """A relative clause is cut at its commas, and its pronoun is left out."""
    assert _around(TREATY, "911") == "Began in 911 as a fiefdom."


def test_a_span_at_the_end_keeps_the_words_that_lead_to_it() -> None:
    """A short clause is kept whole."""
    sentence = "When he came back, the British captured Fort Beauséjour."
    assert _around(sentence, "Fort Beauséjour") == "The British captured Fort Beauséjour."


def test_a_longer_clause_is_cut_at_an_opening_word() -> None:
    """No clause is longer than its span and ten words."""
    clause = _around(TREATY, "King Charles III")
    assert "King Charles III" in clause
    assert len(clause.split()) <= 10


def test_a_sentence_is_written_like_one() -> None:
    """It begins with a capital letter, ends with a stop, and no bracket stays open."""
    assert as_sentence("the river Seine,") == "The river Seine."
    assert as_sentence("Tawhid (unity of God") == "Tawhid unity of God."
    assert as_sentence("\u5317\u4eac") == "\u5317\u4eac\u3002"


@given(st.lists(st.text("abcXY", min_size=1, max_size=6), min_size=1, max_size=40), st.data())
def test_the_span_is_always_in_the_clause(words: list[str], data: st.DataObject) -> None:
    """Whatever the sentence, the clause holds the span, but for its first letter's case."""
    sentence = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(first + 4, len(words) - 1)))
    span = " ".join(words[first : last + 1])
    start = len(" ".join(words[:first])) + (1 if first else 0)
    assert span.lower() in clause_around(sentence, start, start + len(span)).lower()
