"""Whether a small model is asked for a sentence, and whether that says what was found."""

import re

from answering.claims import numbers_in
from answering.confidence.decide import Decision
from answering.conversation.question_kinds import (
    asks_for_code,
    asks_how,
    asks_which,
    asks_yes_or_no,
)
from retrieval.lexical.analyzer import terms

_HELD = 0.6
_SPAN_WORDS = 8  # a longer span is no fact but a passage
_CLAIM_WORDS = 4
_MOST_WORDS = 80
_YES_OR_NO = re.compile(r"\W*(?:yes|no)\b", re.IGNORECASE)
_KINDS = frozenset(("paragraph", "section", "item", "table"))


def names_a_fact(decision: Decision) -> bool:
    """Whether what was found is a short fact, or in a short excerpt what a yes or no is of."""
    asked, best = decision.read.retrieved.understood.asked, decision.shown[0]
    if asks_how(asked) or asks_which(asked) or asks_for_code(asked):
        return False
    if best.excerpt.kind not in _KINDS or "```" in best.excerpt.text:
        return False
    if asks_yes_or_no(asked):
        return not is_long(best.excerpt.plain)
    words = len(decision.shown[0].fact.split())
    return best.reading.span > 0 and 0 < words <= _SPAN_WORDS


def holds_answer(claim: str, decision: Decision) -> bool:
    """Whether a sentence says what the reader found to be the answer, or is a yes or no."""
    if asks_yes_or_no(decision.read.retrieved.understood.asked):
        # A bare yes says nothing that could be held against the excerpt.
        return _YES_OR_NO.match(claim) is not None and len(claim.split()) >= _CLAIM_WORDS
    found = decision.shown[0].fact
    wanted = set(terms(found))
    if not numbers_in(found) <= numbers_in(claim):
        return False
    return len(wanted & set(terms(claim))) >= _HELD * len(wanted)


def needs_block(decision: Decision) -> bool:
    """Whether what was found is shown below a sentence: a row, a rule, all that is long."""
    best, asked = decision.shown[0].excerpt, decision.read.retrieved.understood.asked
    return best.kind != "paragraph" or asks_yes_or_no(asked) or is_long(best.plain)


def is_long(text: str) -> bool:
    """Whether a small model would lose the thread of a text."""
    return len(text.split()) > _MOST_WORDS
