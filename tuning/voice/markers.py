"""Find the phrases that mark a team's voice, and rewrite a text without them.

After Li, Jia, He and Liang 2018 (Delete, Retrieve, Generate): phrases far more frequent in one
style than elsewhere are its markers, and what is left without them is the content. A marker here is
one word, or a short clause around such a word, so that no other word is ever removed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from answering.model.voice import claims_nothing
from tuning.voice.profile import names_in

Phrase = tuple[str, ...]

_LONGEST = 4  # words of a clause
_FEWEST, _SHARE = 4, 0.1  # texts that have it: at least so many, and this share
_TIMES = 10.0  # ratio of the smoothed shares, here to elsewhere
# Parts of addresses, paths and versions are not words.
_WORD = re.compile(r"(?<![\w@./:'\u2019-])\w+(?:['\u2019-]\w+)*(?![\w@/]|[.:]\w)")
_CLAUSE_END = re.compile(r"([,;:!?.\u2026]+|\s[\u2013\u2014-])(?=\s|$)")
_ENDS = (".", "!", "?", "\u2026")


def find_markers(texts: Sequence[str], others: Sequence[str]) -> frozenset[Phrase]:
    """Return the words and short clauses, in lower case, that tell `texts` from `others`.

    Phrases with a name, a number, a negation or a doubt are left out, as they make claims.
    """
    names = {name for text in texts for name in names_in(text)}
    ours, theirs = _counted(texts), _counted(others)
    enough = max(_FEWEST, _SHARE * len(texts))

    def marks(phrase: Phrase) -> bool:
        share = (ours[phrase] + 0.5) / (len(texts) + 1)
        elsewhere = (theirs[phrase] + 0.5) / (len(others) + 1)
        return (
            ours[phrase] >= enough
            and share >= _TIMES * elsewhere
            and all(claims_nothing(word) and word not in names for word in phrase)
        )

    words = {phrase for phrase in ours if len(phrase) == 1 and marks(phrase)}
    clauses = {
        phrase
        for phrase in ours
        if len(phrase) > 1 and marks(phrase) and any((word,) in words for word in phrase)
    }
    return frozenset(words | clauses)


def say_plainly(text: str, markers: frozenset[Phrase]) -> str:
    """Return the text without its markers, and without clauses that consist of one.

    Empty if nothing else is left.
    """
    kept: list[tuple[str, str]] = []
    parts = _CLAUSE_END.split(text)
    for clause, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        said, is_last = _without(clause, markers), end.strip().endswith(_ENDS)
        if said:
            kept.append((said, end))
        elif is_last and kept and not kept[-1][1].endswith(_ENDS):
            kept[-1] = (kept[-1][0], end)
    plain, begins = [], True
    for said, end in kept:
        # An exclamation mark belongs to the voice, too.
        plain.append((said[0].upper() + said[1:] if begins else said) + end.replace("!", "."))
        begins = end.endswith(_ENDS)
    return " ".join(plain)


def _without(clause: str, markers: frozenset[Phrase]) -> str:
    words = list(_WORD.finditer(clause))
    if _small(words) in markers:
        return ""
    for word in reversed(words):
        if (word[0].lower(),) in markers:
            clause = clause[: word.start()] + clause[word.end() :]
    return " ".join(clause.split())


def _counted(texts: Iterable[str]) -> Counter[Phrase]:
    """Count the texts that contain each word and each short clause."""
    return Counter(phrase for text in texts for phrase in set(_phrases(text)))


def _phrases(text: str) -> Iterator[Phrase]:
    for clause in _CLAUSE_END.split(text)[::2]:
        words = _small(_WORD.finditer(clause))
        yield from ((word,) for word in words)
        if len(words) <= _LONGEST:
            yield words


def _small(words: Iterable[re.Match[str]]) -> Phrase:
    return tuple(word[0].lower() for word in words)
