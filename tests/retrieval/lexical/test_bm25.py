"""Terms packed, unpacked and ranked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical.bm25 import Size, chunks_of, pack, rank, without
from tests.retrieval.plain_bm25 import assert_ranked, plain_bm25

Chunks = Mapping[int, Sequence[str]]
NEAR = st.integers(min_value=0, max_value=60)
FAR = st.integers(min_value=0, max_value=2**32 - 1)
TERMS = st.lists(st.sampled_from("abcdefgh"), max_size=12)
CHUNKS = st.one_of(
    st.dictionaries(NEAR, TERMS, max_size=25), st.dictionaries(FAR, TERMS, max_size=25)
)


def _size(chunks: Chunks) -> Size:
    worded = [terms for terms in chunks.values() if terms]
    return Size(len(worded), sum(map(len, worded)))


@given(
    chunks=CHUNKS,
    asked=st.lists(st.sampled_from("abcdefghz"), max_size=4),
    limit=st.integers(1, 30),
    parts=st.integers(1, 4),
    data=st.data(),
)
def test_the_ranking_is_bm25_over_what_is_alive(
    chunks: Chunks, asked: list[str], limit: int, parts: int, data: st.DataObject
) -> None:
    """In however many parts postings come, near ids or far: the dead change no one's score."""
    dead = data.draw(st.sets(st.sampled_from(sorted(chunks)))) if chunks else set()
    postings: defaultdict[str, list[bytes]] = defaultdict(list)
    for part in range(parts):
        for term, entries in pack(list(chunks.items())[part::parts]).items():
            if term in asked:
                postings[term].append(entries)
    alive = {chunk: terms for chunk, terms in chunks.items() if chunk not in dead}
    hits = rank(postings, _size(alive), np.array(sorted(dead), dtype=np.int64), limit)
    expected = plain_bm25(alive, asked)
    assert len(hits) == min(limit, len(expected))
    assert_ranked(hits, expected)


@given(chunks=CHUNKS, data=st.data())
def test_what_is_packed_is_unpacked(chunks: Chunks, data: st.DataObject) -> None:
    """Each term's entries name the chunks that hold it; without some, they name the others."""
    gone = data.draw(st.sets(st.sampled_from(sorted(chunks)))) if chunks else set()
    for term, entries in pack(chunks.items()).items():
        holders = [chunk for chunk, terms in chunks.items() if term in terms]
        assert chunks_of(entries).tolist() == holders
        left = chunks_of(without(entries, np.array(sorted(gone), dtype=np.int64)))
        assert left.tolist() == [chunk for chunk in holders if chunk not in gone]


def test_equal_scores_are_in_the_order_of_ids() -> None:
    """The lower id comes first, at the cut too, so that a ranking is the same each time."""
    chunks = {chunk: ["a", "b"] for chunk in (9, 4, 7, 1)}
    postings = {"a": [pack(chunks.items())["a"]]}
    hits = rank(postings, _size(chunks), np.array([], dtype=np.int64), 3)
    assert [chunk for chunk, _ in hits] == [1, 4, 7]


def test_a_term_may_stand_more_often_than_two_bytes_count() -> None:
    """A chunk of one word 70,000 times is the best for it and breaks nothing."""
    chunks = {1: ["a"] * 70_000, 2: ["a", "b"]}
    postings = {"a": [pack(chunks.items())["a"]]}
    hits = dict(rank(postings, _size(chunks), np.array([], dtype=np.int64), 5))
    assert hits[1] > hits[2] > 0


def test_an_id_beyond_four_bytes_is_refused() -> None:
    """It is an error and never another chunk's id."""
    with pytest.raises(OverflowError):
        pack([(2**32, ["a"])])
