"""Read people's ratings of answers (MTRAG) as thumbs and reasons, and as KTO rows.

Three raters gave each answer 1 to 4 points for four qualities. A rater who gave 3 or more to each
counts as a thumb up, else as a thumb down with the reasons that the low points stand for.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answering.evidence.notes import Evidence
from answering.types.questions import Turn
from retrieval.documents import Passage
from tuning.datasets.formats import DatasetRow
from tuning.examples_for_training import ChatMessage, lesson
from tuning.feedback.rated_answers import Label, decide

GOOD_FROM = 3
REASONS = {
    "appropriateness": "incomplete",
    "completeness": "incomplete",
    "faithfulness": "unfounded",
    "naturalness": "style",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer with its prompt and documents, and each rater's rating.

    `thumbs` by rater; `reasons` by raters who gave a thumb down; `documents` by id.
    """

    task: str
    system: str
    question: str
    prompt: tuple[ChatMessage, ...]
    documents: Mapping[str, str]
    answer: str
    thumbs: Mapping[str, bool]
    reasons: Mapping[str, frozenset[str]]


def read_ratings(file: Path) -> list[Rated]:
    """Return every rated answer of mtrag_human_ratings.json.gz, in its order."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        content = json.load(opened)
    documents = {one["document_id"]: one for one in content["documents"]}
    tasks = {one["task_id"]: one for one in content["tasks"]}
    prompts = {id_: _prompt(task, documents) for id_, task in tasks.items()}
    return [
        _rated(one, tasks[one["task_id"]], prompts[one["task_id"]], documents)
        for one in content["evaluations"]
    ]


def kto_rows(rated: Sequence[Rated]) -> list[DatasetRow]:
    """Return a row for each answer with the majority's label; ties are left out."""
    rows = []
    for one in rated:
        decision = decide(
            Label(rater, "good" if good else "bad", "reader") for rater, good in one.thumbs.items()
        )
        if decision is not None:
            rows.append(DatasetRow("kto", one.prompt, one.answer, label=decision.is_good))
    return rows


def _rated(
    row: Mapping[str, Any],
    task: Mapping[str, Any],
    prompt: tuple[ChatMessage, ...],
    documents: Mapping[str, Mapping[str, str]],
) -> Rated:
    low: dict[str, set[str]] = {}
    for quality, reason in REASONS.items():
        for rater, given in row["annotations"][quality].items():
            reasons = low.setdefault(rater, set())
            if int(given["value"]) < GOOD_FROM:
                reasons.add(reason)
    return Rated(
        task=row["task_id"],
        system=row["model_id"],
        question=task["input"][-1]["text"],
        prompt=prompt,
        documents={
            one["document_id"]: documents[one["document_id"]]["text"] for one in task["contexts"]
        },
        answer=row["model_response"],
        thumbs={rater: not reasons for rater, reasons in sorted(low.items())},
        reasons={rater: frozenset(reasons) for rater, reasons in sorted(low.items()) if reasons},
    )


def _prompt(
    task: Mapping[str, Any], documents: Mapping[str, Mapping[str, str]]
) -> tuple[ChatMessage, ...]:
    """Return the house prompt with the task's documents as notes, its earlier turns as thread."""
    notes = []
    for n, context in enumerate(task["contexts"], start=1):
        found = documents[context["document_id"]]
        text = found["text"]
        place = Passage(
            n, n, context["document_id"], found.get("title", ""), None, (), text, 0.0, None
        )
        notes.append(Evidence(n, place, (text,), text, text, 0.0))
    *before, last = task["input"]
    thread = [
        Turn("person" if turn["speaker"] == "user" else "bot", turn["text"]) for turn in before
    ]
    return lesson(last["text"], notes, "", "mtrag", thread).prompt
