"""Turn questions about tables into examples: rows that hold the answer, and rows that do not."""

import random
from collections.abc import Iterator, Sequence

from tuning.reader.data.examples import ReaderExample, draw_example
from tuning.reader.data.questions import ReaderQuestion
from tuning.reader.data.rows import Table, grow, read_table, show_rows, size
from tuning.reader.data.words import content_words

_SMALL = 1000
_LARGEST = 1400
"""Characters of a block of rows; larger blocks are left out."""


def make_table_examples(
    asked: Sequence[ReaderQuestion], draw: random.Random
) -> Iterator[ReaderExample]:
    """Yield, for each question, rows with the answer, and one row without it."""
    for one in asked:
        table = read_table(one.passage.text)
        answer = " ".join(one.golds[0].split())
        wanted = content_words(one.question)
        shared = [len(content_words(" ".join(row)) & wanted) for row in table.rows]
        places = [at for at, row in enumerate(table.rows) if answer in row]
        if not places:
            continue
        place = max(places, key=lambda at: (shared[at], -at))
        looks_up = len(places) == 1 and shared[place] > 0
        cut = show_rows(table, *_rows(table, place, looks_up, draw), answer, draw)
        if len(cut.text) <= _LARGEST:
            yield draw_example(one.question, one.passage.title, cut, "rows", draw)
        rest = [at for at in range(len(table.rows)) if answer not in table.rows[at]]
        # Only for questions that look up one row: a comparison is answered by several rows
        # together.
        if looks_up and rest:
            other = _other_row(rest, shared, draw)
            cut = show_rows(table, other, other, None, draw)
            if len(cut.text) <= _LARGEST:
                yield draw_example(one.question, one.passage.title, cut, "other row", draw)


def _rows(table: Table, place: int, looks_up: bool, draw: random.Random) -> tuple[int, int]:
    last = len(table.rows) - 1
    if size(table, 0, last) <= _SMALL and draw.random() < 0.5:
        return 0, last
    return grow(table, place, draw.choice((0, 0, 0, 2, 5)) if looks_up else 12, draw)


def _other_row(rest: Sequence[int], shared: Sequence[int], draw: random.Random) -> int:
    """Return mostly the row that shares most with the question, sometimes a random one."""
    near = max(rest, key=lambda at: (shared[at], draw.random()))
    return near if draw.random() < 0.6 else draw.choice(rest)
