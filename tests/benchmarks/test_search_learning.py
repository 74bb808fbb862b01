"""What teaches the search in the benchmark is not what it is asked."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search_learning import half_of
from retrieval.evaluation.datasets import Corpus

KEYS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2), min_size=1, max_size=3)


@given(st.dictionaries(st.sampled_from([f"q{n}" for n in range(12)]), KEYS))
def test_the_halves_share_no_right_document(grades: dict[str, dict[str, int]]) -> None:
    """A question with right documents in both halves is in neither."""
    right = {id_: {key for key, grade in of.items() if grade} for id_, of in grades.items()}
    kept = {id_: of for id_, of in grades.items() if right[id_]}
    corpus = Corpus((), dict.fromkeys(kept, "Asked?"), kept)
    halves = [half_of(corpus, half).questions for half in (0, 1)]
    assert all(right[one].isdisjoint(right[other]) for one, other in product(*halves))
    alone = {id_ for id_ in kept if len(right[id_]) == 1}
    assert alone <= set().union(*halves)
