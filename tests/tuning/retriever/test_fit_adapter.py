"""An adapter brings questions nearer to what answers their like, and does nothing unasked."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.query_adapter import Adapter, hash_matrix
from tuning.retriever.features import Case
from tuning.retriever.fit_adapter import fit_adapter

SIZE = 16


def unit(vectors: np.ndarray) -> np.ndarray:
    """The rows with a length of 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def cases_of(count: int, seed: int, terms: float = 0.0) -> list[Case]:
    """Questions of a team that says one thing and writes another, and 20 chunks for each.

    What answers lies where the question does, turned by a rotation that is always the same.
    """
    chance = np.random.default_rng(seed)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(SIZE, SIZE)))[0]
    found = []
    for _ in range(count):
        question = unit(chance.normal(size=SIZE))
        right = unit(0.3 * question + question @ turn + 0.1 * chance.normal(size=SIZE))
        others = unit(question + 1.5 * chance.normal(size=(19, SIZE)))
        vectors = np.vstack([right, others])
        shares = np.column_stack([vectors @ question, np.full(20, terms)]).astype(np.float32)
        answered = np.arange(20) == 0
        misled = np.zeros(20, dtype=bool)
        found.append(Case(question, vectors, shares, np.ones(20, dtype=bool), answered, misled))
    return found


def ranks(cases: list[Case], adapter: Adapter | None) -> list[int]:
    """How many chunks of each case are nearer than what answered."""
    found = []
    for case in cases:
        question = adapter.move(list(case.question)) if adapter else case.question
        cosines = case.vectors @ np.asarray(question)
        found.append(int((cosines > cosines[0]).sum()))
    return found


def test_it_raises_what_answers_questions_that_it_never_saw() -> None:
    """Taught by two hundred questions, it helps a hundred others of the same kind."""
    adapter = fit_adapter(cases_of(200, seed=2), penalty=1.0)
    held_out = cases_of(100, seed=3)
    assert np.mean(ranks(held_out, adapter)) < 0.7 * np.mean(ranks(held_out, None))


def test_the_penalty_keeps_it_small() -> None:
    """The same lessons move a question less where the penalty is higher, and few less than many."""
    lessons = cases_of(60, seed=2)
    sizes = [
        float(np.abs(adapter.residual).sum())
        for adapter in (
            fit_adapter(lessons[:5], penalty=30.0),
            fit_adapter(lessons, penalty=30.0),
            fit_adapter(lessons, penalty=1.0),
        )
        if adapter
    ]
    assert len(sizes) == 3
    assert sizes == sorted(sizes)


@given(st.integers(1, 6), st.integers(0, 50))
def test_the_same_cases_give_the_same_adapter(count: int, seed: int) -> None:
    """To the last bit, so that its hash says what it was taught; and its numbers are numbers."""
    one, other = fit_adapter(cases_of(count, seed)), fit_adapter(cases_of(count, seed))
    assert one is not None and other is not None
    assert hash_matrix(one.to_bytes()) == hash_matrix(other.to_bytes())
    assert np.isfinite(one.residual).all()


def test_without_cases_there_is_none() -> None:
    """Nothing was said, so no question is moved."""
    assert fit_adapter([]) is None


@given(st.lists(st.floats(-1, 1, width=32), min_size=SIZE, max_size=SIZE))
def test_a_question_is_turned_and_not_stretched(vector: list[float]) -> None:
    """A vector keeps its length; one of nothing stays as it is; bytes give the adapter back."""
    adapter = fit_adapter(cases_of(5, seed=4))
    assert adapter is not None
    kept = Adapter.from_bytes(adapter.to_bytes(), SIZE)
    moved = kept.move(vector)
    assert np.isclose(np.linalg.norm(moved), np.linalg.norm(vector), rtol=1e-3, atol=1e-6)
    assert kept.to_bytes() == adapter.to_bytes()
