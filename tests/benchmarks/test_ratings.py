"""Ratings in, KTO rows out: exact, by themselves and through the house's own tables."""

import gzip
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from benchmarks.ratings import Rated, kto_rows, read_ratings
from database.database import Database
from tests.tuning.rated_answers import nothing
from tuning.feedback.collect import collect
from tuning.feedback.examples import key_of
from tuning.review.queue import queue

QUALITIES = ("appropriateness", "completeness", "faithfulness", "naturalness")


@pytest.fixture
def file(shared_data: Path) -> Path:
    """The ratings; without them there is nothing to test."""
    found = shared_data / "data" / "mtrag" / "mtrag_human_ratings.json.gz"
    if not found.is_file():
        pytest.skip("the ratings are not here")
    return found


def test_ratings_become_rows(file: Path) -> None:
    """Each answer is a row with what most of its raters held, counted anew; at odds, it is none."""
    raw: list[dict[str, Any]] = json.loads(gzip.decompress(file.read_bytes()))["evaluations"]
    wanted = []
    for said in raw:
        points: dict[str, list[int]] = {}
        for quality in QUALITIES:
            for rater, given in said["annotations"][quality].items():
                points.setdefault(rater, []).append(int(given["value"]))
        good = sum(min(given) >= 3 for given in points.values())
        if 2 * good != len(points):
            wanted.append((said["model_response"], 2 * good > len(points)))
    rows = kto_rows(read_ratings(file))
    assert [(row.chosen, row.label) for row in rows] == wanted
    assert (len(raw), len(rows), sum(label for _, label in wanted)) == (477, 472, 383)
    assert {row.prompt[-1].role for row in rows} == {"user"}


async def test_ratings_through_the_house(file: Path, database: Database) -> None:
    """As thumbs on served answers: every good one is an example, every bad one that teaches."""
    rated = read_ratings(file)
    await _serve(database, rated)
    collected = await collect(database, nothing, str)
    examples = await queue(database)
    wanted = set()
    for n, one in enumerate(rated, start=1):
        for row in kto_rows([one]):
            if row.label or collected.causes[n].teaches:
                wanted.add(key_of("kto", one.question, one.answer, label=row.label))
    assert {(one.kind, one.origin) for one in examples} == {("kto", "thumbs")}
    assert {one.key for one in examples} == wanted
    causes = Counter(collected.causes.values())
    untaught = sum(count for cause, count in causes.items() if not cause.teaches)
    assert sum(collected.left_out.values()) >= untaught > 0


async def _serve(database: Database, rated: list[Rated]) -> None:
    """The answers under numbers from 1 on, with their documents, thumbs and reasons."""
    texts = {key: text for one in rated for key, text in one.documents.items()}
    numbers = {key: number for number, key in enumerate(sorted(texts), start=1)}
    answers, labels, remarks = [], [], []
    for n, one in enumerate(rated, start=1):
        evidence = [
            {"n": place, "document_id": numbers[key], "chunk_id": numbers[key], "quote": text}
            for place, (key, text) in enumerate(one.documents.items(), start=1)
        ]
        prompt = [asdict(message) for message in one.prompt]
        answers.append((n, one.question, Jsonb(prompt), Jsonb(evidence), one.answer, one.system))
        labels += [(n, who, "good" if good else "bad") for who, good in one.thumbs.items()]
        remarks += [(n, who, sorted(reasons)) for who, reasons in one.reasons.items()]
    async with database.connection() as connection, connection.cursor() as cursor:
        await cursor.execute(
            "insert into sources (id, workspace, kind, location) overriding system value"
            " values (1, 'home', 'files', 'mtrag')"
        )
        await cursor.executemany(
            "insert into documents (id, workspace, source_id, key, title, text, version, hash,"
            " readers) overriding system value values"
            " (%s, 'home', 1, %s, '', %s, '1', 'h', '{public}')",
            [(number, key, texts[key]) for key, number in numbers.items()],
        )
        await cursor.executemany(
            "insert into answers (id, workspace, question, readers, messages, evidence, text,"
            " model, citations, abstained, generation, prompt_version, timings_ms)"
            " overriding system value"
            " values (%s, 'home', %s, '{public}', %s, %s, %s, %s, '[]', false, 1, 'p', '{}')",
            answers,
        )
        await cursor.executemany(
            "insert into feedback (workspace, answer_id, person, label, surface)"
            " values ('home', %s, %s, %s, 'button')",
            labels,
        )
        await cursor.executemany(
            "insert into remarks (workspace, answer_id, person, reasons, note)"
            " values ('home', %s, %s, %s, '')",
            remarks,
        )
