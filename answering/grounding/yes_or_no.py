"""Check whether "yes" or "no" is the answer that a statement gives to a question."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from answering.grounding.parse.operators import Operator, operators_in
from answering.grounding.parse.propositions import Proposition
from answering.grounding.parse.tokens import Token, key_of, tokens_of
from answering.grounding.parse.vocabulary import GENERIC, OPPOSITES

_ANSWER = re.compile(r"\s*(yes|yeah|yep|no|nope)\b\s*(?:[,.;:!\u2014\u2013-]+\s*|$)", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:^|[,.;:!?\u2013-]\s*|\b(?:so|and|but|hi|hey|hello|then|also|ok|wondering if)\s+)"
    r"(?:is|are|am|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have"
    r"|had|isn't|aren't|don't|doesn't|can't|(?:ok(?:ay)?|fine|allowed|possible|safe) to)\s",
    re.IGNORECASE,
)
_STARTS = re.compile(r"\W*(yes|no)\s*(?:[,.;:!\u2014\u2013-]|$)", re.IGNORECASE)
_BEARS = 0.5  # share of the question's keys that the statement must have
_OPPOSITE = [(key_of(one), key_of(other)) for one, other in OPPOSITES]


def split_answer(sentence: str) -> tuple[str, str]:
    """Split off a leading yes or no; return it in lower case, or "", and the rest."""
    found = _ANSWER.match(sentence)
    if found is None:
        return "", sentence
    said = "yes" if found[1][0] in "yY" else "no"
    return said, sentence[found.end() :]


def answers(
    said: str, rest: str, question: str, statement: Proposition, around: AbstractSet[str]
) -> bool:
    """Return whether `said`, a yes or no to `question`, agrees with the statement.

    `rest` is what the sentence says after it; `around` are the keys of the headings.
    """
    starts = _STARTS.match(statement.text) or _STARTS.match(statement.before)
    if starts:
        return starts[1].lower() == said
    if not _ASKS.search(question):
        return False
    asked, stated = tokens_of(question), statement.tokens
    about = {token.key for token in asked if token.is_content} - GENERIC
    known = {token.key for token in stated if token.is_content} | around
    known |= _contraries(known)
    if len(about & known) < _BEARS * len(about) or not _subject(asked) <= known:
        return False
    if not _restricts(asked, set()) and _restricts(stated, about):
        return any(token.key in ("ONLY", "NOT") for token in tokens_of(rest))
    return (said == "no") == _denies(
        asked, stated, {token.key for token in asked if token.is_content}
    )


def _subject(asked: Sequence[Token]) -> set[str]:
    """Return the subject of a question: the key of its first content word, generic verbs aside."""
    first = next((token for token in asked if token.is_content and token.key not in GENERIC), None)
    return {first.key} if first else set()


def _denies(asked: Sequence[Token], stated: Sequence[Token], about: set[str]) -> bool:
    """Return whether the statement says the contrary of what the question asks for."""
    known = {token.key for token in stated if token.is_content}
    denials = [one for one in operators_in(stated) if one.name in ("NOT", "WITHOUT")]
    denied = any(_denies_it(one, about) for one in denials)
    asks = [one for one in operators_in(asked) if one.name in ("NOT", "WITHOUT")]
    asks_denied = any(_denies_it(one, about) for one in asks)
    turned = bool((about - known) & _contraries(known))
    must = {token.key for token in asked if token.kind == "operator"} & {"MUST", "NEED"}
    turned = turned or bool(must and "option" in known)
    return denied ^ asks_denied ^ turned


def _restricts(tokens: Sequence[Token], about: AbstractSet[str]) -> bool:
    """Return whether an "only" restricts something of `about`, or anything if that is empty."""
    only = [one for one in operators_in(tokens) if one.name == "ONLY"]
    return any(not about or about & one.near for one in only)


def _denies_it(one: Operator, about: set[str]) -> bool:
    if one.behind:
        return bool(about & set(one.behind[:2]))
    return len(about.intersection(one.before)) >= _BEARS * len(about)


def _contraries(keys: AbstractSet[str]) -> set[str]:
    """Return the opposites of some words."""
    return {other for one, other in _OPPOSITE if one in keys} | {
        one for one, other in _OPPOSITE if other in keys
    }
