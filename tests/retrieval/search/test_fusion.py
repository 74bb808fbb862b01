"""Two rankings make one in which neither arm's silence is taken for a judgement."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.arms import Hit
from retrieval.search.fusion import fuse

HITS = st.dictionaries(st.integers(0, 20), st.floats(-1, 50, width=32), max_size=12).map(
    lambda scores: sorted(scores.items(), key=lambda hit: -hit[1])
)


@given(HITS, HITS)
def test_scores_lie_between_0_and_1_best_first(dense: list[Hit], lexical: list[Hit]) -> None:
    """Every chunk of either arm is there once, whatever the arms' scores."""
    fused = fuse(dense, lexical)
    assert set(fused) == {chunk for chunk, _ in (*dense, *lexical)}
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


@given(HITS, HITS)
def test_what_both_arms_rank_higher_is_higher(dense: list[Hit], lexical: list[Hit]) -> None:
    """No chunk overtakes another that is at least as good in each arm."""
    fused = fuse(dense, lexical)
    one, other = dict(dense), dict(lexical)
    for a in one.keys() & other.keys():
        for b in one.keys() & other.keys():
            if one[a] >= one[b] and other[a] >= other[b]:
                assert fused[a] >= fused[b] - 1e-9


@given(HITS)
def test_one_arm_alone_keeps_its_order(hits: list[Hit]) -> None:
    """Where the other finds nothing, or was not asked."""
    for fused in (fuse(hits, []), fuse([], hits)):
        above = [chunk for chunk, score in hits if score > 0]
        assert [chunk for chunk in fused if chunk in above] == sorted(
            above, key=lambda chunk: (-dict(hits)[chunk], chunk)
        )


def test_an_arm_that_cannot_tell_its_hits_apart_does_not_outvote_the_other() -> None:
    """An embedder that does not know the language ranks by chance: the words decide."""
    dense = [(chunk, 0.9 - 0.001 * chunk) for chunk in range(60)]
    lexical = [(100, 30.0), *((chunk, 10.0) for chunk in range(101, 160))]
    assert next(iter(fuse(dense, lexical))) == 100


def test_an_arm_with_few_hits_says_nothing_for_the_others() -> None:
    """One chunk has the rare word: none of those that lack it gains by it."""
    dense = [(1, 0.5), (2, 0.45), (3, 0.4)]
    assert next(iter(fuse(dense, [(3, 7.0)]))) == 3
