"""Analyse text into the terms of lexical search, for documents and queries alike."""

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from itertools import pairwise
from operator import add

import Stemmer  # type: ignore[import-not-found]  # it comes without types

from text.language_detection import ENGLISH, STOP_WORDS, language_of, likely_languages

ANALYSER = "words-2"
"""The name of this analyser, part of a generation's identity. Change it when terms change."""

LONGEST_TERM = 64
"""Characters of a term. Longer ones are cut, so two long words may become the same term."""

# Scripts cut into character pairs: kana, Chinese, Hangul; Thai, Lao, Khmer, Burmese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# \w lacks combining marks: Latin accents, and the vowel signs of Indic scripts.
_LETTERS = rf"(?:[^\W{_UNSPACED}]|[\u0300-\u036f\u0900-\u0dff])++"
_WORD = re.compile(rf"{_LETTERS}(?:[-./:@'\u2019]{_LETTERS})*+|[{_UNSPACED}]++")
_ASCII_WORD = re.compile(r"[A-Za-z0-9_]++(?:[-./:@'][A-Za-z0-9_]++)*+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]").match
_FIRST_UNSPACED = _UNSPACED[0]
_SIMPLE = re.compile(r"[A-Z]?[a-z]+|[0-9]+")
_JOINTS = re.compile(r"[-./:@_]+")
_BORDER = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    r"|(?<=[A-Za-z]{2})(?=[0-9]{2})|(?<=[0-9]{2})(?=[A-Za-z]{2})"
)
_APOSTROPHES = re.compile(r"['\u2019]")
_ENDINGS = frozenset(("", "s", "d", "m", "t", "ll", "re", "ve"))
_PARTICLES = frozenset(("away", "back", "by", "down", "in", "off", "on", "out", "over", "up"))
_FRENCH, _ITALIAN = "c d j jusqu l lorsqu m n puisqu qu quoiqu s t", "all dall dell nell sull un"
_ELISIONS = frozenset((*_FRENCH.split(), *_ITALIAN.split()))
# Words in these scripts are stemmed in one language each, whatever language the text is in.
_SCRIPTS = (
    ("\u0370", "\u03ff", "greek"),
    ("\u0400", "\u04ff", "russian"),
    ("\u0530", "\u058f", "armenian"),
    ("\u0600", "\u06ff", "arabic"),
    ("\u0900", "\u097f", "hindi"),
    ("\u0b80", "\u0bff", "tamil"),
)
_KEPT_WORDS = 32_768  # words whose terms are cached
_LONGEST_KEPT = 40  # characters of a cached word; few longer ones ever come again


def terms(text: str, language: str | None = None) -> list[str]:
    """Return the terms of `text` in order, with repeats, as the index stores them.

    Words are folded (case, width, accents) and stemmed by Snowball in `language`, by default the
    detected one, without its stop words. Where the English stem differs it is added. Scripts
    without blanks between words give character pairs. A compound (`getUserById`, `HTTP_429`,
    `team-data`, `docs/setup.md`) gives itself, then its parts.
    """
    words = _words(text)
    language = language or language_of(_lowered(words))
    return [term for word in words for term in _terms_of(word, language)]


def language_in(text: str) -> str:
    """Detect the language in which `terms` stems a text."""
    return language_of(_lowered(_words(text)))


def query_terms(text: str) -> list[str]:
    """Return the distinct terms to search for: as `terms`, in every language the query may be in.

    A stop word of any of these languages is left out. Two neighbouring words are also searched as
    one: "back up" finds "backup".
    """
    words = _words(text)
    # A few words seldom show their language for sure, so all likely ones are tried.
    likely = likely_languages(_lowered(words))
    common = frozenset().union(*(STOP_WORDS[language] for language in likely))
    asked = [word for word in words if word.lower() not in common]
    asked += [one + other for one, other in pairwise(words) if _may_join(one, other, common)]
    found = (term for each in likely for word in asked for term in _terms_of(word, each))
    return list(dict.fromkeys(found))


def _may_join(one: str, other: str, common: Set[str]) -> bool:
    """Return whether two words may also be written as one: "back up", "web hook"."""
    is_plain = all(word.isalpha() and word.islower() for word in (one, other))
    return is_plain and one not in common and (other in _PARTICLES or other not in common)


def _words(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def _lowered(words: list[str]) -> set[str]:
    return {word.lower() for word in set(words)}


def _terms_of(word: str, language: str) -> Sequence[str]:
    if word[0] >= _FIRST_UNSPACED and _IS_UNSPACED(word):
        return list(map(add, word, word[1:])) or [word]
    return _kept(word, language) if len(word) <= _LONGEST_KEPT else tuple(_made(word, language))


@lru_cache(_KEPT_WORDS)
def _kept(word: str, language: str) -> tuple[str, ...]:
    return tuple(_made(word, language))


def _made(word: str, language: str) -> Iterator[str]:
    if _SIMPLE.fullmatch(word):
        yield from _of_part(word, language)
        return
    parts = [part for joined in _JOINTS.split(word) for part in _BORDER.split(joined) if part]
    if len(parts) > 1:
        yield _fold(word).strip("_")[:LONGEST_TERM]
    for part in parts:
        yield from _of_part(part, language)


def _of_part(part: str, language: str) -> Iterator[str]:
    bare = _without_apostrophe(part.lower())
    by_script = _language_by_script(bare)
    if bare and bare not in STOP_WORDS.get(by_script or language, ()):
        # A query too short to show its language is stemmed as English, so English stems count too.
        languages = (by_script,) if by_script else (language, ENGLISH)
        stems = dict.fromkeys(_stem(bare, each) for each in languages)
        yield from (stem for stem in stems if stem)


def _stem(word: str, language: str) -> str:
    return _fold(_stemmer(language).stemWord(word[:LONGEST_TERM]))[:LONGEST_TERM]


def _without_apostrophe(word: str) -> str:
    """Remove apostrophes: `user's` gives `user`, `l'école` gives `école`, `don't` gives `dont`."""
    head, *tails = _APOSTROPHES.split(word)
    if not tails:
        return word
    if head in _ELISIONS:
        return "".join(tails)
    if tails[-1] in _ENDINGS and not (tails[-1] == "t" and head.endswith("n")):
        tails.pop()
    return "".join((head, *tails))


def _language_by_script(word: str) -> str | None:
    if not word.isascii():
        for first, last, language in _SCRIPTS:
            if first <= word[0] <= last:
                return language
    return None


def _fold(word: str) -> str:
    """Fold case and Latin accents: `Café` becomes `cafe`."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    bare = "".join(
        c for c in unicodedata.normalize("NFD", lowered) if not "\u0300" <= c <= "\u036f"
    )
    return unicodedata.normalize("NFC", bare)


@lru_cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)  # 0 turns its own cache off: `_kept` is the cache
