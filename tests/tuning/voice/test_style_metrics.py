"""A style is told from another by exemplars; a guide's rules are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuning.voice.style_metrics import StyleJudge, StyleRules

THINGS = ("the kitchen", "lunch", "your leave", "the garden", "our office", "the meeting", "a desk")
FORMAL = [f"We are pleased to inform you that {thing} is at your disposal." for thing in THINGS]
TERSE = [f"{thing.capitalize()}: free. Go." for thing in THINGS]


@pytest.fixture(scope="module")
def judge() -> StyleJudge:
    """Knows the formal style from the terse one, by five exemplars of each."""
    return StyleJudge(FORMAL[:5], TERSE[:5])


def test_texts_that_it_never_saw(judge: StyleJudge) -> None:
    """Other things said in the two styles are told apart; citations count for neither."""
    assert judge.share(FORMAL[5:]) == 1
    assert judge.share(TERSE[5:]) == 0
    assert judge.score("[1]") == judge.score("") == judge.score("漢字") == 0.5
    assert judge.score("We are pleased. [1]") == judge.score("We are pleased.")


@given(st.text())
def test_a_score_is_a_share(text: str) -> None:
    """Whatever is judged, the score lies between 0 and 1; the other way round it is the rest."""
    judge, turned = StyleJudge(FORMAL, TERSE), StyleJudge(TERSE, FORMAL)
    assert 0 <= judge.score(text) <= 1
    assert judge.score(text) + turned.score(text) == pytest.approx(1)


def test_one_style_is_no_comparison(judge: StyleJudge) -> None:
    """Without exemplars of another style, or without a text, there is nothing to say."""
    with pytest.raises(ValueError, match="both"):
        StyleJudge(FORMAL, [" "])
    with pytest.raises(ValueError, match="no text"):
        judge.share([])


def test_rules_of_a_guide() -> None:
    """Each rule that is broken is named, in a whole word and in any case; marks are no words."""
    rules = StyleRules(most_words=5, forbidden=frozenset({"please note", "synergy"}))
    assert rules.broken("Lunch is at noon. [1]") == []
    found = rules.broken("Please  note that synergies are no SYNERGY at all.")
    assert len(found) == 4
    assert any("synergy" in sentence for sentence in found)
    assert not any("cites" in s for s in StyleRules(cites=False).broken("Lunch is at noon."))


@pytest.mark.parametrize(
    ("guide", "most", "forbidden"),
    [
        ("Be kind. At most 30 words. Never say \u201cleverage\u201d or \u201csynergy\u201d.", 30,
         {"leverage", "synergy"}),
        ("Don't use 'utilise'. Say \u201cuse\u201d instead.", None, {"utilise"}),
        ('Avoid "going forward", always. No more than 12 words, please.', 12, {"going forward"}),
        ("Write as you would speak to a friend.", None, set()),
        ("", None, set()),
    ],
)  # fmt: skip
def test_what_can_be_counted_of_a_guide(guide: str, most: int | None, forbidden: set[str]) -> None:
    """Lengths and forbidden words are read out of plain sentences, the rest is left."""
    assert StyleRules.of(guide) == StyleRules(most, frozenset(forbidden))


@given(st.text())
def test_any_guide_can_be_read(guide: str) -> None:
    """Whatever stands in it, a guide gives rules, and no answer makes them fail."""
    assert isinstance(StyleRules.of(guide).broken(guide), list)
