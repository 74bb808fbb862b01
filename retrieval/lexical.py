"""Text to the terms that full-text search matches, for index and query alike. Ranks nothing."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]  # it comes without types

ANALYSER = "words-2"
"""The name of this analyser; part of a generation's identity. Change it when terms change."""

LONGEST_TERM = 64
"""Characters of a term; what is longer is cut, so that two long words may meet in one term."""

# Scripts that set no blanks between words: kana, Chinese, Hangul; Thai, Lao, Khmer, Burmese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
# Letters with marks that \w does not hold: Latin accents, and the vowel signs of Indic scripts.
_LETTER = r"\w\u0300-\u036f\u0900-\u0dff"
_WORD = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}\U00020000-\U0003ffff]+)"
    rf"|(?P<word>(?:(?![{_UNSPACED}])[{_LETTER}])+"
    rf"(?:[-./:@'\u2019](?:(?![{_UNSPACED}])[{_LETTER}])+)*)"
)
_JOINTS = re.compile(r"[-./:@_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['\u2019]s?$|['\u2019]")
_STOP_WORDS_OF_ENGLISH = """
    a about above after again against all am an and any are aren as at be because been before being
    below between both but by can could couldn did didn do does doesn doing don down during each few
    for from further had hadn has hasn have haven having he her here hers herself him himself his
    how i if in into is isn it its itself just ll me more most my myself no nor not now of off on
    once only or other our ours ourselves out over own re same she should shouldn so some such than
    that the their theirs them themselves then there these they this those through to too under
    until up us ve very was wasn we were weren what when where which while who whom why will with
    would wouldn you your yours yourself yourselves dont doesnt didnt cant isnt arent wasnt wont
    im ive youre theyre weve thats whats
"""
_STOP_WORDS = frozenset(_STOP_WORDS_OF_ENGLISH.split())


def terms(text: str) -> list[str]:
    """The terms of `text` in order, with repeats.

    Words are folded (case, width, Latin accents) and stemmed as English; stop words are left out.
    Scripts without blanks give character pairs. What is joined (`getUserById`, `HTTP_429`,
    `team-data`, `docs/setup.md`) gives itself whole, then its parts.
    """
    found: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text)):
        if match["unspaced"]:
            found.extend(_pairs(match["unspaced"]))
        else:
            found.extend(_of_word(match["word"]))
    return found


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _of_word(word: str) -> Iterator[str]:
    parts = [part for joined in _JOINTS.split(word) for part in _CAMEL.split(joined) if part]
    if len(parts) > 1:
        yield _fold(word).strip("_")[:LONGEST_TERM]
    for part in parts:
        folded = _POSSESSIVE.sub("", _fold(part))
        if folded and folded not in _STOP_WORDS:
            yield _stem(folded[:LONGEST_TERM])


def _fold(word: str) -> str:
    """Without case and without Latin accents: `Café` and `cafe` are one."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    bare = "".join(
        c for c in unicodedata.normalize("NFD", lowered) if not "\u0300" <= c <= "\u036f"
    )
    return unicodedata.normalize("NFC", bare)


_ENGLISH = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_ENGLISH.stemWord(word)) if word.isascii() else word
