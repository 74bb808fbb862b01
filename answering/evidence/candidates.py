"""Take from the pages found the few excerpts that are worth reading for a question."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from answering.conversation.question_kinds import asks_for_code, asks_how, asks_which
from answering.evidence.excerpts import Excerpt, cut_excerpts
from retrieval.documents import Passage
from retrieval.lexical import query_terms, terms
from retrieval.pages import Page
from retrieval.plain import to_plain

_PAGES = 4
_READ = 12
_BACKGROUND = 0.3  # what a term of the question before weighs
_LAST_RANK = 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An excerpt that may answer, and what is known of it, by name."""

    excerpt: Excerpt
    features: Mapping[str, float]


def find_candidates(
    question: str,
    passages: Sequence[Passage],
    pages: Sequence[Page],
    background: str = "",
) -> list[Candidate]:
    """The likeliest 12 excerpts, best first: all of the first page, of others what was found."""
    found = [
        (excerpt, _Hits.of(excerpt, number, passages))
        for number, page in enumerate(pages[:_PAGES])
        for excerpt in cut_excerpts(page)
    ]
    found = [(excerpt, hits) for excerpt, hits in found if hits.on_first_page or hits.any]
    asked = _weights(question, background)
    texts = [_Terms.of(excerpt) for excerpt, _ in found]
    rarity = _rarity(asked, texts)
    candidates = [
        Candidate(
            excerpt,
            {**hits.features(), **_shared(rarity, text), **_form(question, excerpt)},
        )
        for (excerpt, hits), text in zip(found, texts, strict=True)
    ]
    candidates.sort(key=lambda one: -_likely(one.features))
    return candidates[:_READ]


def _likely(features: Mapping[str, float]) -> float:
    """A first guess that is right often enough to choose what is read."""
    return (
        features["passage_score"]
        + 0.5 * features["passage_share"]
        + features["words"]
        + 0.5 * features["words_in_headings"]
        + 0.4 * features["first_page"]
        + 0.3 * features["how_steps"]
    )


@dataclass(frozen=True, slots=True)
class _Hits:
    """The passages that an excerpt stands in: rank and score of each, and the share of it there."""

    on_first_page: bool
    page_score: float
    ranks: tuple[int, ...]
    scores: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, excerpt: Excerpt, page: int, passages: Sequence[Passage]) -> "_Hits":
        on_page = [
            (rank, passage)
            for rank, passage in enumerate(passages)
            if passage.document_id == excerpt.page.document_id
        ]
        inside = [(rank, one, _overlap(excerpt, one)) for rank, one in on_page]
        inside = [hit for hit in inside if hit[2] > 0]
        return cls(
            page == 0,
            max((one.score for _, one in on_page), default=0.0),
            tuple(rank for rank, _, _ in inside),
            tuple(one.score for _, one, _ in inside),
            tuple(share for _, _, share in inside),
        )

    @property
    def any(self) -> bool:
        return bool(self.ranks)

    def features(self) -> dict[str, float]:
        weighed = (score * share for score, share in zip(self.scores, self.shares, strict=True))
        return {
            "passage_score": max(self.scores, default=0.0),
            "passage_share": max(weighed, default=0.0),
            "passage_rank": min(self.ranks, default=_LAST_RANK) / _LAST_RANK,
            "first_passage": float(0 in self.ranks),
            "first_page": float(self.on_first_page),
            "page_score": self.page_score,
        }


def _overlap(excerpt: Excerpt, passage: Passage) -> float:
    """How much of the shorter of the two stands in the other, 0 to 1."""
    start = passage.start - excerpt.page.start
    end = start + len(passage.text)
    shared = min(end, excerpt.end) - max(start, excerpt.start)
    shorter = min(end - start, excerpt.end - excerpt.start)
    return max(0.0, shared / shorter) if shorter else 0.0


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of an excerpt and of the headings above it, the innermost apart."""

    text: frozenset[str]
    headings: frozenset[str]
    heading: frozenset[str]

    @classmethod
    def of(cls, excerpt: Excerpt) -> "_Terms":
        *_, innermost = excerpt.headings or ("",)
        return cls(
            frozenset(terms(to_plain(excerpt.plain))),
            frozenset(terms(" ".join(excerpt.headings))),
            frozenset(terms(innermost)),
        )


def _weights(question: str, background: str) -> dict[str, float]:
    """What each term that is asked for weighs, those of the background less."""
    before = dict.fromkeys(query_terms(background), _BACKGROUND)
    return {**before, **dict.fromkeys(query_terms(question), 1.0)}


def _rarity(asked: Mapping[str, float], texts: Sequence[_Terms]) -> dict[str, float]:
    """Each term's weight times its inverse document frequency among these texts."""
    frequency = Counter(term for text in texts for term in text.text | text.headings)
    return {
        term: weight * math.log(1 + (len(texts) - frequency[term] + 0.5) / (frequency[term] + 0.5))
        for term, weight in asked.items()
    }


def _shared(rarity: Mapping[str, float], text: _Terms) -> dict[str, float]:
    """The share of what is asked for that stands in the text, in its headings, in either."""
    total = sum(rarity.values()) or 1.0

    def share(words: frozenset[str]) -> float:
        return sum(weight for term, weight in rarity.items() if term in words) / total

    missing = (weight for term, weight in rarity.items() if term not in text.text | text.headings)
    return {
        "words": share(text.text | text.headings),
        "words_in_text": share(text.text),
        "words_in_headings": share(text.headings),
        "words_in_heading": share(text.heading),
        "rarest_missing": max(missing, default=0.0),
    }


def _form(question: str, excerpt: Excerpt) -> dict[str, float]:
    """Whether the excerpt has the form that is asked for."""
    kind, how, which = excerpt.kind, asks_how(question), asks_which(question)
    has_code = "```" in excerpt.text or kind == "code"
    kinds: Iterator[tuple[str, float]] = (
        (f"is_{name}", float(kind == name))
        for name in ("paragraph", "section", "list", "item", "steps", "table", "code")
    )
    return {
        **dict(kinds),
        "how_steps": float(how and kind == "steps"),
        "how_fact": float(how and kind in ("item", "table")),
        "which_list": float(which and kind in ("list", "section")),
        "code_wanted": float(has_code and (how or asks_for_code(question))),
        "length": math.log(1 + len(excerpt.text.split())),
    }
