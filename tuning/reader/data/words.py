"""Compare texts by their content words."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LITTLE_WORDS = """
    a an and are as at be been by can could did do does for from had has have how in is it its
    many much of on or that the their there they this to was were what when where which who whom
    whose why will with would you your i my we our he she his her
"""
_LITTLE = frozenset(_LITTLE_WORDS.split())


def content_words(text: str) -> set[str]:
    """Return the lowercased words of `text` without stop words."""
    return {word for word in _WORD.findall(text.lower()) if word not in _LITTLE}


class Nearest:
    """An index of texts that ranks them by the content words shared with a question."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._sizes = [max(1, len(text)) for text in texts]
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(texts):
            for word in content_words(text):
                self._places[word].append(at)

    def rank(self, question: str, most: int) -> list[int]:
        """Return the positions of the `most` nearest texts, nearest first, by inverse frequency."""
        total = len(self._sizes)
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(content_words(question)):
            places = self._places.get(word, [])
            for at in places:
                scores[at] += math.log(1 + total / len(places)) * 1000
        # Dampened length normalization: a long passage shares more words by chance.
        order = sorted(scores, key=lambda at: (-scores[at] / self._sizes[at] ** 0.25, at))
        return order[:most]
