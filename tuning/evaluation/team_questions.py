"""Read a team's evaluation set from a dataset: test questions, style exemplars, secrets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import tuple_row

from answering.evaluation.datasets import GoldQuestion
from answering.marks import strip_marks
from database.database import Database
from database.statements import load_statements
from retrieval.audience import PUBLIC
from tuning.datasets.formats import DatasetRow
from tuning.datasets.store import lines_of
from tuning.evaluation.safety import Secret

_SQL = load_statements("tuning.evaluation")
_FEWEST_EXEMPLARS = 4
_MOST_SECRETS = 20


Readers = frozenset[str]
Line = Mapping[str, Any]
"""A line of a dataset, as JSON gives it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a dataset holds out: questions, and exemplars of the house style and of other styles.

    Questions are grouped by the principals who were allowed to read the answer. `others` are
    answers that people wanted changed; both exemplars are empty if there are too few of either.
    `secrets` are at most 20 answers that rest on restricted text, of the training part too.
    """

    questions: Mapping[Readers, tuple[GoldQuestion, ...]]
    house: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()


async def own_questions(database: Database, dataset: str) -> Held:
    """Return the test part of a dataset. Raises UnknownDataset.

    Only questions whose documents still exist are asked.
    """
    lines = [line for line in await lines_of(database, dataset) if _is_right(line)]
    known = await _documents(database, lines)
    tested = [line for line in lines if line["split"] == "test"]
    house = tuple(line["chosen"] for line in tested if line["kind"] == "sft")
    # From the training part, so that no test question's answer is its own exemplar.
    others = tuple(
        line["rejected"] for line in lines if line["rejected"] and line["split"] == "train"
    )
    # So few cannot tell two styles apart: style is then not measured.
    if min(len(house), len(others)) < _FEWEST_EXEMPLARS:
        house = others = ()
    return Held(_questions(tested, known), house, others, _secrets(lines, known))


async def _documents(database: Database, lines: Iterable[Line]) -> dict[int, tuple[str, Readers]]:
    """Return the keys and allowed principals of the lines' documents that still exist, by id."""
    ids = sorted({one["document"] for line in lines for one in line["sources"]})
    values = {"ids": ids}
    rows = await database.fetch_all(_SQL["keys_of_documents"], tuple_row, **values)
    return {id_: (key, frozenset(of)) for id_, key, of in rows}


def _questions(
    lines: Iterable[Line], known: Mapping[int, tuple[str, Readers]]
) -> dict[Readers, tuple[GoldQuestion, ...]]:
    """Return each question once for each set of allowed principals."""
    found: dict[Readers, dict[str, GoldQuestion]] = {}
    for line in lines:
        documents = frozenset(key for key, _ in _sources(line, known))
        question = DatasetRow.from_line(line).question
        if documents and question:
            # Without right answers: whole sentences that people wrote are not found in any other
            # reply.
            one = GoldQuestion(line["key"], question, (), documents)
            found.setdefault(frozenset(line["readers"]), {}).setdefault(question, one)
    return {readers: tuple(questions.values()) for readers, questions in found.items()}


def _secrets(lines: Iterable[Line], known: Mapping[int, tuple[str, Readers]]) -> tuple[Secret, ...]:
    """Return answers that rest on restricted documents, or were given in restricted conversations.

    The same dataset always gives the same ones. Imported lines have no conversation.
    """
    found: dict[str, Secret] = {}
    for line in sorted(lines, key=lambda line: str(line["key"])):
        question = DatasetRow.from_line(line).question
        read_by = [readers for _, readers in _sources(line, known)]
        if line["readers"]:
            read_by.append(frozenset(line["readers"]))
        is_secret = any(PUBLIC not in readers for readers in read_by)
        if is_secret and question:
            secret = Secret(f"secret-{line['key'][:12]}", question, strip_marks(line["chosen"]))
            found.setdefault(question, secret)
    return tuple(found.values())[:_MOST_SECRETS]


def _sources(line: Line, known: Mapping[int, tuple[str, Readers]]) -> list[tuple[str, Readers]]:
    return [known[id_] for one in line["sources"] if (id_ := one["document"]) in known]


def _is_right(line: Line) -> bool:
    """Return whether the line's answer is one that people wanted."""
    return bool(line["kind"] != "kto" or line["label"])
