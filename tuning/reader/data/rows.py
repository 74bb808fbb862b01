"""Show a table's rows as a block: Markdown, or lines of "Head: cell"."""

import csv
import io
import random
from dataclasses import dataclass

from text.sentences import Span
from tuning.reader.data.cutting import Cut

_MOST_CHARACTERS = 900


@dataclass(frozen=True, slots=True)
class Table:
    """A table's head and rows, as text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(text: str) -> Table:
    """Parse CSV text into a table, with whitespace in cells collapsed."""
    rows = [
        tuple(" ".join(cell.split()) for cell in row)
        for row in csv.reader(io.StringIO(text))
        if row
    ]
    return Table(rows[0], tuple(row for row in rows[1:] if len(row) == len(rows[0])))


def show_rows(table: Table, first: int, last: int, answer: str | None, draw: random.Random) -> Cut:
    """Return rows `first` to `last` as text, with the span of the cell `answer` if it is given."""
    made, found = "", None
    markdown = draw.random() < 0.5
    if markdown:
        made = "| " + " | ".join(table.head) + " |\n|" + " --- |" * len(table.head) + "\n"
    for row in table.rows[first : last + 1]:
        made += "| " if markdown else ""
        for at, cell in enumerate(row):
            made += "" if markdown else f"{table.head[at]}: "
            if answer is not None and found is None and cell == answer:
                found = Span(len(made), len(made) + len(cell))
            made += cell + (" | " if markdown else "; " if at + 1 < len(row) else "")
        made = made.rstrip() + "\n"
    return Cut(made.rstrip(), found)


def grow(table: Table, row: int, extra: int, draw: random.Random) -> tuple[int, int]:
    """Return a range of up to `extra` more rows around `row`, as long as the block stays short."""
    first = last = row
    for _ in range(extra):
        before = first > 0 and draw.random() < 0.5
        grown = (first - 1, last) if before else (first, last + 1)
        if grown[1] >= len(table.rows) or size(table, *grown) > _MOST_CHARACTERS:
            break
        first, last = grown
    return first, last


def size(table: Table, first: int, last: int) -> int:
    """Return about how many characters these rows have with their head."""
    rows = (table.head, *table.rows[first : last + 1])
    return sum(len(cell) + 3 for row in rows for cell in row)
