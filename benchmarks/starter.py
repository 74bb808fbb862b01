"""Make the starter model's training examples from the benchmark data and invented facts."""

import argparse
import asyncio
import itertools
import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from answering.evidence.bm25 import bm25
from answering.evidence.notes import Evidence
from answering.types.questions import Turn
from benchmarks.shown_notes import NoteFinder
from benchmarks.splits import TRAIN
from benchmarks.starter_facts import Fact, facts
from benchmarks.starter_sets import (
    Posed,
    chunking_eval,
    clapnq,
    cmrc2018,
    mtrag,
    passage,
    squad2,
    squad2_passages,
)
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.lexical.analyzer import terms
from tuning.examples_for_training import TrainingExample, lesson, write_lessons

_FOLLOW_UPS = 0.12
_NEWEST = datetime(2026, 11, 1, tzinfo=UTC)


class RememberingEmbedder(Embedder):
    """An embedder with a cache of all texts."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._known: dict[str, list[float]] = {}

    def count_tokens(self, text: str) -> int:
        """Count tokens with the embedder."""
        return self._embedder.count_tokens(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed the texts that are not in the cache; return all vectors."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed_documents(new), strict=True))
        return [self._known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Embed as a document."""
        return self.embed_documents([text])[0]


class Finder:
    """Finds the passages nearest to a question: MiniLM plus BM25, each divided by its maximum."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        self._passages, self._embedder = passages, embedder
        texts = [f"{p.title}: {p.text}" for p in passages]
        self._words = [terms(text) for text in texts]
        self._frequency = Counter(term for words in self._words for term in set(words))
        self._vectors = np.asarray(embedder.embed_documents(texts), dtype=np.float32)

    def find(self, question: str, count: int) -> list[Passage]:
        """Return the best `count` passages, best first."""
        cosines = self._vectors @ np.asarray(self._embedder.embed_query(question), np.float32)
        lexical = np.asarray(bm25(self._rarity(question), self._words))
        scores = cosines / cosines.max() + lexical / max(lexical.max(), 1e-9)
        return [self._passages[i] for i in np.argsort(-scores, kind="stable")[:count]]

    def _rarity(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each of the question's terms."""
        count = len(self._words)
        known = {term: self._frequency[term] for term in terms(question)}
        return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in known.items()}


class Maker:
    """Makes examples of questions; distractors, order, dates and threads are drawn by `chance`."""

    def __init__(self, embedder: Embedder, chance: random.Random) -> None:
        self._notes, self._chance = NoteFinder(embedder), chance

    async def make(
        self, posed: Posed, passages: Sequence[Passage], thread: Sequence[Turn] = ()
    ) -> TrainingExample:
        """Return an example whose notes are excerpts of `passages` and hold the right sentence."""
        found = await self._notes.find(posed.question, passages)
        notes = list(_with_sentence(found, posed))
        if self._chance.random() < 0.5:
            self._chance.shuffle(notes)
        notes = self._dated([replace(note, n=n) for n, note in enumerate(notes, start=1)])
        n = next(note.n for note in notes if posed.sentence in note.sentences)
        return lesson(posed.question, notes, f"{posed.answer} [{n}]", posed.origin, thread)

    def changed(self, one: Fact, others: Sequence[Fact]) -> TrainingExample:
        """Return an example whose notes disagree; the answer gives both dates, the newest first."""
        old, new = sorted((self._day(), self._day()))
        if old.date() == new.date():
            old -= timedelta(days=30)
        notes = [
            _of_day(note_of(one.label, one.before), old),
            _of_day(note_of(one.label, one.now), new),
            *(_of_day(note_of(other.label, other.now), self._day()) for other in others[:1]),
        ]
        now, before = notes[1].best, notes[0].best
        self._chance.shuffle(notes)
        places = {note.best: n for n, note in enumerate(notes, start=1)}
        answer = (
            f"{now[:-1]} ({new:%Y-%m-%d}). [{places[now]}] "
            f"Before: {before[:-1]} ({old:%Y-%m-%d}). [{places[before]}]"
        )
        numbered = [replace(note, n=n) for n, note in enumerate(notes, start=1)]
        return lesson(one.question, numbered, answer, "facts, changed")

    def stated(self, one: Fact, others: Sequence[Fact]) -> TrainingExample:
        """Return an example about one of several unrelated facts."""
        notes = [note_of(fact.label, fact.now) for fact in (one, *others)]
        self._chance.shuffle(notes)
        notes = self._dated([replace(note, n=n) for n, note in enumerate(notes, start=1)])
        n = next(note.n for note in notes if note.best == one.now)
        return lesson(one.question, notes, f"{one.now} [{n}]", "facts")

    def _dated(self, notes: list[Evidence]) -> list[Evidence]:
        """Date the notes of most examples, in half of those with one date for all."""
        kind = self._chance.random()
        if kind < 0.4:
            return notes
        day = self._day()
        return [_of_day(note, day if kind < 0.7 else self._day()) for note in notes]

    def _day(self) -> datetime:
        return _NEWEST - timedelta(days=self._chance.randrange(2000))


