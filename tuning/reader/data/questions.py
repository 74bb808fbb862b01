"""Read the data sets from disk: passages, and the questions that people asked of them."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text.sentences import Span
from tuning.errors import CannotTrain
from tuning.reader.data.words import content_words


@dataclass(frozen=True, slots=True)
class AskedPassage:
    """A passage; `group` is its article or site, `domain` the kind of text."""

    id: str
    title: str
    text: str
    group: str
    domain: str


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """A question about a passage. Without a span the passage does not answer it: a near-miss."""

    id: str
    question: str
    passage: AskedPassage
    span: Span | None
    golds: tuple[str, ...]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped file of JSON lines. Raises CannotTrain if it is missing."""
    if not path.is_file():
        raise CannotTrain(
            f"{path} is missing. Name the folder that holds the data sets with --data; "
            "MODEL_CARD.md lists them with where they come from."
        )
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_asked(folder: Path) -> list[ReaderQuestion]:
    """Return all questions of a data set (passages.jsonl.gz, questions.jsonl.gz) in its order."""
    passages = {
        found["id"]: _passage(folder.name, found)
        for found in read_lines(folder / "passages.jsonl.gz")
    }
    asked = []
    for found in read_lines(folder / "questions.jsonl.gz"):
        passage = passages[found["passage_id"]]
        span = None if found["unanswerable"] else _span(passage.text, found)
        if span is None and not found["unanswerable"]:
            continue  # an answer that is not literally in the passage has no span
        asked.append(
            ReaderQuestion(found["id"], found["question"], passage, span, tuple(found["answers"]))
        )
    return asked


def _passage(name: str, found: dict[str, Any]) -> AskedPassage:
    domain = found.get("domain", name)
    titled = domain not in ("reddit", "amazon")  # those titles are only file numbers
    title = found["title"].replace("_", " ") if titled else ""
    return AskedPassage(found["id"], title, found["text"], title or domain, domain)


def _span(text: str, found: dict[str, Any]) -> Span | None:
    """Return the span that most annotators gave, of those the shortest."""
    counts = Counter(found["answers"])
    for answer in sorted(counts, key=lambda one: (-counts[one], len(one), one)):
        kept = answer.strip()
        if not kept:
            continue
        if "starts" in found:
            start = found["starts"][found["answers"].index(answer)]
            start += len(answer) - len(answer.lstrip())
        else:
            start = _likeliest(text, kept, found["question"])
        if start >= 0 and text[start : start + len(kept)] == kept:
            return Span(start, start + len(kept))
    return None


def _likeliest(text: str, answer: str, question: str) -> int:
    """Return where `answer` is in `text` amid most words of the question, or -1."""
    wanted = content_words(question)
    best, most = -1, -1
    at = text.find(answer)
    while at >= 0:
        around = content_words(text[max(0, at - 120) : at + len(answer) + 120])
        if len(around & wanted) > most:
            best, most = at, len(around & wanted)
        at = text.find(answer, at + 1)
    return best
