"""Read question answering datasets: SQuAD 2.0, CLAPnq and MTRAG."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from answering.types.questions import Turn
from retrieval.documents import Document
from retrieval.errors import UnreadableCorpus
from retrieval.evaluation.datasets import JsonLine, document, read_documents, read_rows, text_in

Wanted = Literal["answer", "abstain", "ask back"]
"""The right reaction to a question: answer it, say that there is no answer, or ask back."""

_SPEAKERS: dict[str, Literal["person", "bot"]] = {"user": "person", "agent": "bot"}


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, its right answers (none if it is unanswerable), and the documents they are in.

    For an unanswerable question, `documents` are those where one would look for the answer.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    documents: frozenset[str]
    wanted: Wanted = "answer"
    thread: tuple[Turn, ...] = ()

    @property
    def answerable(self) -> bool:
        """Return whether it has an answer."""
        return self.wanted == "answer"


@dataclass(frozen=True, slots=True)
class GoldSet:
    """A dataset: documents to index, and questions to ask."""

    documents: tuple[Document, ...]
    questions: tuple[GoldQuestion, ...]

    def sample(self, limit: int, seed: int = 7) -> "GoldSet":
        """Draw at most `limit` questions by `seed`, half of them unanswerable if possible."""
        chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
        with_, without = (
            [question for question in self.questions if question.answerable is kind]
            for kind in (True, False)
        )
        few = min(len(without), limit // 2)
        many = min(len(with_), limit - few)
        few = min(len(without), limit - many)
        kept = {q.id for q in chance.sample(with_, many) + chance.sample(without, few)}
        return replace(self, questions=tuple(q for q in self.questions if q.id in kept))


def read_squad2(passages: Path, questions: Path) -> GoldSet:
    """Read passages (`id`, `title`, `text`) and questions, JSON lines, each plain or gzipped.

    A question has `id`, `question`, `passage_id`, and `answers` (texts) or `unanswerable`. Raises
    UnreadableCorpus, also for a question that has neither.
    """
    documents = read_documents(passages, "id")
    found = tuple(_squad2_question(row, documents) for row in read_rows(questions))
    return _checked(GoldSet(tuple(documents.values()), found), questions)


def read_answers(questions: Path) -> dict[str, tuple[str, ...]]:
    """Read the right answers from questions as in `read_squad2`, by question id.

    Questions without answers are left out. Raises UnreadableCorpus.
    """
    found = {text_in(row, "id"): _answers(row) for row in read_rows(questions)}
    return {id_: answers for id_, answers in found.items() if answers}


def read_clapnq(files: Sequence[Path]) -> GoldSet:
    """Read CLAPnq's answerable.jsonl and unanswerable.jsonl: long answers, each from one passage.

    Raises UnreadableCorpus.
    """
    documents: dict[str, Document] = {}
    found = []
    for row in _all_rows(files):
        id_ = text_in(row, "id")
        passage = _first(row, "passages")
        documents[id_] = document(id_, str(passage.get("title") or ""), str(passage.get("text")))
        answers = tuple(
            text for given in _list(row, "output") if (text := str(given.get("answer") or ""))
        )
        wanted: Wanted = "answer" if answers else "abstain"
        found.append(
            GoldQuestion(id_, text_in(row, "input"), answers, frozenset({id_}), wanted=wanted)
        )
    return _checked(GoldSet(tuple(documents.values()), tuple(found)), files[0])


def read_mtrag(file: Path) -> GoldSet:
    """Read MTRAG's tasks: the last turn of a conversation, to be answered, refused or asked back.

    Raises UnreadableCorpus.
    """
    documents: dict[str, Document] = {}
    found = []
    for row in read_rows(file):
        contexts = {
            str(passage["document_id"]): document(
                str(passage["document_id"]), passage.get("title") or "", str(passage.get("text"))
            )
            for passage in row.fields.get("contexts") or []
            if isinstance(passage, dict) and "document_id" in passage
        }
        documents.update(contexts)
        found.append(_mtrag_question(row, frozenset(contexts)))
    return _checked(GoldSet(tuple(documents.values()), tuple(found)), file)


def _squad2_question(row: JsonLine, documents: dict[str, Document]) -> GoldQuestion:
    key = text_in(row, "passage_id")
    if key not in documents:
        raise UnreadableCorpus(f"{row.place} names the passage {key}, which is not there.")
    answers = _answers(row)
    unanswerable = row.fields.get("unanswerable") is True
    if not unanswerable and not answers:
        raise UnreadableCorpus(
            f'{row.place} has neither "answers" nor "unanswerable": true, so that no answer to it '
            "can be judged."
        )
    return GoldQuestion(
        id=text_in(row, "id"),
        text=text_in(row, "question"),
        answers=() if unanswerable else answers,
        documents=frozenset({key}),
        wanted="abstain" if unanswerable else "answer",
    )


def _answers(row: JsonLine) -> tuple[str, ...]:
    """Return the answers that are not blank. Raises UnreadableCorpus unless they are texts."""
    answers = row.fields.get("answers") or []
    if not isinstance(answers, list) or not all(isinstance(text, str) for text in answers):
        raise UnreadableCorpus(f'{row.place} has "answers" that are not a list of texts.')
    return tuple(text for text in answers if text.strip())


def _mtrag_question(row: JsonLine, documents: frozenset[str]) -> GoldQuestion:
    kinds = {str(kind) for kind in row.fields.get("answerability") or []}
    turns = [
        Turn(_SPEAKERS.get(str(turn.get("speaker")), "person"), str(turn.get("text")))
        for turn in _list(row, "input")
    ]
    wanted: Wanted = "answer" if kinds & {"ANSWERABLE", "PARTIAL"} else "abstain"
    if "UNDERSPECIFIED" in kinds:
        wanted = "ask back"
    answers = tuple(str(turn.get("text")).strip() for turn in _list(row, "targets"))
    return GoldQuestion(
        id=text_in(row, "task_id"),
        text=turns[-1].text,
        answers=answers if wanted == "answer" else (),
        documents=documents,
        wanted=wanted,
        thread=tuple(turns[:-1]),
    )


def _all_rows(files: Sequence[Path]) -> Iterator[JsonLine]:
    for file in files:
        yield from read_rows(file)


def _list(row: JsonLine, field: str) -> list[dict[str, Any]]:
    """Return a field that is a list of at least one object. Raises UnreadableCorpus otherwise."""
    value = row.fields.get(field)
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        raise UnreadableCorpus(f'{row.place} lacks the list "{field}".')
    return value


def _first(row: JsonLine, field: str) -> dict[str, Any]:
    return _list(row, field)[0]


def _checked(gold: GoldSet, file: Path) -> GoldSet:
    if not gold.questions:
        raise UnreadableCorpus(f"{file} holds no question: nothing to measure.")
    ids = [question.id for question in gold.questions]
    if len(set(ids)) < len(ids):
        again = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise UnreadableCorpus(f"{file} has the id {again} again: an id is one question's.")
    return gold
