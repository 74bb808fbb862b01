"""Match sentences with a block word for word, as is required in languages other than English."""

import re
from collections.abc import Sequence

from answering.grounding.parse.propositions import Proposition
from answering.grounding.parse.tokens import plain_of
from answering.grounding.parse.vocabulary import (
    FOREIGN,
    FUNCTION,
    HARD_BREAKS,
    OPERATORS,
    SOFT_BREAKS,
)
from retrieval.lexical.analyzer import language_in
from text.language_detection import ENGLISH

_WORD = re.compile(r"\w+")
_ENGLISH = FUNCTION | OPERATORS.keys() | HARD_BREAKS | SOFT_BREAKS
_LEAST_ENGLISH = 0.1  # share of function words; in English prose it is about a half


def words_of(text: str) -> list[str]:
    """Return all words of a text in lower case, without punctuation."""
    return _WORD.findall(plain_of(text).casefold())


def is_stated(sentence: str, statements: Sequence[Proposition]) -> Proposition | None:
    """Return the statement that has exactly the words of a sentence, or None."""
    words = words_of(sentence)
    if not words:
        return None
    for statement in statements:
        ways = [statement.text]
        if statement.lead_in:
            ways.append(f"{statement.lead_in} {statement.text}")
        if any(words == words_of(way) for way in ways):
            return statement
    return None


def is_english(text: str) -> bool:
    """Return whether a text seems to be English: a tenth of its words are function words."""
    words = words_of(text)
    known = sum(word in _ENGLISH for word in words)
    return known >= _LEAST_ENGLISH * len(words) and language_in(text) == ENGLISH


def is_part(sentence: str, statements: Sequence[Proposition]) -> bool:
    """Return whether a sentence in another language shortens a statement without changing it.

    The statement has all its words in order, and no word left out is in `FOREIGN`. Always False
    for English.
    """
    if language_in(sentence) == ENGLISH:
        return False
    words = words_of(sentence)
    return len(words) > 1 and any(_shortens(words, words_of(one.text)) for one in statements)


def _shortens(words: Sequence[str], stated: Sequence[str]) -> bool:
    at, left = 0, []
    for word in stated:
        if at < len(words) and word == words[at]:
            at += 1
        else:
            left.append(word)
    return at == len(words) and FOREIGN.isdisjoint(left)
