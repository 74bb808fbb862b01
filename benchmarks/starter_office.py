"""Generate rules, tables and instructions of a fictional team."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answering.evidence.blocks import Kind

_OFFICE: dict[str, Any] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
_CELLS: dict[str, list[str]] = _OFFICE["cells"]
_ASKS_HOW = ("how do i {}?", "steps to {}?", "how can I {}", "what do I do to {}")
_ASKS_COMMAND = ("command to {}?", "how do i {}?", "how can I {} from the shell?")
_ASKS_WHICH = ("{}?", "can you list {}", "whats the list of {}", "tell me {}")
_COUNTS: dict[Kind, Sequence[int]] = {"steps": range(3, 12), "list": range(3, 16)}
_PERSON = re.compile(r"(?:of|by|with|if) \{\}")
_DAYS = ("Mondays", "Tuesdays", "Fridays")
_NUMBERS = ("5", "10", "14", "20", "30", "45", "60")
_MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """A yes-or-no question, the label and text of its rule, and the answer."""

    question: str
    label: str
    said: str
    is_yes: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A question that one cell of a table's row answers; `others` are further rows."""

    question: str
    label: str
    columns: tuple[str, ...]
    cells: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A question answered by a block: its lead-in, and `count` items of a `kind`."""

    question: str
    label: str
    lead: str
    kind: Kind
    count: int
    answer: str


def rules(chance: random.Random) -> Iterator[Rule]:
    """Yield rules without end, each topic in turn, that allow, forbid or restrict by chance."""
    while True:
        for topic in _OFFICE["rules"]:
            how = chance.choice(("allows", "forbids", "restricts"))
            said = _filled(topic[how], chance)
            yield Rule(_typed(topic["question"], chance), topic["label"], said, how != "forbids")


def rows(chance: random.Random) -> Iterator[Row]:
    """Yield rows of tables without end, each table in turn."""
    while True:
        for table in _OFFICE["tables"]:
            row, *others = _drawn(table["kinds"], chance)
            column = chance.randrange(1, len(row))
            asked = table["questions"][column - 1].format(row[0])
            yield Row(
                question=_typed(f"{asked}?", chance),
                label=table["label"],
                columns=tuple(table["columns"]),
                cells=row,
                others=tuple(others),
                answer=f"{table['columns'][column]}: {row[column]}",
            )


def announcements(chance: random.Random) -> Iterator[Announcement]:
    """Yield steps, lists, code and tables without end, with or without their own lead-in."""
    while True:
        for done in _OFFICE["done"]:
            kind: Kind = chance.choice(("steps", "steps", "code"))
            asked = chance.choice(_ASKS_COMMAND if kind == "code" else _ASKS_HOW).format(done)
            lead = chance.choice(("", "To {}:", "This is how you {}:", "To {}, do this:"))
            yield _announced(asked, done, (lead.format(done), f"To {done}:"), kind, chance)
        for named in _OFFICE["named"]:
            kind = chance.choice(("list", "list", "table"))
            asked = chance.choice(_ASKS_WHICH).format(named)
            bare = f"{_capital(named)}:"
            lead = chance.choice(("", bare, f"This is {named}:"))
            yield _announced(asked, named, (lead, bare), kind, chance)


def _announced(
    question: str, about: str, leads: tuple[str, str], kind: Kind, chance: random.Random
) -> Announcement:
    lead, bare = leads
    count = chance.choice(_COUNTS.get(kind, (1,)))
    typed = _typed(question, chance)
    return Announcement(typed, _capital(about), lead, kind, count, lead or bare)


def _drawn(kinds: Sequence[str], chance: random.Random) -> list[tuple[str, ...]]:
    """Return one to four rows that differ in their first cell."""
    firsts = _CELLS[kinds[0]]
    chosen = chance.sample(firsts, chance.randint(1, min(_MOST_ROWS, len(firsts))))
    return [(first, *(chance.choice(_CELLS[kind]) for kind in kinds[1:])) for first in chosen]


def _filled(sentence: str, chance: random.Random) -> str:
    """Fill a rule's gap: a person, a day of the week, or a number."""
    if _PERSON.search(sentence):
        return sentence.format(chance.choice(_CELLS["name"]))
    return sentence.format(chance.choice(_DAYS if "only on {}" in sentence else _NUMBERS))


def _typed(question: str, chance: random.Random) -> str:
    """Return the question as people type it: half of the time in lower case without its mark."""
    return question if chance.random() < 0.5 else question.lower().rstrip("?")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
