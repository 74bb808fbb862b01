"""What is shown for a question, and as what: an answer, the closest, or nothing."""

from collections.abc import Sequence

import pytest

from answering.confidence.confidence import Confidence
from answering.confidence.decide import Decision, choose_shown, decide, decide_on
from answering.confidence.logistic_regression import Regression
from answering.conversation.understand import Understood
from answering.evidence.excerpts import cut_excerpts
from answering.evidence.read import Read, ReadExcerpt
from answering.evidence.retrieve import Retrieved
from answering.types.questions import Question
from retrieval.audience import everyone
from retrieval.index.generations import Generation
from tests.answering.pages import excerpts, page, read_excerpt

BY_WORTH = Regression(("w",), (0.0,), (1.0,), (1.0,), 0.0)
"""A logit of 2.2 is a probability of .9."""
CONFIDENCE = Confidence(BY_WORTH, BY_WORTH, bar=0.5, related=0.1)
HEAD = "| Gate | Opens |\n|---|---|\n"
TABLE = f"# Gates\n\n{HEAD}| East | 8:30 |\n| West | 9:00 |\n| South | 9:30 |\n"


def read_of(
    found: Sequence[ReadExcerpt],
    bar: float | None = None,
    question: str = "Which?",
    reply: str = "",
) -> Read:
    """These excerpts, read for a question."""
    asked = Question(question, everyone("home"), bar=bar)
    understood = Understood(asked, question, reply=reply)
    generation = Generation(1, "home", "", 384, "", "", "live", "", None)
    return Read(Retrieved(understood, generation), tuple(found))


def decided(logit: float, bar: float | None = None, cosine: float = 0.5) -> Decision:
    """What becomes of one excerpt with this logit, so near to the question."""
    (one,) = excerpts("# Leave\n\nThirty days.\n")
    return decide_on(read_of([read_excerpt(one, w=logit, cosine=cosine)], bar), CONFIDENCE)


@pytest.mark.parametrize(
    ("logit", "verdict"),
    [(2.0, "answer"), (0.0, "answer"), (-0.1, "closest"), (-2.1, "closest"), (-2.3, "not_found")],
)
def test_the_thresholds_decide(logit: float, verdict: str) -> None:
    """From the bar on it is an answer, then the closest; what is hardly related is not shown."""
    decision = decided(logit)
    assert decision.verdict == verdict
    assert bool(decision.shown) is (verdict != "not_found")
    assert decision.probability == pytest.approx(BY_WORTH.of({"w": logit}))
    assert decision.features["w"] == logit


@pytest.mark.parametrize(
    ("logit", "bar", "verdict"),
    [
        (2.0, 0.95, "closest"),
        (-1.0, 0.2, "answer"),
        (-3.0, 0.0, "answer"),
        (-3.0, 0.9, "not_found"),
    ],
)
def test_a_channel_s_bar_goes_before_the_fitted_one(logit: float, bar: float, verdict: str) -> None:
    """Where it is higher less is an answer, where it is lower more, down to everything."""
    assert decided(logit, bar).verdict == verdict


@pytest.mark.parametrize("bar", [None, 0.0])
def test_what_is_far_from_the_question_is_not_found(bar: float | None) -> None:
    """Where no excerpt is near it in meaning, however sure the words are and low the bar is."""
    assert decided(3.0, bar, cosine=0.26).verdict == "answer"
    far = decided(3.0, bar, cosine=0.24)
    assert (far.verdict, far.shown) == ("not_found", ())


@pytest.mark.parametrize(
    "asked",
    [
        "\u5047\u671f\u6709\u51e0\u5929?",
        "Wie viele Tage Urlaub habe ich?",
        "combien de jours de cong\u00e9 ai-je ?",
        "\u00bfCu\u00e1ntos d\u00edas de vacaciones tengo?",
    ],
)
def test_in_another_language_the_search_decides(asked: str) -> None:
    """The reader knows English alone: what was found first is the closest, or nothing is."""
    first, second = excerpts("# A\n\nOne day.\n\n# B\n\nTwo days.\n")
    for words, verdict in ((0.6, "closest"), (0.4, "not_found")):
        found = [
            read_excerpt(first, w=3.0, passage_share=0.2, words=0.9),
            read_excerpt(second, w=-3.0, passage_share=0.8, words=words),
        ]
        decision = decide_on(read_of(found, question=asked), CONFIDENCE)
        assert decision.verdict == verdict
        assert [one.excerpt.text for one in decision.shown] in ([], ["Two days."])


def test_sources_that_disagree_are_both_shown() -> None:
    """The newer one first; where the other is worth little, it is no disagreement."""
    said = "Employees get {n} days of paid leave a year."
    (old,), (new,) = (cut_excerpts(page(said.format(n=20 + n), "Leave", n)) for n in (1, 2))
    asked = "How many days of paid leave do employees get?"
    for worth, verdict in ((1.0, "conflict"), (-3.0, "answer")):
        found = [read_excerpt(old, w=2.0, cosine=0.5), read_excerpt(new, w=worth, cosine=0.5)]
        decision = decide_on(read_of(found, question=asked), CONFIDENCE)
        assert decision.verdict == verdict
        assert decision.shown[0].excerpt == (new if verdict == "conflict" else old)
    assert decision.conflict == ()


def test_nothing_read_is_not_found() -> None:
    """Then there is no probability either."""
    decision = decide_on(read_of([]), CONFIDENCE)
    assert (decision.verdict, decision.shown, decision.probability) == ("not_found", (), None)


