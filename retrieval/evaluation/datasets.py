"""Read retrieval datasets in the format of BEIR or of our SQuAD 2.0 files."""

import gzip
import json
import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval.documents import Document
from retrieval.errors import UnreadableCorpus
from text.plain import clean

_GZIP = b"\x1f\x8b"
_VERSION = "1"  # a dataset is indexed once, so its documents never change


@dataclass(frozen=True, slots=True)
class Corpus:
    """A dataset: documents, questions, and a grade for each judged pair of both.

    `grades[question][document]` above 0 means relevant, higher is better. Each question has a
    relevant document; questions without one are left out.
    """

    documents: tuple[Document, ...]
    questions: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]

    def sample(self, count: int, seed: int = 7) -> "Corpus":
        """Return the same documents with at most `count` questions, drawn at random by `seed`."""
        if count >= len(self.questions):
            return self
        chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
        kept = set(chance.sample(sorted(self.questions), count))
        questions = {id_: text for id_, text in self.questions.items() if id_ in kept}
        return replace(self, questions=questions)


def gather(
    documents: Mapping[str, Document],
    questions: Mapping[str, str],
    grades: Mapping[str, Mapping[str, int]],
) -> Corpus:
    """Make a dataset, without the questions that have no relevant document."""
    right = {id_: of for id_, of in grades.items() if any(grade > 0 for grade in of.values())}
    asked = {id_: text for id_, text in questions.items() if id_ in right}
    return Corpus(tuple(documents.values()), asked, {id_: right[id_] for id_ in asked})


def document(key: str, title: str, text: str) -> Document:
    """Make a document of a dataset, with its text cleaned as for indexing."""
    return Document(key, clean(title).strip(), clean(text).strip(), _VERSION)


def read_beir(corpus: Path, queries: Path, qrels: Path) -> Corpus:
    """Read BEIR's `corpus.jsonl`, `queries.jsonl` and qrels, each plain or gzipped.

    Qrels have 3 columns (query, document, grade) or TREC's 4, with or without a header. Raises
    UnreadableCorpus, which names the file and the line.
    """
    documents = read_documents(corpus, "_id")
    questions = {
        text_in(corpus_row, "_id"): text_in(corpus_row, "text") for corpus_row in read_rows(queries)
    }
    grades: dict[str, dict[str, int]] = {}
    for place, question, key, grade in _judgements(qrels):
        if question not in questions:
            raise UnreadableCorpus(f"{place} names the query {question}, which {queries} lacks.")
        if key not in documents:
            raise UnreadableCorpus(f"{place} names the document {key}, which {corpus} lacks.")
        grades.setdefault(question, {})[key] = grade
    return _checked(gather(documents, questions, grades), qrels)


def read_squad2(passages: Path, questions: Path) -> Corpus:
    """Read passages (`id`, `title`, `text`) and questions (`id`, `question`, `passage_id`).

    Both are JSON lines. The relevant document of a question is its passage; unanswerable questions
    are skipped. Raises UnreadableCorpus, which names the file and the line.
    """
    documents = read_documents(passages, "id")
    asked: dict[str, str] = {}
    grades: dict[str, dict[str, int]] = {}
    for row in read_rows(questions):
        if row.fields.get("unanswerable") is True:
            continue
        id_, key = text_in(row, "id"), text_in(row, "passage_id")
        if key not in documents:
            raise UnreadableCorpus(f"{row.place} names the passage {key}, which {passages} lacks.")
        asked[id_] = text_in(row, "question")
        grades[id_] = {key: 1}
    return _checked(gather(documents, asked, grades), questions)


@dataclass(frozen=True, slots=True)
class JsonLine:
    """A line's JSON object; `place` is its file and number, for a person."""

    place: str
    fields: dict[str, Any]


def read_documents(path: Path, id_field: str) -> dict[str, Document]:
    """Read the documents of a file, by id. Raises UnreadableCorpus."""
    found: dict[str, Document] = {}
    for row in read_rows(path):
        key = text_in(row, id_field)
        if key in found:
            raise UnreadableCorpus(f"{row.place} has the id {key} again: an id is one document's.")
        title = text_in(row, "title") if row.fields.get("title") is not None else ""
        found[key] = document(key, title, text_in(row, "text"))
    return found


def _checked(corpus: Corpus, judged: Path) -> Corpus:
    if not corpus.questions:
        raise UnreadableCorpus(f"{judged} gives no question a right document: nothing to measure.")
    return corpus


def _judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield the place, question id, document id and grade of each line."""
    for number, line in _lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        columns = [column.strip() for column in columns]
        place = f"{path}, line {number},"
        if len(columns) not in (3, 4):
            raise UnreadableCorpus(f"{place} has {len(columns)} columns: 3 or 4 are wanted.")
        try:
            grade = int(columns[-1])
        except ValueError as error:
            if number == 1:  # a header
                continue
            raise UnreadableCorpus(f"{place} has no whole number as its last column.") from error
        yield place, columns[0], columns[-2], grade


def read_rows(path: Path) -> Iterator[JsonLine]:
    """Yield the objects of a file of JSON lines, plain or gzipped. Raises UnreadableCorpus."""
    for number, line in _lines(path):
        place = f"{path}, line {number},"
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableCorpus(f"{place} is not JSON.") from error
        if not isinstance(fields, dict):
            raise UnreadableCorpus(f"{place} is not a JSON object.")
        yield JsonLine(place, fields)


def text_in(row: JsonLine, field: str) -> str:
    """Return a field as text; numbers are converted. Raises UnreadableCorpus if it is missing."""
    value = row.fields.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableCorpus(f'{row.place} lacks the text "{field}".')
    return str(value)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    number = 0
    try:
        with path.open("rb") as opened:
            gzipped = opened.read(2) == _GZIP
        with gzip.open(path, "rb") if gzipped else path.open("rb") as file:
            for number, line in enumerate(file, 1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
                if text.strip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise UnreadableCorpus(f"{path}, line {number}, is not UTF-8.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableCorpus(f"{path} is broken after line {number}: {error}.") from error
    except OSError as error:
        raise UnreadableCorpus(f"{path} cannot be read: {error.strerror}.") from error
