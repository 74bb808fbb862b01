"""A team's own questions that no model was trained on, and its exemplars. Asks nobody."""

from dataclasses import dataclass
from typing import Any

from psycopg_pool import AsyncConnectionPool

from answering.gold import GoldQuestion
from answering.grounding import strip_marks
from retrieval.statements import load_statements
from tuning.datasets import lines_of
from tuning.forms import Row

_SQL = load_statements("tuning")
_FEWEST_EXEMPLARS = 4


@dataclass(frozen=True, slots=True)
class Held:
    """What a dataset holds out: questions, and exemplars of the house style and of others.

    `others` are answers that people wished to be different; no exemplars where there are too few.
    """

    questions: tuple[GoldQuestion, ...]
    house: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


async def own_questions(pool: AsyncConnectionPool, workspace: str, dataset: str) -> Held:
    """The test part of a dataset. Raises UnknownDataset.

    Only questions whose documents are still there. The style's other exemplars are of questions
    that are trained on, so that no answer is judged by itself.
    """
    lines = await lines_of(pool, workspace, dataset)
    tested = [line for line in lines if line["split"] == "test" and _is_right(line)]
    ids = sorted({one["document"] for line in tested for one in line["sources"]})
    async with pool.connection() as connection:
        cursor = await connection.execute(
            _SQL["keys_of_documents"], {"workspace": workspace, "ids": ids}
        )
        keys: dict[int, str] = dict(await cursor.fetchall())
    questions: dict[str, GoldQuestion] = {}
    for line in tested:
        documents = frozenset(keys[d] for one in line["sources"] if (d := one["document"]) in keys)
        question = Row.from_line(line).question
        if documents and question:
            answers = (strip_marks(line["chosen"]),)
            found = GoldQuestion(line["key"], question, answers, documents)
            questions.setdefault(question, found)
    house = tuple(line["chosen"] for line in tested if line["kind"] == "sft")
    others = tuple(
        line["rejected"] for line in lines if line["rejected"] and line["split"] == "train"
    )
    if min(len(house), len(others)) < _FEWEST_EXEMPLARS:
        house = others = ()
    return Held(tuple(questions.values()), house, others)


def _is_right(line: dict[str, Any]) -> bool:
    """Whether the line's answer is one that people wished for."""
    return bool(line["kind"] != "kto" or line["label"])
