"""The inverted index in Postgres: write segments, merge them, and remove deleted chunks.

Each batch of chunks with the same readers becomes a segment, so writers do not wait for each
other. Small segments are merged as in a log-structured merge tree (O'Neil et al., "The
Log-Structured Merge-Tree", 1996).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from psycopg import AsyncConnection

from database.statements import load_statements
from retrieval.index.generations import Generation
from retrieval.lexical.bm25 import chunks_of, pack, without

_SQL = load_statements("retrieval.index")
_FAN_IN = 8  # segments of similar size that are merged into one
_SMALLEST = 64  # chunks; segments below 8 times this form the first tier
_LARGEST = 65_536  # chunks; larger segments are never merged
_FEWEST_DEAD = 500  # tombstones of a reader set; fewer are not worth a purge
_DEAD_SHARE = 0.05  # of a reader set's chunks

Terms = Sequence[tuple[int, Sequence[str]]]
"""Chunk ids, each with its terms."""


async def write_segment(
    connection: AsyncConnection, generation: Generation, reader_set: int, chunks: Terms
) -> None:
    """Write the postings of chunks with the same readers. Call it within a transaction."""
    # A chunk without terms has no postings; counted, it would only dilute BM25's statistics.
    worded = [(chunk, terms) for chunk, terms in chunks if terms]
    place = {"generation": generation.id, "workspace": generation.workspace}
    cursor = await connection.execute(
        _SQL["insert_segment"],
        {
            **place,
            "reader_set": reader_set,
            "chunks": len(worded),
            "terms": sum(len(terms) for _, terms in worded),
        },
    )
    ((segment,),) = await cursor.fetchall()
    postings = dict(sorted(pack(worded).items()))  # inserting in index order is fastest
    await connection.execute(
        generation.statement(_SQL["insert_postings"]),
        {**place, "segment": segment, "terms": list(postings), "entries": list(postings.values())},
    )


async def tidy_segments(connection: AsyncConnection, generation: Generation) -> None:
    """Compact: merge reader sets with many segments, and purge those with many deleted chunks."""
    place = {"generation": generation.id, "workspace": generation.workspace}
    cursor = await connection.execute(_SQL["list_segments"], place)
    segments: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for segment, reader_set, chunks in await cursor.fetchall():
        segments[reader_set][segment] = chunks
    cursor = await connection.execute(_SQL["count_dead"], place)
    dead: dict[int, int] = dict(await cursor.fetchall())
    for reader_set, sizes in segments.items():
        if due := _due(sizes):
            await _merge(connection, generation, due)
        if dead.get(reader_set, 0) > max(_FEWEST_DEAD, _DEAD_SHARE * sum(sizes.values())):
            await _bury(connection, generation, reader_set)


def _due(sizes: Mapping[int, int]) -> list[int]:
    """Return the segments to merge: the first full tier and all smaller ones, or [] if none is."""
    # Merging a few large segments with each batch would rewrite the index again and again.
    due: list[int] = []
    for tier in _tiers(sizes):
        due += tier
        if len(tier) >= _FAN_IN:
            return due
    return []


def _tiers(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Yield the segments in tiers by size, each tier up to 8 times the one before."""
    low, high = 0, _SMALLEST * _FAN_IN
    while low < _LARGEST:
        yield [segment for segment, size in sizes.items() if low <= size < min(high, _LARGEST)]
        low, high = high, high * _FAN_IN


async def _merge(connection: AsyncConnection, generation: Generation, segments: list[int]) -> None:
    async with connection.transaction():
        place = {"generation": generation.id, "workspace": generation.workspace}
        await connection.execute(_SQL["hold_segments"], place)
        values = {**place, "segments": segments}
        await connection.execute(generation.statement(_SQL["merge_segments"]), values)


async def _bury(connection: AsyncConnection, generation: Generation, reader_set: int) -> None:
    """Remove the deleted chunks of a reader set from its segments."""
    async with connection.transaction():
        place = {"generation": generation.id, "workspace": generation.workspace}
        await connection.execute(_SQL["hold_segments"], place)
        cursor = await connection.execute(_SQL["take_dead"], {**place, "reader_set": reader_set})
        dead: dict[int, int] = dict(await cursor.fetchall())
        cursor = await connection.execute(_SQL["list_segments"], place)
        for segment, of, _ in await cursor.fetchall():
            if of == reader_set:
                await _cleanse(connection, generation, segment, dead)


async def _cleanse(
    connection: AsyncConnection, generation: Generation, segment: int, dead: Mapping[int, int]
) -> None:
    ids = np.array(sorted(dead), dtype=np.int64)
    found: set[int] = set()
    changed: dict[str, bytes] = {}
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(generation.statement(_SQL["segment_postings"]), {"segment": segment})
        async for term, entries in cursor:
            held = np.intersect1d(chunks_of(entries), ids)
            if len(held):
                found.update(held.tolist())
                changed[term] = without(entries, held)
    if changed:
        values = {"terms": list(changed), "entries": list(changed.values()), "segment": segment}
        await connection.execute(generation.statement(_SQL["set_postings"]), values)
        await connection.execute(generation.statement(_SQL["delete_empty_postings"]), values)
        size = {"chunks": len(found), "terms": sum(dead[chunk] for chunk in found)}
        await connection.execute(_SQL["shrink_segment"], {"segment": segment, **size})
