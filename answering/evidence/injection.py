"""Detect prompt injections: text that addresses an assistant, or claims to overrule its page."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from answering.phrase_file import read_sections

_SCANNED: Final = 40_000
"""Characters of a text that are scanned; a block is far shorter."""

_PHRASES = Path(__file__).with_suffix(".txt")

_ALONE = "alone"
_TOGETHER = (
    frozenset({"machine", "order"}),
    frozenset({"machine", "override"}),
    frozenset({"machine", "void"}),
    frozenset({"machine", "claim"}),
    frozenset({"machine", "role"}),
    frozenset({"override", "page", "order", "claim"}),
    frozenset({"override", "page", "literal"}),
    frozenset({"override", "page", "void"}),
    frozenset({"page", "void", "claim"}),
    frozenset({"reading", "order"}),
    frozenset({"reading", "literal"}),
    frozenset({"role", "order", "override"}),
    frozenset({"role", "answers"}),
    frozenset({"answers", "literal"}),
    frozenset({"override", "literal"}),
)
"""Sets of signs that together, in one sentence or two neighbouring ones, show an injection."""

_PIECE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_PIECE: Final = 2_000
_NEAR = 2  # sentences

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
)
_SPACED = re.compile(r"(?<!\S)(?:[a-z] ){4,}[a-z](?!\S)")
_WIDE_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,4000}={0,2}")
_ENCODED_RUNS: Final = 20  # of a text; decoding more would only cost time

_MACHINE = r"(?:ai|llms?|language models?|assistants?|chat-?bots?|bots?|agents?|copilot)"
_TOLD = (
    r"(?:instruct\w*|tells?|told|telling|talks?|talking|speaks?|obey\w*|inject\w*|planted|trick\w*"
    r"|ignore\w*|attack\w*|manipulat\w*|hidden|must not)"
)
_ABOUT = re.compile(
    r"\bprompt(?:s|ing|ed)?\b(?! (?:payment|reply|response|service))|\bjail-?break"
    r"|\bsystem message|\bagents\.md\b"
    rf"|\b{_MACHINE}\b[^?]{{0,60}}\b{_TOLD}\b|\b{_TOLD}\b[^?]{{0,40}}\b{_MACHINE}\b",
    re.IGNORECASE,
)


def speaks_to_assistant(text: str) -> bool:
    """Return whether a text addresses an assistant, gives it orders, or overrules its page.

    Reads through invisible characters, spaced-out letters and base64. Knows English phrases, and
    "ignore the instructions" in a dozen other languages.
    """
    return any(_speaks(reading) for reading in _readings(text[:_SCANNED]))


def asks_about_assistants(question: str) -> bool:
    """Return whether a question is about prompts, or about what assistants are told."""
    return bool(_ABOUT.search(question[:_SCANNED]))


def _speaks(text: str) -> bool:
    """Return whether casefolded text has a phrase that suffices, or several near each other."""
    if _phrases()[_ALONE].search(text):
        return True
    pieces = [piece for piece in _PIECE_END.split(text) if piece]
    signs = [_signs(piece) for piece in pieces]
    near = [frozenset().union(*signs[at : at + _NEAR]) for at in range(len(signs))]
    return any(rule <= found for found in near for rule in _TOGETHER)


def _signs(piece: str) -> frozenset[str]:
    return frozenset(
        name
        for name, pattern in _phrases().items()
        if name != _ALONE and pattern.search(piece[:_PIECE])
    )


@cache
def _phrases() -> Mapping[str, re.Pattern[str]]:
    """Read the phrase file: one pattern for each section, for casefolded text."""
    return read_sections(_PHRASES)


def _readings(text: str) -> Iterator[str]:
    """Yield the text as people see it, with spaced-out letters joined, and its decoded base64."""
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    yield folded
    if _SPACED.search(folded):
        yield _joined(folded)
    for number, run in enumerate(_ENCODED.finditer(text)):
        if number == _ENCODED_RUNS:
            return
        yield _decoded(run[0]).casefold()


def _joined(text: str) -> str:
    """Join spaced-out letters to words; a gap of two or more blanks ends a word."""
    words = _WIDE_GAP.split(text)
    return " ".join(re.sub(r"(?<=\b\w) (?=\w\b)", "", word) for word in words)


def _decoded(run: str) -> str:
    """Decode a run of base64 to printable text; "" if it is not base64 of text."""
    padded = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(padded + "=" * (-len(padded) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded if decoded.isprintable() else ""
