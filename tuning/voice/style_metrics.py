"""Measure style: a classifier of the house style, and the countable rules of a style guide."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LENGTHS = (3, 4, 5)
_SMOOTHED = 0.5
_MARK = re.compile(r"\s*\[\d+\]")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
_BLANKS = re.compile(r"\s+")
_AT_MOST = re.compile(
    r"(?:at most|no more than|not more than|up to|fewer than|under) (\d+) words", re.IGNORECASE
)
_NEVER = re.compile(
    r"(?:never|do not|don['\u2019]t|avoid)\s+(?:say|write|use|using|saying|writing)?"
    r"((?:[^.\n\"\u201c'\u2018]|\"[^\"]*\"|\u201c[^\u201d]*\u201d|'[^']*'|\u2018[^\u2019]*\u2019)*)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"]+)\"|\u201c([^\u201d]+)\u201d|\u2018([^\u2019]+)\u2019|'([^']+)'")


class StyleJudge:
    """Estimates whether a text is in the house style rather than in another.

    Naive Bayes over n-grams of three to five characters, word borders included (McCallum and Nigam
    1998; Kanaris and others 2007 for style). Its exemplars must differ from the training examples
    of the model that it scores.
    """

    def __init__(self, house: Iterable[str], others: Iterable[str]) -> None:
        """Fit on exemplars of the house style and of other styles about the same things.

        Raises ValueError if either has no text.
        """
        ours, theirs = _counted(house), _counted(others)
        if not ours or not theirs:
            raise ValueError("a style is told from another by exemplars of both")
        pieces = set(ours) | set(theirs)
        smoothing = _SMOOTHED * len(pieces)
        more = math.log((theirs.total() + smoothing) / (ours.total() + smoothing))
        self._weights = {
            piece: more + math.log((ours[piece] + _SMOOTHED) / (theirs[piece] + _SMOOTHED))
            for piece in pieces
        }

    def score(self, text: str) -> float:
        """Return how strongly the text is in the house style, 0 to 1.

        0.5 if the text has no known n-gram. Citations are ignored.
        """
        found = [self._weights[piece] for piece in _pieces(text) if piece in self._weights]
        if not found:
            return 0.5
        # N-grams overlap: their sum would be sure of everything, so take the mean, as of a short
        # phrase.
        strength = 20 * sum(found) / len(found)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, strength))))

    def share(self, texts: Sequence[str]) -> float:
        """Return the share of texts that score above 0.5. Raises ValueError without any."""
        if not texts:
            raise ValueError("no text, no style")
        return sum(self.score(text) > 0.5 for text in texts) / len(texts)


@dataclass(frozen=True, slots=True)
class StyleRules:
    """The rules of a style guide that can be counted: length, forbidden words, citations."""

    most_words: int | None = None
    forbidden: frozenset[str] = frozenset()
    cites: bool = True

    @classmethod
    def of(cls, guide: str) -> "StyleRules":
        """Parse a guide for rules that can be counted: “at most 30 words”, “never say “leverage””.

        The model reads the rest. Answers must cite, whatever the guide says.
        """
        most = _AT_MOST.search(guide)
        forbidden = frozenset(
            next(filter(None, quoted.groups()))
            for banned in _NEVER.finditer(guide)
            for quoted in _QUOTED.finditer(banned[1])
        )
        return cls(int(most[1]) if most else None, forbidden)

    def broken(self, text: str) -> list[str]:
        """Return a sentence for each rule that the text breaks."""
        said = _WORD.findall(_MARK.sub("", text).lower())
        found = []
        if self.most_words is not None and len(said) > self.most_words:
            found.append(f"It has {len(said)} words; {self.most_words} are the most.")
        plain = f" {' '.join(said)} "
        found += [
            f"It says “{word}”."
            for word in sorted(self.forbidden)
            if f" {' '.join(_WORD.findall(word.lower()))} " in plain
        ]
        if self.cites and not _MARK.search(text):
            found.append("It cites nothing.")
        return found


def _pieces(text: str) -> Iterable[str]:
    plain = f" {_BLANKS.sub(' ', _MARK.sub('', text)).strip().lower()} "
    return (plain[at : at + length] for length in _LENGTHS for at in range(len(plain) - length + 1))


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(piece for text in texts if text.strip() for piece in _pieces(text))
