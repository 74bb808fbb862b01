"""Passages condensed to the few sentences that matter for a question. Does not search."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from answering.evidence.bm25 import bm25, rarity
from retrieval.documents import Passage
from retrieval.embeddings import Embedder
from retrieval.lexical import terms
from retrieval.plain import to_plain
from retrieval.sentences import split_sentences

# Related is what shares so much of the question's weight in words, or is so near in meaning: on
# squad2 these turn away 92% of questions about something else and 2% of those with an answer.
_SHARED_WORDS = 0.3
_NEAR = 0.35
# A sentence that scores less than this share of the best one only leads a small model astray.
_WEAK = 0.6
# Embedding a sentence takes milliseconds that a person waits for. Among twice as many the best one
# was the same for each of 110 questions of squad2.
_MOST_CANDIDATES = 12
_GAP = " … "
_ENDS = (".", "!", ":", ";", "\u3002", "\uff01")
_TABLE_RULE = re.compile(r"\s*\n\|?[ \t]*:?-{2,}:?[ \t]*(?:\||\n|$)")
_LIST_MARK = re.compile(r"^(?:[-*+>]\s+|\d+[.)]\s+)+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The n-th note of an answer: sentences of one passage, its words as they stand in it.

    `quote` is the sentences in a row, gaps between them shown; `best` is the one that bears most
    on the question; `cosine` is how near that one is to the question in meaning, from -1 to 1.
    """

    n: int
    passage: Passage
    sentences: tuple[str, ...]
    best: str
    quote: str
    score: float
    cosine: float = 0.0

    @property
    def label(self) -> str:
        """Where it stands: the document's title and the innermost heading, if it says more."""
        heading = self.passage.headings[-1] if self.passage.headings else ""
        if not heading or heading == self.passage.title:
            return self.passage.title
        return f"{self.passage.title}, {heading}"


@dataclass(frozen=True, slots=True)
class Condensed:
    """The notes made of some passages, and how rare in those each of the question's terms is.

    No note where nothing in the passages is related to the question.
    """

    notes: tuple[Evidence, ...] = ()
    rarity: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    candidate: _Candidate
    score: float
    cosine: float


async def condense(
    question: str, passages: Sequence[Passage], embedder: Embedder, sentences: int = 3
) -> Condensed:
    """The best `sentences` sentences of the passages, grouped by passage, best passage first.

    A sentence's score is its cosine with the question plus its BM25 among the candidates, each
    divided by its maximum: on squad2 the best three hold the answer for 87% of the questions.
    Raises EmbedderUnavailable.
    """
    chosen, weights = await _choose(question, passages, embedder, sentences)
    order = sorted(chosen, key=lambda one: (one.candidate.passage, one.candidate.start))
    return Condensed(_by_passage(order, passages), weights)


async def best_sentences(
    question: str, passages: Sequence[Passage], embedder: Embedder, sentences: int = 3
) -> tuple[str, ...]:
    """The sentences that `condense` takes, best first."""
    chosen, _ = await _choose(question, passages, embedder, sentences)
    return tuple(one.candidate.text for one in chosen)


async def _choose(
    question: str, passages: Sequence[Passage], embedder: Embedder, sentences: int
) -> tuple[list[_Chosen], dict[str, float]]:
    """The sentences, best first, and how rare each of the question's terms is among all."""
    candidates = _candidates(passages)
    if not candidates:
        return [], {}
    asked = set(terms(question))
    # The heading says what a short sentence is about.
    contexts = [f"{_context(passages[c.passage])}: {c.text}" for c in candidates]
    words = [terms(context) for context in contexts]
    weights = rarity(asked, words)
    lexical = np.asarray(bm25(weights, words), dtype=np.float32)
    likely = sorted(np.argsort(-lexical, kind="stable")[:_MOST_CANDIDATES].tolist())
    vectors = np.asarray(
        await embedder.aembed_documents([question, *(contexts[i] for i in likely)]),
        dtype=np.float32,
    )
    cosines = vectors[1:] @ vectors[0]
    shared = max(sum(weights[term] for term in asked.intersection(words[i])) for i in likely)
    if cosines.max() < _NEAR and shared <= _SHARED_WORDS * sum(weights.values()):
        return [], weights
    scores = _scaled(cosines) + _scaled(lexical[likely])
    best = np.argsort(-scores, kind="stable")[:sentences]
    chosen = [
        _Chosen(candidates[likely[i]], float(scores[i]), float(cosines[i]))
        for i in best[scores[best] >= _WEAK * scores.max()].tolist()
    ]
    return chosen, weights


