"""Tokenise a sentence for comparison: words, names, code, numbers, operators, breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]  # it comes without types

from answering.grounding.parse.quantities import Quantity, find_quantities
from answering.grounding.parse.units import UNITS
from answering.grounding.parse.vocabulary import (
    CANONICAL,
    FUNCTION,
    HARD_BREAKS,
    OPERATORS,
    PHRASES,
    PRONOUNS,
    SOFT_BREAKS,
    TURNED,
)

_LONGEST = 4_000  # characters of one text that are tokenised
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_OPENING = re.compile(r"\s*(?:[-*+>#]+|\d+[.)])\s+")
_MARKS = re.compile(r"\*{1,3}|(?<!\w)_(?=[^\W_])|(?<=[^\W_])_(?!\w)|`+")
_CODE = re.compile(
    r"""https?://[^\s<>)\]]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+
    |\$\{?\w+\}?|\{\{.*?\}\}|<[A-Za-z][\w.:/-]*>|(?<![\w#@])[#@][A-Za-z][\w-]*
    |(?<![\w-])--?[A-Za-z][\w-]*|(?<![\w/.])(?:~|\.{1,2})?/[\w.@*-]*\w(?:/[\w.@*-]*\w)*
    |\w+(?:(?:::|[._/\\@-])\w+)*(?:\(\))?""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[^\W\d_]+(?:[-/][^\W\d_]+)*|[\d_]+(?:[-./]\d+)*|(?:[^\W\d_]\.)+[^\W\d_]?")
_AMOUNT = re.compile(
    rf"v?\d+(?:[.,]\d+)*-?(?:st|nd|rd|th|k|m|bn|mn|[ap]m|{'|'.join(UNITS)})|\d\d\d0s"
    r"|\d+-[^\W\d_]{3,}",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"[^\W_]*[a-z0-9][A-Z][^\W_]*|[^\W\d_]+\d+[^\W_]*|\d+[A-Z][^\W_]*")
_WORD = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, PHRASES), key=len, reverse=True))})\b"
    r"|(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019][^\W\d_]+)?|[,;:()&\u2014\u2013]|[.!?](?=\s)|(?<=\s)-(?=\s)",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\.?:|\.\s*\d")  # "No. 6"
_STEMMER = Stemmer.Stemmer("english", 0)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text with the key that it is compared by.

    `kind` is word, name, code, number, operator, pronoun or break. Two tokens are alike if their
    keys are equal; an operator's key is its class in capital letters.
    """

    kind: str
    key: str
    start: int
    quantity: Quantity | None = None

    @property
    def is_content(self) -> bool:
        """Return whether it says what a sentence is about."""
        return self.kind in ("word", "name", "code", "number")


@lru_cache(2048)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the tokens of `text` in order, without function words."""
    plain = plain_of(text)
    code = [(m.start(), m.end(), key) for m in _CODE.finditer(plain) if (key := _code_key(m[0]))]
    found = [Token("code", key, start) for start, _, key in code]
    taken = [(start, end) for start, end, _ in code]
    for quantity in find_quantities(plain):
        if not _overlaps(quantity.start, quantity.end, taken):
            taken.append((quantity.start, quantity.end))
            found.append(Token("number", f"#{quantity.value}", quantity.start, quantity))
    for match in _WORD.finditer(plain):
        if not _overlaps(match.start(), match.end(), taken):
            found.extend(_of_word(match, plain))
    return tuple(sorted(found, key=lambda token: token.start))


def plain_of(text: str) -> str:
    """Remove the markup of links, emphasis, headings, lists and code."""
    plain = text[:_LONGEST]
    if "](" in plain:
        plain = _LINK.sub(r"\1", plain)
    opening = _OPENING.match(plain)
    plain = plain[opening.end() :] if opening else plain
    return (_MARKS.sub("", plain) if any(sign in plain for sign in "*_`") else plain).strip()


@lru_cache(8192)
def key_of(word: str) -> str:
    """Return the key of a lower-case word: the stem of its canonical form."""
    known = CANONICAL.get(word)
    return str(_STEMMER.stemWord(known or word))


def _code_key(text: str) -> str:
    """Return the key of an identifier, compared literally; "" for a word, number or unit."""
    if _PLAIN.fullmatch(text) and not _CAMEL.fullmatch(text):
        return ""
    if _CAMEL.fullmatch(text) and not _AMOUNT.fullmatch(text):
        return text.casefold()
    if _AMOUNT.fullmatch(text) or text.replace(".", "").replace("-", "").isdigit():
        return ""
    if not any(map(str.isalpha, text)):
        return ""
    parts = re.split(r"[-/]", text)
    if len(parts) > 1 and all(part.isalpha() for part in parts) and text[0].isalpha():
        return ""
    return text


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)


def _of_word(match: re.Match[str], text: str) -> Iterator[Token]:
    word, at = match[0].lower().replace("\u2019", "'"), match.start()
    if word == "no" and _COUNTS.match(text, match.end()):
        return
    if word in PHRASES:
        yield from (Token("operator", name, at) for name in PHRASES[word])
        if word.startswith("or "):  # "or more" is about the words before it
            yield Token("break", ",", at)
        return
    if not word[0].isalpha():
        yield Token("break", ";" if word in ".!?" else word, at)
        return
    if word.endswith("n't") or word == "cannot":
        yield Token("operator", "NOT", at)
        word = {"ca": "can", "wo": "will", "sha": "shall"}.get(word[:-3], word[:-3])
    head, _, tail = word.partition("'")
    yield from _of_bare(head if tail else word, match, text)


def _of_bare(word: str, match: re.Match[str], text: str) -> Iterator[Token]:
    at = match.start()
    is_short_word = word in PRONOUNS or word in FUNCTION
    if is_short_word and len(word) > 1 and match[0].isupper() and not text.isupper():
        yield Token("name", key_of(word), at)  # IT and US are names, not pronouns
    elif word in SOFT_BREAKS or word in HARD_BREAKS:
        yield Token("break", word, at)
    elif word == "may" and match[0] == "May" and at > 0 and text[at - 2 : at - 1] not in ".!?:":
        yield Token("name", "may", at)
    elif word in OPERATORS:
        yield Token("operator", OPERATORS[word], at)
    elif word in TURNED:
        yield Token("operator", "NOT", at)
        turned = TURNED[word]
        yield Token("operator" if turned in ("MUST",) else "word", turned, at)
    elif word in PRONOUNS:
        yield Token("pronoun", word, at)
    elif word not in FUNCTION and (len(word) > 1 or match[0].isupper() or not word.isascii()):
        is_name = match[0][0].isupper() and at > 0 and text[at - 2 : at - 1] not in ".!?:"
        yield Token("name" if is_name else "word", key_of(word), at)
