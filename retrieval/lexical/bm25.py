"""Pack posting lists for Postgres, and score them with BM25."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

ENTRY = np.dtype([("chunk", "<u4"), ("count", "<u2"), ("length", "<u2")])
"""A posting of 8 bytes: chunk id, count of the term in the chunk, the chunk's length in terms."""

_MOST = 65_535  # what two bytes hold
# Measured: other values of k1 and b move no dataset by more than .006 nDCG@10 (docs/log.md).
_SATURATION = 1.2  # k1 of BM25
_LENGTH_WEIGHT = 0.75  # b of BM25
_WIDEST = 8  # a dense array may be this many times as long as the number of postings

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Size:
    """The number of chunks in the collection, and of terms in all of them."""

    chunks: int
    terms: int


def pack(chunks: Iterable[tuple[int, Sequence[str]]]) -> dict[str, bytes]:
    """Invert chunk ids with their terms into one packed posting list for each term.

    Raises OverflowError for an id of 2**32 or more.
    """
    entries: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for chunk, terms in chunks:
        length = min(len(terms), _MOST)
        for term, count in Counter(terms).items():
            entries[term].append((chunk, min(count, _MOST), length))
    return {term: np.array(rows, dtype=ENTRY).tobytes() for term, rows in entries.items()}


def without(entries: bytes, dead: Ids) -> bytes:
    """Return the posting list without the chunks in `dead`."""
    unpacked = np.frombuffer(entries, dtype=ENTRY)
    return unpacked[~np.isin(unpacked["chunk"], dead)].tobytes()


def chunks_of(entries: bytes) -> Ids:
    """Return the chunk ids of a posting list."""
    return np.frombuffer(entries, dtype=ENTRY)["chunk"].astype(np.int64)


def rank(
    postings: Mapping[str, Sequence[bytes]],
    size: Size,
    dead: Ids,
    limit: int,
    importance: Mapping[str, float] = MappingProxyType({}),
) -> list[tuple[int, float]]:
    """Return the `limit` chunks with the highest BM25 score as (id, score), best first.

    `postings` has each term's posting list in one or more parts. Chunks in `dead` are left out of
    the result and of document frequencies. A term's score is multiplied by its `importance`, by
    default 1. Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
    2009; the idf is Lucene's, which is never negative.
    """
    alive = {term: _alive(parts, dead) for term, parts in postings.items()}
    found = {term: entries for term, entries in alive.items() if len(entries)}
    if not found or size.chunks <= 0:
        return []
    ids, places = _places([entries["chunk"] for entries in found.values()])
    scores = np.zeros(len(ids), dtype=np.float32)
    average = max(1.0, size.terms / size.chunks)
    for (term, entries), at in zip(found.items(), places, strict=True):
        weights = _weights(entries, size.chunks, average)
        # `+=` with an index array adds only once per index: a term has each chunk once.
        scores[at] += importance.get(term, 1.0) * weights
    hits = _highest(scores, ids, limit)
    return [(int(ids[at]), float(scores[at])) for at in hits]


def _alive(parts: Sequence[bytes], dead: Ids) -> npt.NDArray[np.void]:
    entries = np.frombuffer(b"".join(parts), dtype=ENTRY)
    return entries[~np.isin(entries["chunk"], dead)] if len(dead) else entries


def _weights(entries: npt.NDArray[np.void], chunks: int, average: float) -> Scores:
    frequency = len(entries)
    rarity = math.log(1 + max(0.0, chunks - frequency + 0.5) / (frequency + 0.5))
    count = entries["count"]
    length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT / average * entries["length"]
    weights = rarity * (_SATURATION + 1) * count / (count + _SATURATION * length)
    return weights.astype(np.float32)


def _places(found: Sequence[npt.NDArray[np.uint32]]) -> tuple[Ids, list[Ids]]:
    """Return an array of chunk ids, and the indices in it of each term's chunks."""
    low = min(int(chunks.min()) for chunks in found)
    high = max(int(chunks.max()) for chunks in found)
    entries = sum(map(len, found))
    # Ids close together index an array directly: sorting them would take most of the time.
    if high - low < _WIDEST * entries + 100_000:
        axis = np.arange(low, high + 1, dtype=np.int64)
        return axis, [chunks.astype(np.int64) - low for chunks in found]
    axis, places = np.unique(np.concatenate(found), return_inverse=True)
    ends = np.cumsum([len(chunks) for chunks in found])[:-1]
    return axis.astype(np.int64), np.split(places, ends)


def _highest(scores: Scores, ids: Ids, limit: int) -> Ids:
    """Return the indices of the highest scores, best first; equal scores by id."""
    at = np.flatnonzero(scores > 0)
    if len(at) > limit:
        least = np.partition(scores[at], len(at) - limit)[len(at) - limit]
        at = at[scores[at] >= least]
    order: Ids = at[np.lexsort((ids[at], -scores[at]))][:limit]
    return order
