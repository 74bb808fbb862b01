"""Rewrite a tidy question as a colleague types it in a hurry."""

import random
import re

_HELLOS = (
    "hey, ",
    "hey ",
    "hi, ",
    "hi all, ",
    "quick question: ",
    "does anyone know ",
    "umm ",
    "so ",
)
_ENDS = ("", "", "", "?", "??", " thanks", " pls", " anyone?")
_SHORT = (
    (r"\b[Ww]hat is\b", "whats"),
    (r"\b[Ww]hat's\b", "whats"),
    (r"\b[Ww]ho is\b", "whos"),
    (r"\b[Ww]here is\b", "wheres"),
    (r"\bdo not\b", "dont"),
    (r"\bdoes not\b", "doesnt"),
    (r"\bis not\b", "isnt"),
    (r"n't\b", "nt"),
    (r"\byou\b", "u"),
    (r"\bwith\b", "w/"),
    (r"\bbecause\b", "bc"),
    (r"\band\b", "&"),
    (r"\bpeople\b", "ppl"),
)
_ARTICLE = re.compile(r"\b(?:the|a|an) ", re.IGNORECASE)


def type_hastily(question: str, draw: random.Random) -> str:
    """Return `question` without its mark, at random in lower case, shortened, greeted, mistyped."""
    typed = question.rstrip("?. ")
    if draw.random() < 0.8:
        typed = typed.lower()
    if draw.random() < 0.4:
        typed = _ARTICLE.sub("", typed, count=draw.choice((0, 1)))
    if draw.random() < 0.6:
        pattern, shorter = draw.choice(_SHORT)
        typed = re.sub(pattern, shorter, typed, count=1)
    if draw.random() < 0.15:
        typed = _slip(typed, draw)
    hello = draw.choice(_HELLOS) if draw.random() < 0.25 else ""
    return hello + typed + draw.choice(_ENDS)


def _slip(typed: str, draw: random.Random) -> str:
    """Swap two neighbouring letters in a long word."""
    words = list(re.finditer(r"[a-z]{6,}", typed))
    if not words:
        return typed
    word = draw.choice(words)
    at = draw.randrange(word.start() + 1, word.end() - 2)
    return typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
