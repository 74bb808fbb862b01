"""Compare our search with PGVectorStore's on each set: quality, time, size."""

import argparse
import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from rich.console import Console

from benchmarks.pgvectorstore import Chunk, filled_store
from benchmarks.pgvectorstore import ways_to_search as ways_of_peer
from benchmarks.remembering import Remembering
from benchmarks.retrieval_figures import SetFigures
from benchmarks.retrieval_page import write_page
from benchmarks.sets import SETS, shrink
from benchmarks.shared import write_result
from database.database import open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.chunking.splitter import embedded_text, split
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.benchmark import PASSAGES, ask_all, indexed_corpus, ways_to_search
from retrieval.evaluation.datasets import Corpus

_WORKSPACE = "benchmark"
_WARM = 5
_TABLES = """
    select coalesce(sum(pg_total_relation_size(c.oid)), 0)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'm')
"""


async def measure(names: list[str], queries: int, documents: int) -> list[SetFigures]:
    """Return the figures of each set, on a new Postgres each."""
    embedder = open_embedder(EMBEDDED)
    console = Console(stderr=True)
    measured = []
    for name in names:
        whole = SETS[name]()
        corpus = shrink(whole, documents).sample(queries)
        with console.status(f"{name}: {len(corpus.documents):,} documents"):
            measured.append(await _measure_set(name, corpus, len(whole.documents), embedder))
        console.print(measured[-1].in_brief(), soft_wrap=True)
    return measured


async def _measure_set(
    name: str, corpus: Corpus, all_documents: int, embedder: Embedder
) -> SetFigures:
    remembering = Remembering(embedder)
    with TemporaryDirectory() as folder:
        async with embedded_postgres(Path(folder)) as url:
            upgrade(url)
            empty = _bytes(url)
            async with (
                open_database(url, _WORKSPACE) as database,
                indexed_corpus(database, corpus, remembering) as report,
            ):
                ours = _bytes(url)
                embedding_s = remembering.seconds
                chunks = _chunks(corpus, embedder)
                async with filled_store(url, chunks, remembering) as (store, peer_s):
                    theirs = _bytes(url)
                    ways = {
                        **ways_to_search(database, embedder),
                        **{f"peer_{way}": ask for way, ask in ways_of_peer(store).items()},
                    }
                    _settle(url)
                    await ask_all(ways, corpus.sample(_WARM))
                    ranked = await ask_all(ways, corpus)
    return SetFigures.of(
        name,
        corpus,
        all_documents,
        ranked,
        passages=report.chunks,
        embedding_s=embedding_s,
        index_s={"ours": report.seconds, "peer": peer_s + embedding_s},
        size={"ours": ours - empty, "peer": theirs - ours},
    )


def _chunks(corpus: Corpus, embedder: Embedder) -> list[Chunk]:
    """Return the chunks of our index, as they are embedded."""
    return [
        Chunk(document.key, embedded_text(chunk))
        for document in corpus.documents
        for chunk in split(document, embedder.count_tokens)
    ]


def _bytes(url: str) -> int:
    """Return the size of all tables with their indexes."""
    with psycopg.connect(url) as connection:
        ((size,),) = connection.execute(_TABLES).fetchall()
    return int(size)


def _settle(url: str) -> None:
    """Vacuum and analyze, as autovacuum does within a minute."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def main() -> None:
    """Measure; write the results and the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sets", default=",".join(SETS), help="some of the sets, by comma")
    arguments.add_argument("--queries", type=int, default=300, help="at most so many of each set")
    arguments.add_argument(
        "--documents", type=int, default=10**9, help="at most so many of each set; judged ones stay"
    )
    given = arguments.parse_args()
    names = given.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        arguments.error(f"there is no set {', '.join(unknown)}; there are {', '.join(SETS)}")
    measured = asyncio.run(measure(names, given.queries, given.documents))
    load = os.getloadavg()[2]
    sets = [figures.as_object() for figures in measured]
    write_result("retrieval", {"load": round(load, 1), "sets": sets})
    write_page(measured, PASSAGES, load)


if __name__ == "__main__":
    main()
