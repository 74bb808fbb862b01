"""Align a sentence with a statement, and find words that take another word's place."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from itertools import groupby

from answering.grounding.parse.propositions import Proposition, keys_of
from answering.grounding.parse.tokens import Token

_LONGEST_ANTECEDENT = 0.5  # share of a sentence's words


def find_misplaced(
    said: Sequence[Token], stated: Proposition, given: AbstractSet[str] = frozenset()
) -> str:
    """Return what a sentence says in place of something else: "name", "words", or "" for nothing.

    A word is misplaced if it is between the same words as another one of the statement, or if it
    occurs more often than there; a word that only moved is not. In a table row, words of another
    column than the sentence names are misplaced, and so is everything if neither the sentence nor
    `given` names the row. `given` are the keys of the question or of a pronoun's antecedents.
    """
    ours = [token for token in said if token.is_content]
    if stated.cells:
        keys = {token.key for token in ours}
        if not _names_row(keys | given, stated) or _of_another_cell(keys, stated):
            return "words"
        return ""
    theirs = [token.key for token in stated.tokens if token.is_content]
    opening = _opening(ours, stated)
    for token in _put_instead([token.key for token in ours], theirs, ours):
        if (token.key in given and token.key not in theirs) or token in opening:
            continue
        return "name" if token.kind in ("name", "code") else "words"
    return ""


def find_antecedents(said: Sequence[Token], stated: Proposition) -> set[str]:
    """Return the keys that replace a pronoun of the statement, from the sentence before it."""
    before = keys_of(stated.before)
    known = {token.key for token in stated.tokens if token.is_content}
    content = [token.key for token in said if token.is_content]
    found: set[str] = set()
    for inside, run in groupby(enumerate(content), key=lambda one: one[1] in known):
        places = [at for at, _ in run]
        new = {content[at] for at in places}
        if inside or not new <= before:
            continue
        left = content[places[0] - 1] if places[0] else None
        right = content[places[-1] + 1] if places[-1] + 1 < len(content) else None
        if _has_pronoun_between(stated.tokens, left, right):
            found |= new
    return found if len(found) <= _LONGEST_ANTECEDENT * len(content) else set()


def find_topics(said: Sequence[Token], stated: Proposition, asked: AbstractSet[str]) -> set[str]:
    """Return the names in `said` that the question and the sentence before the statement share."""
    known = keys_of(stated.before) & asked
    return {token.key for token in said if token.kind in ("name", "code") and token.key in known}


def _has_pronoun_between(tokens: Sequence[Token], left: str | None, right: str | None) -> bool:
    start = next((at for at, one in enumerate(tokens) if one.key == left), -1)
    ends = (at for at, one in enumerate(tokens) if one.key == right and at > start)
    end = next(ends, len(tokens)) if right else len(tokens)
    return any(one.kind == "pronoun" for one in tokens[start + 1 : end])


def _put_instead(
    keys: Sequence[str], stated: Sequence[str], ours: Sequence[Token]
) -> Iterator[Token]:
    changes = SequenceMatcher(None, stated, keys, autojunk=False).get_opcodes()
    left = Counter(key for tag, i, j, _, _ in changes if tag != "equal" for key in stated[i:j])
    for tag, first, last, start, end in changes:
        if tag == "equal":
            continue
        for token in ours[start:end]:
            if left[token.key] > 0:
                left[token.key] -= 1  # it moved
            elif last > first or token.key in stated:
                yield token


def _opening(ours: Sequence[Token], stated: Proposition) -> Sequence[Token]:
    """Return the first words of a sentence that replace the statement's opening pronoun."""
    if not stated.tokens or stated.tokens[0].kind != "pronoun":
        return ()
    before = keys_of(stated.before)
    first = next((token.key for token in stated.tokens if token.is_content), "")
    at = next((at for at, token in enumerate(ours) if token.key == first), 0)
    return ours[:at] if all(token.key in before for token in ours[:at]) else ()


def _names_row(keys: AbstractSet[str], stated: Proposition) -> bool:
    """Return whether the row's first cell is named, and not that of another row instead."""
    own = stated.cells[0].keys
    if not stated.rows or not own:
        return True
    return bool(own & keys) and (own <= keys or not any(row and row <= keys for row in stated.rows))


def _of_another_cell(keys: AbstractSet[str], stated: Proposition) -> bool:
    """Return whether a sentence names columns of a row, and says what is in other columns."""
    heads = [cell.head for cell in stated.cells]
    shared = Counter(key for head in heads for key in head)
    own = [frozenset(key for key in head if shared[key] == 1) for head in heads]
    named = [at for at in range(1, len(heads)) if own[at] & keys]
    if not named:
        return False
    said_there: Collection[str] = {
        key for at in (0, *named) for key in (*stated.cells[at].keys, *heads[at])
    }
    elsewhere = {key for cell in stated.cells for key in cell.keys}
    return bool((keys & elsewhere) - set(said_there)) or not any(
        keys & stated.cells[at].keys for at in named
    )
