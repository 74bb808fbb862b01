"""Features of a chosen excerpt that tell whether it answers the question."""

from collections.abc import Sequence

from answering.claims import names_in, numbers_in
from answering.conversation.question_kinds import asks_how, asks_which, asks_yes_or_no
from answering.evidence.read import ReadExcerpt
from retrieval.lexical.analyzer import terms

_NEAR = 0.4  # cosine; a serious question is seldom farther from all excerpts

Ranked = Sequence[tuple[ReadExcerpt, float]]
"""Excerpts with the probability that each answers, best first."""


def features_of_answer(question: str, ranked: Ranked) -> dict[str, float]:
    """Return the features, by name, of the best excerpt, its rivals and the question."""
    (best, worth), *others = ranked
    rivals = [one for one in others if _elsewhere(one[0], best)]
    text = f"{' '.join(best.excerpt.headings)} {best.excerpt.plain}"
    known = set(terms(text))
    # A question's first word is capitalised without being a name.
    names = names_in(question[:1].lower() + question[1:])
    nearest = max(one.features.get("cosine", 0.0) for one, _ in ranked)
    return {
        **best.features,
        "worth": worth,
        "nearest": nearest,
        "far": max(0.0, _NEAR - nearest),
        "best_answers": max(one.reading.answers for one, _ in ranked),
        "best_span": max(one.reading.span for one, _ in ranked),
        "ahead": worth - (rivals[0][1] if rivals else 0.0),
        "rival_answers": max((one.reading.answers for one, _ in rivals), default=-5.0),
        "names_missing": float(len(names - known)),
        "numbers_missing": float(len(numbers_in(question) - numbers_in(text))),
        "asked_words": float(len(set(terms(question)))),
        "asks_how": float(asks_how(question)),
        "asks_which": float(asks_which(question)),
        "asks_yes_or_no": float(asks_yes_or_no(question)),
    }


def _elsewhere(one: ReadExcerpt, other: ReadExcerpt) -> bool:
    """Return whether two excerpts are in different sections."""
    first, second = one.excerpt, other.excerpt
    return (first.page.document_id, first.headings) != (second.page.document_id, second.headings)