async def lessons(seed: int, renderings: int, *, spans: bool) -> list[TrainingExample]:
    """Return all examples: squad2's TRAIN questions `renderings` times, and some of each other set.

    With `spans`, squad2's questions are answered by the gold span alone, else by its clause.
    """
    chance = random.Random(seed)  # noqa: S311 - a choice of lessons, not a secret
    embedder = RememberingEmbedder(open_embedder("embedded:"))
    maker = Maker(embedder, chance)
    made = await _squad2(maker, embedder, chance, renderings, spans=spans)
    for some, count in ((clapnq(), 90), (chunking_eval(), 80), (cmrc2018(), 24)):
        finder = Finder([posed.passage for posed in some], embedder)
        for posed in chance.sample(some, min(count, len(some))):
            made.append(await maker.make(posed, _around(posed, finder, chance, 2)))
    for posed in mtrag():
        passages = [posed.passage, *posed.others[:2]]
        made.append(await maker.make(posed, passages, posed.thread))
    stream = facts(chance)
    for number in range(100):
        one, *others = itertools.islice(stream, 3)
        made.append(maker.stated(one, others) if number % 5 < 2 else maker.changed(one, others))
        next(stream)
    chance.shuffle(made)
    return made


async def _squad2(
    maker: Maker, embedder: Embedder, chance: random.Random, renderings: int, *, spans: bool
) -> list[TrainingExample]:
    """Make examples of squad2: first with what a search finds, then with random near passages."""
    passages = squad2_passages(TRAIN)
    finder = Finder(list(passages.values()), embedder)
    questions, made = squad2(passages, spans=spans), []
    for rendering in range(renderings):
        for at, posed in enumerate(questions):
            hits = finder.find(posed.question, 3 if rendering == 0 else 7)
            if rendering:
                hits = [*chance.sample(hits, 2), posed.passage]
            elif posed.passage not in hits:
                hits = [*hits[:2], posed.passage]
            thread: tuple[Turn, ...] = ()
            before = questions[at - 1]
            if chance.random() < _FOLLOW_UPS and before.passage == posed.passage:
                thread = (Turn("person", before.question), Turn("bot", f"{before.answer} [1]"))
            made.append(await maker.make(posed, list(dict.fromkeys(hits)), thread))
    return made


def _around(posed: Posed, finder: Finder, chance: random.Random, count: int) -> list[Passage]:
    """Return the right passage among others that are near to the question."""
    others = [found for found in finder.find(posed.question, 6) if found != posed.passage]
    passages = [posed.passage, *chance.sample(others, min(count, len(others)))]
    chance.shuffle(passages)
    return passages


def _with_sentence(found: Sequence[Evidence], posed: Posed) -> Sequence[Evidence]:
    """Return the notes; if they lack the right sentence, add it instead of its passage's notes."""
    if any(posed.sentence in note.sentences for note in found):
        return found
    others = [note for note in found if note.passage.key != posed.passage.key]
    own = Evidence(1, posed.passage, (posed.sentence,), posed.sentence, posed.sentence, 0.0)
    return (own, *others)


def note_of(label: str, sentence: str) -> Evidence:
    """Return a note of one sentence."""
    return Evidence(1, passage(label, label, sentence), (sentence,), sentence, sentence, 0.0)


def _of_day(note: Evidence, day: datetime) -> Evidence:
    return replace(note, passage=replace(note.passage, modified_at=day))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("to", type=Path, help="the file of lessons to write, one a line")
    arguments.add_argument("--renderings", type=int, default=2)
    arguments.add_argument("--targets", choices=["clauses", "spans"], default="clauses")
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    written = asyncio.run(lessons(given.seed, given.renderings, spans=given.targets == "spans"))
    write_lessons(given.to, written)
    for origin, count in Counter(one.origin for one in written).most_common():
        sys.stdout.write(f"{count:5} {origin}\n")
