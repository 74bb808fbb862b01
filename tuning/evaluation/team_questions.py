"""A team's own questions that no model was trained on, its exemplars, its secrets. Asks nobody."""

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
"""A line of a dataset, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a dataset holds out: questions, and exemplars of the house style and of others.

    Each question is for those who were answered then. `others` are answers that people wished to be
    different; no exemplars where there are too few. `secrets` are at most 20 of all that was
    learned from what not everybody reads, the training part included.
    """

    questions: Mapping[Readers, tuple[GoldQuestion, ...]]
    house: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()


async def own_questions(database: Database, dataset: str) -> Held:
    """The test part of a dataset. Raises UnknownDataset.

    Only questions whose documents are still there. The style's other exemplars are of questions
    that are trained on, so that no answer is judged by itself.
    """
    lines = [line for line in await lines_of(database, dataset) if _is_right(line)]
    known = await _documents(database, lines)
    tested = [line for line in lines if line["split"] == "test"]
    house = tuple(line["chosen"] for line in tested if line["kind"] == "sft")
    others = tuple(
        line["rejected"] for line in lines if line["rejected"] and line["split"] == "train"
    )
    if min(len(house), len(others)) < _FEWEST_EXEMPLARS:
        house = others = ()
    return Held(_questions(tested, known), house, others, _secrets(lines, known))


async def _documents(database: Database, lines: Iterable[Line]) -> dict[int, tuple[str, Readers]]:
    """The keys and readers of the documents of these lines that are there still."""
    ids = sorted({one["document"] for line in lines for one in line["sources"]})
    values = {"ids": ids}
    rows = await database.fetch_all(_SQL["keys_of_documents"], tuple_row, **values)
    return {id_: (key, frozenset(of)) for id_, key, of in rows}


def _questions(
    lines: Iterable[Line], known: Mapping[int, tuple[str, Readers]]
) -> dict[Readers, tuple[GoldQuestion, ...]]:
    """Each question once for each readers.

    Without right answers: whole sentences that people wished for are found in no other reply.
    """
    found: dict[Readers, dict[str, GoldQuestion]] = {}
    for line in lines:
        documents = frozenset(key for key, _ in _sources(line, known))
        question = DatasetRow.from_line(line).question
        if documents and question:
            one = GoldQuestion(line["key"], question, (), documents)
            found.setdefault(frozenset(line["readers"]), {}).setdefault(question, one)
    return {readers: tuple(questions.values()) for readers, questions in found.items()}


def _secrets(lines: Iterable[Line], known: Mapping[int, tuple[str, Readers]]) -> tuple[Secret, ...]:
    """What rests on a document that not everybody reads, or was said where outsiders are.

    The same of the same dataset. What was brought in was said to nobody.
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
    """Whether the line's answer is one that people wished for."""
    return bool(line["kind"] != "kto" or line["label"])
