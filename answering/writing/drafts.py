"""Whether a small model's sentence says what was found, and whether it can stand alone."""

from answering.claims import numbers_in
from answering.confidence.decide import Decision
from answering.conversation.question_kinds import asks_yes_or_no
from retrieval.lexical import terms

_HELD = 0.6
_SPAN_WORDS = 12  # a longer span is no fact but a passage


def holds_answer(claim: str, decision: Decision) -> bool:
    """Whether a sentence says the words that the reader found to be the answer."""
    best = decision.shown[0]
    found = best.excerpt.plain[best.reading.start : best.reading.end]
    if not found.strip() or len(found.split()) > _SPAN_WORDS:
        return True
    if not numbers_in(found) <= numbers_in(claim):
        return False
    wanted = set(terms(found))
    return len(wanted & set(terms(claim))) >= _HELD * len(wanted)


def needs_block(decision: Decision) -> bool:
    """Whether what was found is shown below a sentence: a row, a rule behind a yes or no."""
    best = decision.shown[0].excerpt
    return best.kind != "paragraph" or asks_yes_or_no(decision.read.retrieved.understood.asked)
