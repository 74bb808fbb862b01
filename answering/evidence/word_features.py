"""Features of excerpts by the words they share with a question."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from answering.evidence.bm25 import bm25
from answering.evidence.excerpts import Excerpt, split_row
from retrieval.lexical.analyzer import query_terms, terms
from text.plain import to_plain

_MOST_TERMS = 64  # of a question; each is searched for in every excerpt
_BACKGROUND = 0.3  # the weight of a term of the question before


def word_features(
    question: str, background: str, excerpts: Sequence[Excerpt]
) -> list[dict[str, float]]:
    """Return the features of each excerpt, by name; shares are 0 to 1, weighted by idf.

    `background` is the question before; its words count for less.
    """
    texts = [_Terms.of(excerpt) for excerpt in excerpts]
    asked = _Asked.of(question, background, frozenset().union(*(text.all for text in texts)))
    rarity = _rarity(asked, texts)
    ranks = bm25({term: rarity[term] for term in asked.own}, [text.words for text in texts])
    best = max(ranks, default=0.0)
    return [
        {**_shared(asked, rarity, text), "bm25": rank, "bm25_behind": best - rank}
        for text, rank in zip(texts, ranks, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The terms asked for with their weights; `own` are those of the question itself."""

    weights: Mapping[str, float]
    own: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, question: str, background: str, known: Collection[str]) -> "_Asked":
        """Make one; a term as another language would stem it counts only if it is `known`."""
        own = _likely_terms(question, known)
        before = dict.fromkeys(_likely_terms(background, known), _BACKGROUND)
        weights = {**before, **dict.fromkeys(own, 1.0)}
        return cls(weights, frozenset(own), frozenset(pairwise(terms(question))))


def _likely_terms(text: str, known: Collection[str]) -> list[str]:
    likely = set(terms(text))
    found = (term for term in query_terms(text) if term in likely or term in known)
    return list(islice(found, _MOST_TERMS))


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of an excerpt, of its headings, and of a row's first cell."""

    words: Sequence[str]
    headings: frozenset[str]
    heading: frozenset[str]
    key: Sequence[str]
    all: frozenset[str]

    @classmethod
    def of(cls, excerpt: Excerpt) -> "_Terms":
        *_, innermost = excerpt.headings or ("",)
        key = next(filter(None, split_row(excerpt.body)), "") if excerpt.head else ""
        words = terms(to_plain(excerpt.plain))
        headings = frozenset(terms(" ".join(excerpt.headings)))
        return cls(
            words,
            headings,
            frozenset(terms(innermost)),
            terms(to_plain(key)),
            headings.union(words),
        )


def _rarity(asked: _Asked, texts: Sequence[_Terms]) -> dict[str, float]:
    """Return each term's weight times its inverse document frequency in these texts."""
    frequency = Counter(term for text in texts for term in text.all)
    return {
        term: weight * math.log(1 + (len(texts) - frequency[term] + 0.5) / (frequency[term] + 0.5))
        for term, weight in asked.weights.items()
    }


def _shared(asked: _Asked, rarity: Mapping[str, float], text: _Terms) -> dict[str, float]:
    """Return the shares of the asked terms that are in the text, its headings, or either."""

    def share(words: Collection[str], of: Collection[str]) -> float:
        total = sum(rarity[term] for term in of) or 1.0
        return sum(rarity[term] for term in of if term in words) / total

    missing = (weight for term, weight in rarity.items() if term not in text.all)
    pairs = asked.pairs.intersection(pairwise(text.words))
    named = [term in asked.own for term in text.key]
    return {
        "words": share(text.all, asked.weights),
        "own_words": share(text.all, asked.own),
        "words_in_text": share(frozenset(text.words), asked.weights),
        "words_in_headings": share(text.headings, asked.weights),
        "words_in_heading": share(text.heading, asked.weights),
        "rarest_missing": max(missing, default=0.0),
        "pairs": len(pairs) / max(1, len(asked.pairs)),
        "key_asked": sum(named) / max(1, len(named)),
        "key_missing": float(bool(named) and not any(named)),
    }
