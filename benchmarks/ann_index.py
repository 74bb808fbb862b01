"""An index of made chunks, filled as any other is, and what it weighs. Asks no question."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from psycopg import AsyncConnection, sql

from benchmarks.ann_corpus import Real, make_documents
from retrieval.generations import Generation, ensure_vector_index
from retrieval.measuring import CorpusSource
from retrieval.segments import tidy_segments
from retrieval.store import upsert_source, write_documents

_EACH = sql.SQL("""
    select c.id, c.embedding, d.readers from chunks c join documents d on d.id = c.document_id
    where c.generation = {}
""")
_HEAD = 4  # bytes of a halfvec before its numbers
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
    """An index: its chunks' ids, vectors and readers, one beside the other."""

    generation: Generation
    ids: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]
    readers: list[frozenset[str]]
    seconds: Mapping[str, float]
    bytes: Mapping[str, int]


async def fill(
    connection: AsyncConnection,
    generation: Generation,
    real: Real,
    count: int,
    note: Path,
    on_progress: Callable[[int], None],
) -> Filled:
    """`count` made chunks in an empty generation, some documents a transaction, then the graph.

    `note` is where it is said how long that took; where it is said already, all is there already.
    """
    seconds = _noted(note)
    if not seconds:
        seconds = await _write(connection, generation, real, count, on_progress)
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
