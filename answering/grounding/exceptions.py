"""Detect conditions and exceptions of a statement that a sentence leaves out."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from answering.grounding.parse.operators import operators_in
from answering.grounding.parse.propositions import Proposition
from answering.grounding.parse.tokens import Token, plain_of, tokens_of

_ENDS = frozenset((",", ";", ")", "\u2014", "\u2013", "but", "however", "although", "though"))
_CONTRASTS = frozenset(("but", "however", "although", "though"))
_RULE = frozenset(("MUST", "NEED", "SHOULD", "MAY", "CAN", "ALL", "ONLY"))
_RESTRICTS = frozenset(("NOT", "ONLY", "EXCEPT", "MUST", "MAY", "WITHOUT"))
_COVERED = 0.6  # share of a condition's keys that must be said
_EXPLICIT = re.compile(
    r"(?:except|unless|exceptions?\b|the (?:only )?exceptions?|but not\b"
    r"|not (?:for|if|on|in|when|to)\b"
    r"|(?:this|that|it|these|they|the (?:same|rule|policy))(?: \w+)? (?:does|do|is|are)(?: not|n.t)"
    r" (?:apply|hold|valid|true|include|cover))",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"(?:but|however|otherwise)\b", re.IGNORECASE)
_ON_IT = re.compile(
    r"(?:it|they|this|these|that|those|he|she|you|we)"
    r" (?:is|are|was|were|may|can|must|should|does|do|did|will|has|have|applies|apply|cannot)\b",
    re.IGNORECASE,
)
_BESIDE_IT = re.compile(r"(?:if|when|because|as|since|while|although|once|in|for)\b", re.IGNORECASE)


def exception_is_lost(
    said: Sequence[Token],
    stated: Proposition,
    beside: AbstractSet[str] = frozenset(),
    asked: AbstractSet[str] = frozenset(),
) -> bool:
    """Return whether a sentence leaves out a condition or an exception of what it says.

    `beside` are the keys of what is said next to it, which may contain the exception; `asked` are
    the question's, which may contain the condition.
    """
    keys = {token.key for token in said if token.is_content}
    own = [token for token in said if token.kind == "operator"]
    stated_keys = {token.key for token in stated.tokens if token.is_content}
    for name, part in _restrictions(stated.tokens):
        if not part or not keys & (stated_keys - part):
            continue
        known = keys | beside | (asked if name in ("IF", "WHEN") else frozenset())
        if len(part & known) < _COVERED * len(part):
            return True
        if name == "EXCEPT" and not _excepts(own, stated.tokens) and not part & beside:
            return True
    restricts = any(token.key in _RESTRICTS for token in own)
    return _is_restricted_behind(keys, stated, beside | keys if restricts else beside)


def _restrictions(tokens: Sequence[Token]) -> Iterator[tuple[str, set[str]]]:
    """Yield each condition and exception of a statement: its operator and its keys."""
    is_rule = any(token.key in _RULE or token.key == "allow" for token in tokens)
    for at, token in enumerate(tokens):
        if token.kind == "operator" and (
            token.key in ("EXCEPT", "IF") or (token.key == "WHEN" and is_rule)
        ):
            yield token.key, set(_part(tokens[at + 1 :]))
        elif token.kind == "break" and token.key in _CONTRASTS and is_rule and at:
            yield "BUT", set(_part(tokens[at + 1 :]))


def _excepts(own: Sequence[Token], stated: Sequence[Token]) -> bool:
    """Return whether a sentence makes an exception, or has more negations than the rule."""
    if any(token.key in ("EXCEPT", "ONLY", "IF") for token in own):
        return True
    turned = {token.start for token in stated if token.key == "EXCEPT"}
    denials = sum(token.key == "NOT" and token.start not in turned for token in stated)
    return sum(token.key in ("NOT", "WITHOUT") for token in own) > denials


def _part(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.kind == "break" and token.key in _ENDS:
            return
        if token.is_content:
            yield token.key


def _is_restricted_behind(keys: set[str], stated: Proposition, known: AbstractSet[str]) -> bool:
    """Return whether the sentence after the statement restricts it by something not `known`."""
    text = plain_of(stated.behind or stated.after)
    if not text or (not stated.behind and not _EXPLICIT.match(text)):
        return False
    tokens = tokens_of(text)
    about = {token.key for token in tokens if token.is_content}
    if not about or len(about & known) >= _COVERED * len(about):
        return False
    if _EXPLICIT.match(text):
        return True
    denied = [one for one in operators_in(tokens) if one.name in ("NOT", "EXCEPT")]
    if not denied:
        return False
    is_rule = any(token.key in _RULE or token.key == "allow" for token in stated.tokens)
    shares = any(keys & set(one.scope[:1]) for one in denied)
    if _LIMITS.match(text) and is_rule:
        return True
    first = next((token.key for token in tokens if token.is_content), "")
    names_it = first in keys and not _BESIDE_IT.match(text)
    return shares and (names_it or _ON_IT.match(text) is not None)
