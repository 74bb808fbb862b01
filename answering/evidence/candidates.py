"""Select from the pages found the few excerpts that the reader should read for a question."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from answering.conversation.question_kinds import asks_for_code, asks_how, asks_which
from answering.evidence.barred_text import barred_on
from answering.evidence.excerpts import Excerpt, cut_excerpts
from answering.evidence.injection import asks_about_assistants
from answering.evidence.word_features import word_features
from retrieval.documents import Passage
from retrieval.search.pages import Page

_PAGES = 4
_READ = 12  # measured: the right excerpt is among them in 95% (docs/log.md)
_LAST_RANK = 10.0
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
# Release notes say what changed once, which is seldom what is true now.
_RELEASE = re.compile(
    r"^\W*v?\d+\.\d+(?:\.\w+)*\b|^\W*\d{4}-\d\d-\d\d|\brelease notes?\b|\bchange ?log\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An excerpt that may answer, and its features by name."""

    excerpt: Excerpt
    features: Mapping[str, float]


def find_candidates(
    question: str,
    passages: Sequence[Passage],
    pages: Sequence[Page],
    background: str = "",
) -> list[Candidate]:
    """Return the likeliest 12 excerpts, best first.

    They are taken from the whole first page, and from the hits on other pages. Text that addresses
    an assistant is left out, unless the question asks about that.
    """
    asks_about_it = asks_about_assistants(question)
    found = [
        (excerpt, _Hits.of(excerpt, number, passages))
        for number, page in enumerate(pages[:_PAGES])
        for excerpt in cut_excerpts(page, None if asks_about_it else barred_on(page))
    ]
    found = [(excerpt, hits) for excerpt, hits in found if hits.on_first_page or hits.any]
    excerpts = [excerpt for excerpt, _ in found]
    words = word_features(question, background, excerpts)
    asked = _FormAsked(asks_how(question), asks_which(question), asks_for_code(question))
    candidates = [
        Candidate(excerpt, {**hits.features(), **shared, **_form(asked, excerpt)})
        for (excerpt, hits), shared in zip(found, words, strict=True)
    ]
    candidates.sort(key=lambda one: -_likely(one.features))
    return candidates[:_READ]


def _likely(features: Mapping[str, float]) -> float:
    """Score an excerpt by hand-set weights, good enough to choose which 12 are read."""
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
    """The passages that overlap an excerpt: the rank, score and overlap of each."""

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
    """Return the share of the shorter of the two that is in the other, 0 to 1."""
    start = passage.start - excerpt.page.start
    end = start + len(passage.text)
    shared = min(end, excerpt.end) - max(start, excerpt.start)
    shorter = min(end - start, excerpt.end - excerpt.start)
    return max(0.0, shared / shorter) if shorter else 0.0


class _FormAsked(NamedTuple):
    """Whether a question asks for steps, for several things, for code."""

    how: bool
    which: bool
    code: bool


def _form(asked: _FormAsked, excerpt: Excerpt) -> dict[str, float]:
    """Return features of the excerpt's form, and of its match with the form asked for."""
    kind, how, which = excerpt.kind, asked.how, asked.which
    has_code = "```" in excerpt.text or kind == "code"
    kinds: Iterator[tuple[str, float]] = (
        (f"is_{name}", float(kind == name))
        for name in ("paragraph", "section", "list", "item", "steps", "table", "code")
    )
    return {
        **dict(kinds),
        "has_headings": float(_HEADING.search(excerpt.body) is not None),
        "is_release_note": float(any(_RELEASE.search(one) for one in excerpt.headings)),
        "how_steps": float(how and kind == "steps"),
        "how_fact": float(how and kind in ("item", "table")),
        "which_list": float(which and kind in ("list", "section")),
        "code_wanted": float(has_code and (how or asked.code)),
        "length": math.log(1 + len(excerpt.text.split())),
    }
