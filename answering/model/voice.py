"""A team's voice: words that it uses whatever the question, which need no support by a note."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from answering.claims import NEGATION, speaks_against

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
# Words that change a claim are never a matter of style, however often a team uses them.
_CLAIMS = re.compile(
    r"all|always|any|both|each|either|every|few|first|half|if|last|less|many|may|maybe|might|more"
    r"|most|must|often|only|perhaps|probably|rarely|second|seldom|should|some|sometimes|third"
    r"|twice|unless|until|usually|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|twenty|thirty|forty|fifty|hundred|thousand|million|billion|dozen|true|false|wrong|right"
    r"|yes|yea|yeah|yep|aye|ay|nay|nope|nah"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Lower-case words. Make one with `of`, which keeps only words that need no support."""

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> "Voice":
        """Make a voice of the words that claim nothing; drop numbers, negations and quantifiers."""
        return cls(frozenset(word for word in map(str.lower, words) if claims_nothing(word)))

    def claim(self, sentence: str) -> str:
        """Return a sentence without the words of the voice: the part that a note has to support."""
        if not self.words:
            return sentence
        return _WORD.sub(lambda found: "" if found[0].lower() in self.words else found[0], sentence)

    def is_all(self, sentence: str) -> bool:
        """Return whether a sentence consists of words of the voice, such as “Ahoy!”."""
        said = words_in(sentence)
        return bool(said) and said <= self.words


NO_VOICE = Voice()
"""The empty voice: each word needs support."""


def words_in(text: str) -> set[str]:
    """Return the words of a text in lower case."""
    return {word.lower() for word in _WORD.findall(text)}


def claims_nothing(word: str) -> bool:
    """Return whether a text is a single word that changes no claim, so it may be in a voice."""
    return (
        _WORD.fullmatch(word) is not None
        and not any(letter.isdigit() for letter in word)
        and not _CLAIMS.fullmatch(word)
        and not NEGATION.search(word)
        and not speaks_against(word)
    )
