"""BM25 over postings: terms packed for Postgres, unpacked and scored. Asks no database."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

ENTRY = np.dtype([("chunk", "<u4"), ("count", "<u2"), ("length", "<u2")])
"""A chunk that holds a term: its id, how often the term stands there, how many terms it has."""

_MOST = 65_535  # what two bytes hold
_SATURATION = 1.2  # k1 of BM25
_LENGTH_WEIGHT = 0.75  # b of BM25
_WIDEST = 8  # an array may be this many times as long as there are entries

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Size:
    """How many chunks there are to find, and how many terms they have in all."""

    chunks: int
    terms: int


def pack(chunks: Iterable[tuple[int, Sequence[str]]]) -> dict[str, bytes]:
    """Chunk ids with their terms as each term's entries.

    Raises OverflowError for an id of 2**32 and more.
    """
    entries: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for chunk, terms in chunks:
        length = min(len(terms), _MOST)
        for term, count in Counter(terms).items():
            entries[term].append((chunk, min(count, _MOST), length))
    return {term: np.array(rows, dtype=ENTRY).tobytes() for term, rows in entries.items()}


def without(entries: bytes, dead: Ids) -> bytes:
    """The entries of all other chunks."""
    unpacked = np.frombuffer(entries, dtype=ENTRY)
    return unpacked[~np.isin(unpacked["chunk"], dead)].tobytes()


def chunks_of(entries: bytes) -> Ids:
    """The ids in entries."""
    return np.frombuffer(entries, dtype=ENTRY)["chunk"].astype(np.int64)


def rank(
    postings: Mapping[str, Sequence[bytes]],
    size: Size,
    dead: Ids,
    limit: int,
    importance: Mapping[str, float] = MappingProxyType({}),
) -> list[tuple[int, float]]:
    """The `limit` chunks of the highest BM25 among a question's postings, best first.

    `postings` has each term's entries in one or more parts; chunks in `dead` count for nothing, nor
    does a term's frequency know them. A term's weight is multiplied by its `importance`, which is 1
    where none is said. Robertson and Zaragoza, "The Probabilistic Relevance
    Framework: BM25 and Beyond", 2009; the idf is Lucene's, which is never negative.
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
        scores[at] += importance.get(term, 1.0) * weights  # a chunk stands once in a term
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
    """An axis of chunk ids, and where on it each term's chunks are.

    Ids that lie close together are their own axis; sorting them would take most of the time.
    """
    low = min(int(chunks.min()) for chunks in found)
    high = max(int(chunks.max()) for chunks in found)
    entries = sum(map(len, found))
    if high - low < _WIDEST * entries + 100_000:
        axis = np.arange(low, high + 1, dtype=np.int64)
        return axis, [chunks.astype(np.int64) - low for chunks in found]
    axis, places = np.unique(np.concatenate(found), return_inverse=True)
    ends = np.cumsum([len(chunks) for chunks in found])[:-1]
    return axis.astype(np.int64), np.split(places, ends)


def _highest(scores: Scores, ids: Ids, limit: int) -> Ids:
    """The places of the highest scores, best first, the lower id first among equals."""
    at = np.flatnonzero(scores > 0)
    if len(at) > limit:
        least = np.partition(scores[at], len(at) - limit)[len(at) - limit]
        at = at[scores[at] >= least]
    order: Ids = at[np.lexsort((ids[at], -scores[at]))][:limit]
    return order
