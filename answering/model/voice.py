"""The words of a voice: what a house says whatever it is asked, and no note has to support.

Learns none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from answering.claims import NEGATION, speaks_against

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
# What changes a claim is never a matter of style, whoever says it how often.
_CLAIMS = re.compile(
    r"all|always|any|both|each|either|every|few|first|half|if|last|less|many|may|maybe|might|more"
    r"|most|must|often|only|perhaps|probably|rarely|second|seldom|should|some|sometimes|third"
    r"|twice|unless|until|usually|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|twenty|thirty|forty|fifty|hundred|thousand|million|billion|dozen|true|false|wrong|right"
    r"|yes|yea|yeah|yep|aye|ay|nay|nope|nah"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Words in small letters; made by `of`, which keeps only what may be said without a note."""

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> "Voice":
        """A voice of those words that claim nothing: no numbers, denials, quantities or doubts."""
        return cls(frozenset(word for word in map(str.lower, words) if claims_nothing(word)))

    def claim(self, sentence: str) -> str:
        """What a sentence says besides its voice, which is what a note has to support."""
        if not self.words:
            return sentence
        return _WORD.sub(lambda found: "" if found[0].lower() in self.words else found[0], sentence)

    def is_all(self, sentence: str) -> bool:
        """Whether a sentence says nothing besides its voice, such as “Ahoy!”."""
        said = words_in(sentence)
        return bool(said) and said <= self.words


NO_VOICE = Voice()
"""Where each word needs support."""


def words_in(text: str) -> set[str]:
    """The words of a text in small letters."""
    return {word.lower() for word in _WORD.findall(text)}


def claims_nothing(word: str) -> bool:
    """Whether a word may belong to a voice: a single one that bears on no claim."""
    return (
        _WORD.fullmatch(word) is not None
        and not any(letter.isdigit() for letter in word)
        and not _CLAIMS.fullmatch(word)
        and not NEGATION.search(word)
        and not speaks_against(word)
    )
