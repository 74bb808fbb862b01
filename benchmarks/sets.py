"""Read the benchmark data as corpora, one function a set."""

import gzip
import json
import random
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.shared import DATA
from retrieval.documents import Document
from retrieval.evaluation.datasets import Corpus, document, gather, read_beir, read_squad2

_ANSWERED = {"ANSWERABLE", "PARTIAL"}
_CRANFIELD_PART = re.compile(r"^\.([ITABW])(?: (\d+))?$", re.MULTILINE)
_WORST_OF_CRANFIELD = 5


def _scifact() -> Corpus:
    return read_beir(
        _path("scifact/corpus.jsonl.gz"),
        _path("scifact/queries.jsonl"),
        _path("scifact/qrels.tsv"),
    )


def _squad2() -> Corpus:
    return read_squad2(_path("squad2/passages.jsonl.gz"), _path("squad2/questions.jsonl.gz"))


def _cmrc2018() -> Corpus:
    return read_squad2(_path("cmrc2018/passages.jsonl.gz"), _path("cmrc2018/questions.jsonl.gz"))


def _anthropic_docs() -> Corpus:
    """Read chunks of code; each becomes a document without a title."""
    files = json.loads(_path("anthropic_docs/codebase_chunks.json").read_text(encoding="utf-8"))
    documents = {}
    for file in files:
        for chunk in file["chunks"]:
            key = f"{file['original_uuid']}/{chunk['original_index']}"
            # Fenced, since documents are Markdown.
            documents[key] = document(key, "", f"```\n{chunk['content']}\n```")
    rows = _rows("anthropic_docs/codebase_evaluation_set.jsonl")
    grades = {
        str(number): {f"{uuid}/{index}": 1 for uuid, index in row["golden_chunk_uuids"]}
        for number, row in enumerate(rows)
    }
    return gather(documents, {str(n): row["query"] for n, row in enumerate(rows)}, grades)


def _clapnq() -> Corpus:
    """Read the passages of all questions; those of unanswerable ones only distract."""
    answerable = _rows("clapnq/answerable.jsonl")
    documents = {
        row["id"]: document(row["id"], row["passages"][0]["title"], row["passages"][0]["text"])
        for row in answerable + _rows("clapnq/unanswerable.jsonl")
    }
    questions = {row["id"]: row["input"] for row in answerable}
    return gather(documents, questions, {id_: {id_: 1} for id_ in questions})


def _mtrag() -> Corpus:
    """Read the last turns of both files; the passages that came with a task are right."""
    rated = json.loads(gzip.decompress(_path("mtrag/mtrag_human_ratings.json.gz").read_bytes()))
    tasks = _rows("mtrag/mtragun_reference.jsonl.gz")
    passages = rated["documents"] + [passage for task in tasks for passage in task["contexts"]]
    documents: dict[str, Document] = {
        passage["document_id"]: document(
            passage["document_id"], passage.get("title") or "", passage["text"]
        )
        for passage in passages
    }
    questions, grades = {}, {}
    for task in tasks + rated["tasks"]:
        if _ANSWERED.intersection(task.get("answerability") or task["Answerability"]):
            questions[task["task_id"]] = task["input"][-1]["text"]
            grades[task["task_id"]] = {p["document_id"]: 1 for p in task["contexts"]}
    return gather(documents, questions, grades)


def _cranfield() -> Corpus:
    """Read Cranfield; its judgements number questions by order, and grade 1 is best, -1 none."""
    documents = {
        key: document(key, " ".join(parts.get("T", "").split()), parts.get("W", ""))
        for key, parts in _cranfield_parts("cranfield/cran.all.1400")
    }
    asked = [parts["W"] for _, parts in _cranfield_parts("cranfield/cran.qry")]
    grades: dict[str, dict[str, int]] = {}
    for line in _path("cranfield/cranqrel").read_text(encoding="utf-8").splitlines():
        if line.strip():
            question, key, code = line.split()
            worth = _WORST_OF_CRANFIELD - int(code) if int(code) > 0 else 0
            grades.setdefault(question, {})[key] = worth
    questions = {str(number): " ".join(text.split()) for number, text in enumerate(asked, 1)}
    return gather(documents, questions, grades)


SETS: Mapping[str, Callable[[], Corpus]] = MappingProxyType(
    {
        "scifact": _scifact,
        "squad2": _squad2,
        "anthropic_docs": _anthropic_docs,
        "clapnq": _clapnq,
        "mtrag": _mtrag,
        "cmrc2018": _cmrc2018,
        "cranfield": _cranfield,
    }
)
"""The sets that retrieval is measured on, by name."""


def shrink(corpus: Corpus, count: int, seed: int = 7) -> Corpus:
    """Keep all judged documents, and others up to `count` in all."""
    judged = {key for grades in corpus.grades.values() for key in grades}
    others = [document.key for document in corpus.documents if document.key not in judged]
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    room = min(len(others), max(0, count - len(judged)))
    kept = judged.union(chance.sample(others, room))
    return replace(corpus, documents=tuple(d for d in corpus.documents if d.key in kept))


def _cranfield_parts(name: str) -> list[tuple[str, dict[str, str]]]:
    """Return each record's number and its parts by letter."""
    pieces = _CRANFIELD_PART.split(_path(name).read_text(encoding="utf-8"))[1:]
    records: list[tuple[str, dict[str, str]]] = []
    for letter, number, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        if letter == "I":
            records.append((number, {}))
        else:
            records[-1][1][letter] = text
    return records


def _rows(name: str) -> list[dict[str, Any]]:
    data = _path(name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def _path(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        sys.exit(f"The measuring data is not here: {path} (set SHARED_DATA to its folder).")
    return path
