"""Detect a question about another subject than a block under its headings."""

import itertools
import re
from collections.abc import Sequence

from answering.grounding.parse.propositions import keys_of
from answering.grounding.parse.tokens import Token, key_of, tokens_of
from answering.grounding.parse.vocabulary import RIVALS

_LONGEST_ACRONYM = 5  # letters; a longer one is compared as a name only
_RIVAL_KEYS = tuple(frozenset(key_of(word) for word in group) for group in RIVALS)


def names_another_subject(question: str, block: str, headings: Sequence[str]) -> bool:
    """Return whether a question names something that is in neither block nor headings, or a rival.

    A name is a capitalised word that does not begin the question, or an identifier. A rival is
    another member of a group whose rules differ, such as employees and contractors, or another
    number after the same word ("level 3").
    """
    if not question:
        return False
    asked = tokens_of(question)
    known = keys_of(block) | keys_of(" . ".join(headings))
    names = [token.key for token in asked if token.kind in ("name", "code")]
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", f"{headings} {block}".lower()))
    if any(not _is_known(name, known, initials) for name in names):
        return True
    keys = {token.key for token in asked if token.is_content}
    for group in _RIVAL_KEYS:
        if keys & group and known & group and not keys & known & group:
            return True
    return any(_is_another(one, asked, block) for one in asked if one.quantity)


def _is_known(key: str, known: frozenset[str], initials: str) -> bool:
    if key in known or key.casefold() in known:
        return True
    return key.isalpha() and 1 < len(key) <= _LONGEST_ACRONYM and key.casefold() in initials


def _is_another(number: Token, asked: Sequence[Token], block: str) -> bool:
    """Return whether the block has only other numbers after the word before this number."""
    at = asked.index(number)
    if at == 0 or asked[at - 1].kind != "word" or number.quantity is None or number.quantity.unit:
        return False
    stated = tokens_of(block)
    behind = [
        after.quantity
        for before, after in itertools.pairwise(stated)
        if after.quantity and before.key == asked[at - 1].key
    ]
    if any(one.until for one in behind):
        return False
    return bool(behind) and all(one.value != number.quantity.value for one in behind)
