"""Fill an index with generated chunks, by the normal writer or in bulk, and measure its size."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import AsyncConnection, sql

from benchmarks.ann_corpus import Real, make_documents
from retrieval.evaluation.benchmark import CorpusSource
from retrieval.index.document_store import Ready, upsert_source, write_documents
from retrieval.index.generations import Generation, ensure_vector_index
from retrieval.index.inverted_index import tidy_segments

_EACH = sql.SQL("""
    select c.id, c.embedding, d.readers from chunks c join documents d on d.id = c.document_id
    where c.generation = {}
""")
_HEAD = 4  # bytes of a halfvec's header
_WHOLE = 100_000  # chunks; with the normal writer a million would take hours
_DOCUMENTS = """
    insert into documents (workspace, source_id, key, title, text, version, hash, readers)
    select %s, %s, key, key, '', '1', '', string_to_array(readers, ' ')
    from unnest(%s::text[], %s::text[]) with ordinality as made (key, readers, n)
    order by n returning id
"""
_CHUNKS = sql.SQL("""
    copy {} (generation, workspace, document_id, position, headings, text, start_offset,
        end_offset, hash, reader_set, terms, embedding) from stdin
""")
_READER_SETS = """
    insert into reader_sets (workspace, readers) values (%s, %s)
    on conflict (workspace, readers) do update set workspace = excluded.workspace returning id
"""
_SEGMENTS = """
    insert into segments (generation, workspace, reader_set, chunks, terms)
    select generation, workspace, reader_set, count(*), 0 from chunks where generation = %s
    group by generation, workspace, reader_set
"""
_WEIGHTS = """
    select pg_total_relation_size(chunks) - pg_indexes_size(chunks),
        pg_indexes_size(chunks) - coalesce(pg_relation_size(graph), 0),
        coalesce(pg_relation_size(graph), 0),
        pg_total_relation_size(postings),
        (select sum(pg_column_size(d.*)) from documents d where d.workspace = %s)
    from (select %s::regclass as chunks, to_regclass(%s) as graph, %s::regclass as postings) as n
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """An index: the ids, vectors and readers of its chunks, in the same order."""

    generation: Generation
    ids: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]
    readers: list[frozenset[str]]
    seconds: Mapping[str, float]
    bytes: Mapping[str, int]

    @property
    def has_words(self) -> bool:
        """Whether it has posting lists, for lexical search."""
        return len(self.ids) <= _WHOLE


async def fill(
    connection: AsyncConnection,
    generation: Generation,
    real: Real,
    count: int,
    note: Path,
    on_progress: Callable[[int], None],
) -> Filled:
    """Write `count` generated chunks to an empty generation, then build the HNSW graph.

    More than 100,000 are copied in bulk, without posting lists. `note` is the file that keeps the
    seconds; if it exists, the index is complete already.
    """
    seconds = _noted(note)
    if not seconds:
        write = _write if count <= _WHOLE else _copy
        seconds = await write(connection, generation, real, count, on_progress)
        _keep(note, seconds)
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_EACH.format(sql.Literal(generation.id)))
        rows = await cursor.fetchall()
    return Filled(
        generation=generation,
        ids=np.array([id_ for id_, _, _ in rows], dtype=np.int64),
        vectors=np.array(
            [np.frombuffer(vector, dtype=">f2", offset=_HEAD) for _, vector, _ in rows],
            dtype=np.float16,
        ),
        readers=[frozenset(readers) for _, _, readers in rows],
        seconds=seconds,
        bytes=await _weigh(connection, generation),
    )


async def _write(
    connection: AsyncConnection,
    generation: Generation,
    real: Real,
    count: int,
    on_progress: Callable[[int], None],
) -> dict[str, float]:
    started = time.perf_counter()
    source = await upsert_source(connection, generation.workspace, CorpusSource({}))
    done = 0
    for made in make_documents(real, count, seed=7):
        await write_documents(connection, source, generation, made)
        await tidy_segments(connection, generation)
        done += sum(len(ready.chunks) for ready in made)
        on_progress(done)
    return await _finish(connection, generation, started)


async def _copy(
    connection: AsyncConnection,
    generation: Generation,
    real: Real,
    count: int,
    on_progress: Callable[[int], None],
) -> dict[str, float]:
    """Write rows in bulk, with the owner's role."""
    started = time.perf_counter()
    source = await upsert_source(connection, generation.workspace, CorpusSource({}))
    # COPY is not allowed under row-level security.
    await connection.execute("set role none")
    await connection.execute("set maintenance_work_mem = '4GB'")  # or the graph would not fit
    sets: dict[frozenset[str], int] = {}
    done = 0
    for made in make_documents(real, count, seed=7):
        async with connection.transaction():
            await _copy_documents(connection, generation, source, made, sets)
        done += sum(len(ready.chunks) for ready in made)
        on_progress(done)
    await connection.execute(_SEGMENTS, [generation.id])
    return await _finish(connection, generation, started)


async def _copy_documents(
    connection: AsyncConnection,
    generation: Generation,
    source: int,
    made: list[Ready],
    sets: dict[frozenset[str], int],
) -> None:
    """Copy documents without their texts; `sets` maps reader sets to their ids so far."""
    for new in {ready.document.readers for ready in made} - sets.keys():
        cursor = await connection.execute(_READER_SETS, [generation.workspace, sorted(new)])
        ((sets[new],),) = await cursor.fetchall()
    keys = [ready.document.key for ready in made]
    readers = [" ".join(sorted(ready.document.readers)) for ready in made]
    cursor = await connection.execute(_DOCUMENTS, [generation.workspace, source, keys, readers])
    ids = [id_ for (id_,) in await cursor.fetchall()]
    place = (generation.id, generation.workspace)
    statement = _CHUNKS.format(sql.Identifier(f"chunks_g{generation.id}"))
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for id_, ready in zip(ids, made, strict=True):
            of = sets[ready.document.readers]
            for each in ready.chunks:
                said: tuple[Any, ...] = (
                    each.chunk.position,
                    [],
                    "",
                    0,
                    0,
                    each.hash,
                    of,
                    0,
                    each.vector,
                )
                await copy.write_row((*place, id_, *said))


async def _finish(
    connection: AsyncConnection, generation: Generation, started: float
) -> dict[str, float]:
    """Build the graph and vacuum, as an idle database would; return the seconds of each part."""
    written = time.perf_counter()
    await ensure_vector_index(connection, generation)
    built = time.perf_counter()
    await connection.execute("vacuum analyze")
    return {"writing": round(written - started, 1), "building": round(built - written, 1)}


async def _weigh(connection: AsyncConnection, generation: Generation) -> dict[str, int]:
    chunks, postings = f"chunks_g{generation.id}", f"postings_g{generation.id}"
    cursor = await connection.execute(
        _WEIGHTS, [generation.workspace, chunks, f"{chunks}_embedding", postings]
    )
    ((rows, indexes, graph, words, documents),) = await cursor.fetchall()
    return {
        "chunks": rows,
        "their other indexes": indexes,
        "HNSW": graph,
        "postings": words,
        "documents": documents,
    }


def _noted(note: Path) -> dict[str, float]:
    return dict(json.loads(note.read_text(encoding="utf-8"))) if note.is_file() else {}


def _keep(note: Path, seconds: Mapping[str, float]) -> None:
    note.write_text(json.dumps(seconds), encoding="utf-8")
