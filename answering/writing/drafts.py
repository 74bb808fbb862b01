"""Decide whether a small model should phrase a sentence, and whether it has the answer."""

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

_HELD = 0.6  # share of the fact's terms that a sentence must have
_SPAN_WORDS = 8  # a longer span is a passage, not a fact
_CLAIM_WORDS = 4  # fewest words of an answer with yes or no
_MOST_WORDS = 80
_YES_OR_NO = re.compile(r"\W*(?:yes|no)\b", re.IGNORECASE)
_KINDS = frozenset(("paragraph", "section", "item", "table"))


def names_a_fact(decision: Decision) -> bool:
    """Return whether a short fact was found, or a short excerpt for a yes-or-no question."""
    asked, best = decision.read.retrieved.understood.asked, decision.shown[0]
    # Measured: asked for more than short facts, a small model was wrong in 8 of 28 (docs/log.md).
    if asks_how(asked) or asks_which(asked) or asks_for_code(asked):
        return False
    if best.excerpt.kind not in _KINDS or "```" in best.excerpt.text:
        return False
    if asks_yes_or_no(asked):
        return not is_long(best.excerpt.plain)
    words = len(decision.shown[0].fact.split())
    return best.reading.span > 0 and 0 < words <= _SPAN_WORDS


def holds_answer(claim: str, decision: Decision) -> bool:
    """Return whether a sentence has the answer that the reader found, or begins with yes or no."""
    if asks_yes_or_no(decision.read.retrieved.understood.asked):
        # A bare yes says nothing that could be compared with the excerpt.
        return _YES_OR_NO.match(claim) is not None and len(claim.split()) >= _CLAIM_WORDS
    found = decision.shown[0].fact
    wanted = set(terms(found))
    if not numbers_in(found) <= numbers_in(claim):
        return False
    return len(wanted & set(terms(claim))) >= _HELD * len(wanted)


def needs_block(decision: Decision) -> bool:
    """Return whether the excerpt is shown below the model's sentence.

    It is for a list, row or other block, for a yes or no, and for a long paragraph.
    """
    best, asked = decision.shown[0].excerpt, decision.read.retrieved.understood.asked
    return best.kind != "paragraph" or asks_yes_or_no(asked) or is_long(best.plain)


def is_long(text: str) -> bool:
    """Return whether a text is too long for a small model: more than 80 words."""
    return len(text.split()) > _MOST_WORDS