def widen(found: Condensed, passages: Sequence[Passage]) -> Condensed:
    """The passages whole, for a model that can read them; those of the notes come first.

    Without a note there is none: then nothing in the passages is related.
    """
    if not found.notes:
        return found
    condensed = {note.passage.chunk_id: note for note in found.notes}
    first = [note.passage for note in found.notes]
    others = [passage for passage in passages if passage.chunk_id not in condensed]
    notes = tuple(
        _whole(n, passage, condensed.get(passage.chunk_id))
        for n, passage in enumerate((*first, *others), start=1)
    )
    return Condensed(notes, found.rarity)


def _whole(n: int, passage: Passage, condensed: Evidence | None) -> Evidence:
    sentences = tuple(candidate.text for candidate in _candidates([passage])) or (passage.text,)
    return Evidence(
        n=n,
        passage=passage,
        sentences=sentences,
        best=condensed.best if condensed else sentences[0],
        quote=passage.text.strip(),
        score=condensed.score if condensed else 0.0,
        cosine=condensed.cosine if condensed else 0.0,
    )


def _candidates(passages: Sequence[Passage]) -> list[_Candidate]:
    """Every statement of the passages once; headings, a table's too, and questions are none."""
    seen: set[str] = set()
    found: list[_Candidate] = []
    for index, passage in enumerate(passages):
        for span in split_sentences(passage.text):
            raw = passage.text[span.start : span.end]
            text = _readable(raw)
            heads = raw.startswith("#") or _TABLE_RULE.match(passage.text, span.end)
            if heads or text.endswith(("?", "\uff1f")) or len(text) < 3:
                continue
            if text not in seen:
                seen.add(text)
                found.append(_Candidate(index, span.start, span.end, text))
    return found


def _readable(markdown: str) -> str:
    """A sentence's words without the marks of lists, tables and links around them."""
    bare = _LIST_MARK.sub("", markdown.strip())
    if bare.startswith("|"):
        bare = ", ".join(cell for cell in map(str.strip, bare.split("|")) if cell)
    return " ".join(to_plain(bare).split())


def _context(passage: Passage) -> str:
    return " › ".join(dict.fromkeys((passage.title, *passage.headings)))


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    top = scores.max()
    return np.clip(scores, 0, None) / top if top > 0 else np.zeros_like(scores)


def _by_passage(chosen: Sequence[_Chosen], passages: Sequence[Passage]) -> tuple[Evidence, ...]:
    """The chosen sentences as one note a passage, in reading order within it."""
    notes = []
    for index, group in groupby(chosen, key=lambda one: one.candidate.passage):
        sentences = list(group)
        notes.append((passages[index], sentences, max(sentences, key=lambda one: one.score)))
    notes.sort(key=lambda note: -note[2].score)
    return tuple(
        Evidence(
            n=n,
            passage=passage,
            sentences=tuple(one.candidate.text for one in sentences),
            best=best.candidate.text,
            quote=_quote(passage, [one.candidate for one in sentences]),
            score=best.score,
            cosine=best.cosine,
        )
        for n, (passage, sentences, best) in enumerate(notes, start=1)
    )


def _quote(passage: Passage, sentences: Sequence[_Candidate]) -> str:
    """Sentences joined as they stand; a gap between them is shown, rows and items are set apart."""
    quote = sentences[0].text
    for before, sentence in pairwise(sentences):
        if passage.text[before.end : sentence.start].strip():
            quote += _GAP
        else:
            quote += " " if quote.endswith(_ENDS) else "; "
        quote += sentence.text
    return quote