def test_what_has_a_reply_is_small_talk() -> None:
    """Whatever was read."""
    (one,) = excerpts("# Leave\n\nThirty days.\n")
    read = read_of([read_excerpt(one, w=9.0)], reply="You are welcome.")
    assert decide_on(read, CONFIDENCE).verdict == "small_talk"


def test_the_likeliest_is_shown_wherever_it_stood() -> None:
    """By the fitted choice, not by the order in which excerpts were read."""
    first, second = excerpts("# A\n\nOne day.\n\n# B\n\nTwo days.\n")
    worse, better = (read_excerpt(first, w=-3.0), read_excerpt(second, w=3.0, cosine=0.5))
    read = read_of([worse, better])
    assert [one.excerpt.text for one in decide_on(read, CONFIDENCE).shown] == ["Two days."]


def shown(text: str, *worths: float) -> list[str]:
    """What is shown of a page's excerpts with these worths, best first."""
    found = [read_excerpt(one) for one in excerpts(text)]
    pairs = sorted(zip(found, worths, strict=True), key=lambda pair: -pair[1])
    return [one.excerpt.text for one in choose_shown(pairs)]


def test_rows_of_one_table_are_shown_together() -> None:
    """Those that are nearly as good, in the table's order, under one head; no others."""
    assert shown(TABLE, 0.2, 0.9, 0.1) == [f"{HEAD}| West | 9:00 |"]
    assert shown(TABLE, 0.8, 0.1, 0.9) == [f"{HEAD}| East | 8:30 |\n| South | 9:30 |"]


def test_at_most_five_rows_are_shown() -> None:
    """However many are as good."""
    rows = "".join(f"| {n} | {n}:00 |\n" for n in range(9))
    (table,) = shown(f"{HEAD}{rows}", *[0.9] * 9)
    assert len(table.splitlines()) == 2 + 5


def test_rows_of_another_table_are_not_mixed_in() -> None:
    """Though they are as good: their columns mean something else."""
    other = "\n# Desks\n\n| Desk | Floor |\n|---|---|\n| East | 2 |\n"
    table, *_ = shown(TABLE + other, 0.1, 0.9, 0.1, 0.9)
    assert "Floor" not in table


def test_what_was_read_in_a_row_stays_marked_in_the_table() -> None:
    """The reader's place moves with the row that it is in."""
    east, _, south = [read_excerpt(one) for one in excerpts(TABLE)]
    south = read_excerpt(south.excerpt, "9:30")
    (both,) = choose_shown([(south, 0.9), (east, 0.8)])
    assert both.excerpt.plain == "Gate: East; Opens: 8:30\nGate: South; Opens: 9:30"
    assert both.excerpt.plain[both.reading.start : both.reading.end] == "9:30"


def test_others_are_added_that_may_be_as_good() -> None:
    """Two at most, the best first; what is worth less than a quarter of it is left out."""
    text = "# A\n\nOne day.\n\n# B\n\nTwo days.\n\n# C\n\nThree.\n\n# D\n\nFour.\n"
    assert shown(text, 0.3, 0.9, 0.1, 0.1) == ["Two days.", "One day."]
    assert shown(text, 0.2, 0.9, 0.1, 0.1) == ["Two days."]
    assert shown(text, 0.8, 0.9, 0.7, 0.6) == ["Two days.", "One day.", "Three."]


def test_what_is_shown_is_soon_read() -> None:
    """What would make it long is left to its source, and a shorter one is taken."""
    long = "It has a window. " * 25
    text = f"# A\n\n{long}\n\n# B\n\n{long}\n\n# C\n\nThree.\n"
    assert shown(text, 0.9, 0.8, 0.7) == [long.strip(), "Three."]


def test_of_two_tables_one_is_shown() -> None:
    """Beside its rows there may be prose, but no row of another table."""
    other = f"\n# Desks\n\n{HEAD}| North | 7:00 |\n\n# Doors\n\nThey open by hand.\n"
    table, prose = shown(TABLE + other, 0.1, 0.9, 0.1, 0.8, 0.7)
    assert (table, prose) == (f"{HEAD}| West | 9:00 |", "They open by hand.")


def test_a_part_of_the_best_is_no_second_excerpt() -> None:
    """What it holds is shown already; the next one that does not overlap is taken."""
    text = "## A\n\nAsk first.\n\n### B\n\nFirst class.\n\n## C\n\nEconomy.\n"
    assert shown(text, 0.9, 0.8, 0.85, 0.7) == [
        "Ask first.\n\n### B\n\nFirst class.",
        "Economy.",
    ]


def test_two_pages_do_not_overlap() -> None:
    """The same place of another document is another place."""
    (one,), (other,) = (cut_excerpts(page("# A\n\nOne day.\n", "T", n)) for n in (1, 2))
    assert len(choose_shown([(read_excerpt(one), 0.9), (read_excerpt(other), 0.9)])) == 2


async def test_it_is_a_step_of_the_chain() -> None:
    """As a Runnable it says the same."""
    (one,) = excerpts("# Leave\n\nThirty days.\n")
    read = read_of([read_excerpt(one, w=1.0)])
    assert await decide(CONFIDENCE).ainvoke(read) == decide_on(read, CONFIDENCE)
    assert decide(CONFIDENCE).get_name() == "decide"
