"""Read retrieval lessons from rated answers: questions, what answered them, what misled.

They are read from the database each time, so that no text of theirs is stored anywhere else.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.rows import tuple_row

from answering.conversation.follow_ups import background_of
from answering.marks import marks_in
from answering.types.questions import Question, Turn
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.indexing.golden_questions import GoldenQuestion
from tuning.datasets.freeze import MOST_PER_PERSON, canonical
from tuning.feedback.attribution import Cause, attribute
from tuning.feedback.collect import may_train
from tuning.feedback.examples import plain
from tuning.feedback.rated_answers import RatedAnswer, read_judged
from tuning.feedback.source_spans import Search, SourceSpan, ask_once, find_places

_SQL = load_statements("tuning.retriever")


@dataclass(frozen=True, slots=True)
class SearchLesson:
    """A question as it was searched, its audience, and the source spans that answered or misled.

    `key` and `thread` name its origin; `deciders` are the people whose feedback it is, `people`
    everybody involved.
    """

    key: str
    question: str
    background: str
    audience: Audience
    answered: tuple[SourceSpan, ...]
    misled: tuple[SourceSpan, ...] = ()
    thread: str = ""
    deciders: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    answer_id: int | None = None

    @property
    def documents(self) -> frozenset[int]:
        """All documents of its source spans."""
        return frozenset(place.document_id for place in (*self.answered, *self.misled))


async def read_lessons(
    database: Database,
    search: Search,
    golden: Iterable[GoldenQuestion],
    public_channels: frozenset[str],
    most_per_person: int = MOST_PER_PERSON,
) -> list[SearchLesson]:
    """Return the lessons of all feedback that may be trained on, and of golden questions.

    `collect.may_train` says what may; people who asked for erasure are left out. Newest first. Of
    one question for one audience the newest counts, and of one person the newest `most_per_person`.
    A golden question that grew from a thumb gives no lesson of its own. Raises what `search`
    raises.
    """
    search = ask_once(search)  # what a cause was looked for with is looked at again
    judged = [one for one in await read_judged(database) if may_train(one, public_channels)]
    threads = await _threads(database, [one.id for one in judged])
    found = [_by_hand(one) for one in golden if one.by_hand]
    for one in judged:
        if lesson := await lesson_of(one, threads.get(one.id, ()), search):
            found.append(lesson)
    newest: dict[tuple[str, str, Audience], SearchLesson] = {}
    # Newest first, so that `setdefault` keeps the newest of each question.
    for each in reversed(found):
        newest.setdefault((plain(each.question), each.background, each.audience), each)
    return _balanced(newest.values(), most_per_person)


async def lesson_of(
    judged: RatedAnswer, thread: Sequence[Turn], search: Search
) -> SearchLesson | None:
    """Return what one rated answer teaches, or None if it says nothing about retrieval.

    In a good answer the citations answered. A bad one teaches if its cause is that the right text
    was not retrieved, or if a correction's source is found: that answered, and citations of other
    documents misled. An answer whose question was erased teaches nothing.
    """
    if not judged.question:
        return None
    cited = _cited(judged)
    answered: tuple[SourceSpan, ...] = ()
    misled: tuple[SourceSpan, ...] = ()
    if judged.is_bad:
        cause = await attribute(judged, search)
        if cause in (Cause.NOT_RETRIEVED, Cause.NOT_GROUNDED):
            answered = await find_places(judged, search)
        # An invented answer says nothing about its evidence: the right text may be part of it.
        if not answered and cause is not Cause.NOT_RETRIEVED:
            return None
        right = {place.document_id for place in answered}
        misled = tuple(place for place in cited if place.document_id not in right)
    elif judged.decision is not None and not judged.abstained:
        answered = cited
    if not answered and not misled:
        return None
    asked = Question(judged.question, judged.audience, tuple(thread))
    return SearchLesson(
        key=f"answer:{judged.id}",
        question=judged.question,
        background=background_of(asked),
        audience=judged.audience,
        answered=answered,
        misled=misled,
        thread=judged.thread,
        deciders=_deciders(judged),
        people=judged.people,
        answer_id=judged.id,
    )


def teachable(
    lessons: Sequence[SearchLesson], held_out: Sequence[GoldenQuestion]
) -> list[SearchLesson]:
    """Return the lessons that share no document, question or thread with the held-out questions."""
    documents = {one.document_id for one in held_out}
    questions = {plain(one.question) for one in held_out}
    threads = {one.thread for one in lessons if one.thread and plain(one.question) in questions}
    return [
        one
        for one in lessons
        if documents.isdisjoint(one.documents)
        and plain(one.question) not in questions
        and one.thread not in threads
    ]


def hash_lessons(lessons: Iterable[SearchLesson]) -> str:
    """Return one SHA-256 of all lessons, whatever their order."""
    lines = sorted(
        canonical(
            [
                *(one.key, one.question, one.background, sorted(one.audience.readers)),
                [asdict(place) for place in one.answered],
                [asdict(place) for place in one.misled],
            ]
        )
        for one in lessons
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _by_hand(golden: GoldenQuestion) -> SearchLesson:
    place = SourceSpan(golden.document_id, golden.quote)
    return SearchLesson(f"golden:{golden.id}", golden.question, "", golden.audience, (place,))


def _cited(judged: RatedAnswer) -> tuple[SourceSpan, ...]:
    """Return the cited source spans in documents that the audience may still read."""
    there = {source.document_id for source in judged.sources}
    marks = marks_in(judged.text)
    notes: list[Mapping[str, Any]] = [note for note in judged.evidence if note["n"] in marks]
    return tuple(
        SourceSpan(int(note["document_id"]), str(note["quote"]))
        for note in notes
        if int(note["document_id"]) in there
    )


def _deciders(judged: RatedAnswer) -> frozenset[str]:
    if judged.betters:
        return frozenset({judged.betters[0].author})
    decision = judged.decision
    return frozenset(decision.people if decision else judged.reasons)


def _balanced(lessons: Iterable[SearchLesson], most_per_person: int) -> list[SearchLesson]:
    """Keep the first lessons of each person up to the quota; a lesson of nobody always stays."""
    given: Counter[str] = Counter()
    kept = []
    for lesson in lessons:
        if lesson.deciders and all(given[one] >= most_per_person for one in lesson.deciders):
            continue
        given.update(lesson.deciders)
        kept.append(lesson)
    return kept


async def _threads(database: Database, answers: Sequence[int]) -> dict[int, tuple[Turn, ...]]:
    values = {"ids": list(answers)}
    rows = await database.fetch_all(_SQL["lesson_threads"], tuple_row, **values)
    return {id_: tuple(Turn(**turn) for turn in thread) for id_, thread in rows}
