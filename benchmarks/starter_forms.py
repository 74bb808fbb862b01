"""Make the examples of the starter's third stage, in the form of the chain's prompts.

    python -m benchmarks.starter_forms lessons.jsonl [--seed 23]

One to three notes of at most 80 words: paragraphs, rows of a table with their column names, rules,
and lead-ins of a list, steps, a table or code.
"""

import argparse
import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from answering.evidence.excerpts import name_cells
from answering.evidence.notes import Evidence, announce, join_rows
from answering.writing.drafts import is_long
from benchmarks.shared import rows as rows_of
from benchmarks.splits import TRAIN
from benchmarks.starter_clauses import as_sentence
from benchmarks.starter_facts import facts
from benchmarks.starter_office import Rule, announcements, rows, rules
from benchmarks.starter_sets import Posed, sentences, squad2, squad2_passages
from benchmarks.starter_sets import passage as passage_of
from tuning.examples_for_training import TrainingExample, lesson, write_lessons
from tuning.reader.data.rows import read_table

SEED = 23
_MOST_ROWS = 4
_LONGEST_CELL = 8  # words


class FormMaker:
    """Makes examples; the notes beside the right one, and their order, are random."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a choice of lessons, not a secret

    def all(self) -> list[TrainingExample]:
        """Return some eleven hundred examples in random order."""
        made = [
            *itertools.islice(self.paragraphs(TRAIN), 520),
            *itertools.islice(self.table_rows(), 200),
            *itertools.islice(self._office_rows(), 110),
            *itertools.islice(self._rules(), 160),
            *itertools.islice(self._facts(), 30),
            *itertools.islice(self._announcements(), 100),
        ]
        self._chance.shuffle(made)
        return made

    def paragraphs(self, titles: frozenset[str]) -> Iterator[TrainingExample]:
        """Yield squad2's questions with a part of their passage, answered by the gold words."""
        passages = squad2_passages(titles)
        posed = squad2(passages, spans=True)
        self._chance.shuffle(posed)
        for one in posed:
            label = one.passage.title
            note = _note(label, self._around(one))
            beside = self._chance.choice(posed)
            others = [_note(beside.passage.title, self._around(beside))]
            is_alone = beside.passage == one.passage or self._chance.random() < 0.5
            yield self._lesson(
                one.question, note, [] if is_alone else others, one.answer, "paragraph"
            )

    def _around(self, posed: Posed) -> str:
        """Return a random number of sentences around the right one, within 80 words."""
        told = sentences(posed.passage.text)
        at = told.index(posed.sentence) if posed.sentence in told else 0
        first, after = at, at + 1
        for _ in range(self._chance.randrange(4)):
            grown = self._chance.choice(((first - 1, after), (first, after + 1)))
            if grown[0] >= 0 and not is_long(" ".join(told[slice(*grown)])):
                first, after = grown
        return " ".join(told[first:after])

    def table_rows(self) -> Iterator[TrainingExample]:
        """Yield questions about Wikipedia's tables that one row answers, some with other rows."""
        passages = {row["id"]: row for row in rows_of("wikitablequestions/passages.jsonl.gz")}
        asked = list(rows_of("wikitablequestions/questions.jsonl.gz"))
        self._chance.shuffle(asked)
        for one in asked:
            passage, at, answer = passages[one["passage_id"]], one["row"], one["answers"][0]
            if None in (at, one["column"]) or len(answer.split()) > _LONGEST_CELL:
                continue
            table = read_table(passage["text"])
            if at >= len(table.rows) or answer not in table.rows[at]:
                continue
            others = [*table.rows[:at], *table.rows[at + 1 :]]
            quote = self._rows(table.head, table.rows[at], others)
            if not is_long(quote):
                said = f"{one['column']}: {answer}"
                yield self._lesson(one["question"], _note(passage["title"], quote), [], said, "row")

    def _office_rows(self) -> Iterator[TrainingExample]:
        for one in rows(self._chance):
            note = _note(f"Handbook, {one.label}", self._rows(one.columns, one.cells, one.others))
            yield self._lesson(one.question, note, [], one.answer, "row")

    def _rows(
        self, names: Sequence[str], row: Sequence[str], others: Sequence[Sequence[str]]
    ) -> str:
        """Return a row in words, among none to three of the others."""
        count = min(len(others), self._chance.choice((0, 0, 1, 2, _MOST_ROWS - 1)))
        shown = [row, *self._chance.sample(list(others), count)]
        self._chance.shuffle(shown)
        return join_rows(name_cells(names, cells) for cells in shown)

    def _rules(self) -> Iterator[TrainingExample]:
        stream = rules(self._chance)
        while True:
            one, *others = itertools.islice(stream, self._chance.randint(1, 4))
            told = [one.said, *(other.said for other in others)]
            self._chance.shuffle(told)
            beside = next(stream)
            notes = [_note(f"Handbook, {beside.label}", beside.said)]
            note = _note(f"Handbook, {one.label}", " ".join(told))
            is_alone = self._chance.random() < 0.6
            yield self._lesson(
                one.question, note, [] if is_alone else notes, yes_or_no(one), "yes or no"
            )

    def _facts(self) -> Iterator[TrainingExample]:
        for one in facts(self._chance):
            yield self._lesson(one.question, _note(one.label, one.now), [], one.now, "fact")

    def _announcements(self) -> Iterator[TrainingExample]:
        for one in announcements(self._chance):
            note = _note(f"Handbook, {one.label}", announce(one.lead, one.kind, one.count))
            yield self._lesson(one.question, note, [], one.answer, "lead-in")

    def _lesson(
        self, question: str, note: Evidence, others: Sequence[Evidence], answer: str, origin: str
    ) -> TrainingExample:
        notes = [note, *others]
        self._chance.shuffle(notes)
        numbered = [replace(one, n=n) for n, one in enumerate(notes, start=1)]
        n = 1 + notes.index(note)
        said = answer if origin == "lead-in" else as_sentence(answer)
        return lesson(question, numbered, f"{said} [{n}]", origin)


def _note(label: str, quote: str) -> Evidence:
    return Evidence(1, passage_of(label, label, quote), (quote,), quote, quote, 0.0)


def yes_or_no(rule: Rule) -> str:
    """Return the answer to a rule's question: yes or no, and the rule."""
    return f"{'Yes' if rule.is_yes else 'No'}, {_inside(rule.said)}"


def _inside(sentence: str) -> str:
    """Lower a sentence's first letter to follow "Yes,"; a name keeps its capital."""
    first, _, rest = sentence.partition(" ")
    return f"{first if first[1:] != first[1:].lower() else first.lower()} {rest}"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("to", type=Path, help="the file of lessons to write, one a line")
    arguments.add_argument("--seed", type=int, default=SEED)
    given = arguments.parse_args()
    written = FormMaker(given.seed).all()
    write_lessons(given.to, written)
    for name, count in Counter(one.origin for one in written).most_common():
        sys.stdout.write(f"{count:5} {name}\n")
