"""Turn questions about prose into examples: answered ones, and five kinds of unanswered ones."""

import random
from collections import defaultdict
from collections.abc import Sequence

from tuning.reader.data.cutting import cut_around, cut_near, without_answer
from tuning.reader.data.examples import ReaderExample, draw_example
from tuning.reader.data.questions import AskedPassage, ReaderQuestion
from tuning.reader.data.swapping import find_names, swap
from tuning.reader.data.words import Nearest

_NEAREST = 6
"""How many of the nearest passages are searched for one that does not answer."""


class ProseExamples:
    """Makes examples from one domain's questions; each method returns None where it cannot."""

    def __init__(self, asked: Sequence[ReaderQuestion], draw: random.Random) -> None:
        self._draw = draw
        self._all = list({one.passage.id: one.passage for one in asked}.values())
        self._groups: dict[str, list[AskedPassage]] = defaultdict(list)
        for passage in self._all:
            self._groups[passage.group].append(passage)
        self._nearest = {
            group: Nearest([one.text for one in found]) for group, found in self._groups.items()
        }
        self._names = {
            group: sorted({name for one in found for name in find_names(one.text)})
            for group, found in self._groups.items()
        }
        self._questions: dict[str, set[str]] = defaultdict(set)
        for one in asked:
            self._questions[one.passage.id].add(one.question)

    def right(self, one: ReaderQuestion) -> ReaderExample | None:
        """Return the question with sentences around its answer."""
        if one.span is None:
            return None
        cut = cut_around(one.passage.text, one.span, self._draw)
        return draw_example(one.question, one.passage.title, cut, "right", self._draw)

    def near_miss(self, one: ReaderQuestion) -> ReaderExample:
        """Return a question that a person wrote to have no answer, with its nearest sentences."""
        return self._wrong(one.question, one.passage, one.passage.text, "near-miss")

    def near(self, one: ReaderQuestion) -> ReaderExample | None:
        """Return the question with the nearest other passage of its group that has no answer."""
        found = self._groups[one.passage.group]
        for at in self._nearest[one.passage.group].rank(one.question, _NEAREST):
            if self._is_silent(found[at], one):
                return self._wrong(one.question, found[at], found[at].text, "nearest other")
        return None

    def lacking(self, one: ReaderQuestion) -> ReaderExample | None:
        """Return the question with its own passage, without the sentences that answer it."""
        left = without_answer(one.passage.text, one.span) if one.span else None
        return self._wrong(one.question, one.passage, left, "sentence cut out") if left else None

    def swapped(self, one: ReaderQuestion) -> ReaderExample | None:
        """Return the passage with a changed question that it no longer answers."""
        names = self._names[one.passage.group]
        question = swap(one.question, one.passage.text, names, self._draw)
        if question is None:
            return None
        return self._wrong(question, one.passage, one.passage.text, "swapped")

    def far(self, one: ReaderQuestion) -> ReaderExample | None:
        """Return the question with a random passage of the domain that has no answer."""
        other = self._draw.choice(self._all)
        if not self._is_silent(other, one):
            return None
        return self._wrong(one.question, other, other.text, "any other")

    def _wrong(self, question: str, passage: AskedPassage, text: str, made: str) -> ReaderExample:
        cut = cut_near(text, question, self._draw)
        return draw_example(question, passage.title, cut, made, self._draw)

    def _is_silent(self, other: AskedPassage, one: ReaderQuestion) -> bool:
        """Return whether `other` is another passage, not asked this and without a gold answer."""
        if other.id == one.passage.id or one.question in self._questions[other.id]:
            return False
        text = other.text.lower()
        return not any(gold.lower() in text for gold in one.golds)
