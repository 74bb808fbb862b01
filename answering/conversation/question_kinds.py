"""Tell from a question's words which form of answer it asks for."""

import re

_HOW = re.compile(
    r"\bhow (?:do|can|to|would|should|does|did|could)\b|\bsteps?\b|\bprocess\b|\bprocedure\b"
    r"|\bset(?:ting)? ?up\b|\binstall|\bwhat do (?:i|we|you) (?:do|need|have to)\b|\bguide\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\bwhich\b|\bwho all\b|\bwhat(?:'s| is| are)? (?:are|all|kinds?|types?|things|the \w+s)\b"
    r"|\blist\b|\beverything\b|\boptions\b|\bexamples\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\bcommand|\bcode\b|\bsnippet|\bconfig|\brun\b|\bexample\b|\bsyntax\b|\bflag\b|\bscript\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^(?:(?:\W*+(?:so|hey|hi|and|but|ok(?! to)|quick question)\b)++[\s,:]*+)?+"
    r"(?:(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|am|need)\b"
    r"|(?:ok(?:ay)?|fine|allowed|possible|safe) to\b)",
    re.IGNORECASE,
)


def asks_how(question: str) -> bool:
    """Return whether a question asks for steps."""
    return _HOW.search(question) is not None


def asks_which(question: str) -> bool:
    """Return whether a question may ask for several things."""
    return _WHICH.search(question) is not None


def asks_for_code(question: str) -> bool:
    """Return whether a question asks for a command, a setting or an example."""
    return _CODE.search(question) is not None


def asks_yes_or_no(question: str) -> bool:
    """Return whether the last sentence can be answered by yes or no."""
    last = re.split(r"(?<=[.!?])\s+|\n", question.strip())[-1]
    return _YES_NO.match(last) is not None
