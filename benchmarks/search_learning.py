"""Measure what retrieval learns from rated answers, on questions about other documents.

Half of a set's documents teach. A simulated asker rates an answer good if a right document is among
the first five; otherwise the asker names the right one, and the first result has misled.
"""

import argparse
import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.sets import SETS, shrink
from benchmarks.shared import write_result
from database.database import Database, open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.migrations import upgrade
from retrieval.audience import everyone
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.benchmark import PASSAGES, Way, ask_all, indexed_corpus
from retrieval.evaluation.datasets import Corpus
from retrieval.evaluation.metrics import difference
from retrieval.index.generations import live_generation
from retrieval.search.retriever import search
from retrieval.search.weights import SHIPPED, Weights
from tuning.evaluation.gate import judge
from tuning.feedback.source_spans import SourceSpan
from tuning.retriever.features import gather_cases
from tuning.retriever.gate import GAINS, MARGINS
from tuning.retriever.train import fit_weights
from tuning.retriever.training_data import SearchLesson

_WORKSPACE = "benchmark"
_SETS = ("anthropic_docs", "scifact", "clapnq", "cmrc2018")
_FIRST = 5
_MEASURES = ("mrr", "recall@5")

_HEAD = """## What the search learns

`make bench-search-learning` ({machine}): half of a set's questions teach as judged answers do, the
others, which share no right document with them, are asked with the weights as shipped, with the
learned weight of the dense arm, and with a learned adapter besides. The change is that against the
weights as shipped, of the same questions, at 95%; the gate is that of `houselore retriever learn`.

| set | taught by | asked | weights | dense | MRR | change | recall@5 | change | gate |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


async def measure(names: Sequence[str], queries: int, documents: int) -> list[dict[str, object]]:
    """Return the figures of each set, on a new Postgres each."""
    embedder = open_embedder(EMBEDDED)
    console = Console(stderr=True)
    found = []
    for name in names:
        corpus = shrink(SETS[name](), documents).sample(queries)
        with console.status(f"{name}: {len(corpus.documents):,} documents"):
            found.append({"set": name, **await _measure_set(corpus, embedder)})
    return found


async def _measure_set(corpus: Corpus, embedder: Embedder) -> dict[str, object]:
    teaching, testing = half_of(corpus, 1), half_of(corpus, 0)
    with TemporaryDirectory() as folder:
        async with embedded_postgres(Path(folder)) as url:
            upgrade(url)
            async with (
                open_database(url, _WORKSPACE) as database,
                indexed_corpus(database, corpus, embedder) as report,
            ):
                learned = await _learn(database, embedder, teaching, testing)
                ways = {
                    name: _way(database, embedder, weights) for name, weights in learned.items()
                }
                ranked = await ask_all(ways, testing)
    figures = {name: of.figures(testing.grades) for name, of in ranked.items()}
    return {
        "documents": len(corpus.documents),
        "passages": report.chunks,
        "taught": len(teaching.questions),
        "tested": len(testing.questions),
        "weights": {
            name: {
                "dense": learned[name].dense,
                **{one: round(mean(of[one]), 4) for one in _MEASURES},
                **{f"{one}_gained": _gained(of[one], figures["shipped"][one]) for one in _MEASURES},
                "passes": _passes(figures["shipped"], of),
            }
            for name, of in figures.items()
        },
    }


async def _learn(
    database: Database, embedder: Embedder, teaching: Corpus, testing: Corpus
) -> dict[str, Weights]:
    """Return the shipped weights, and those fitted to the lessons."""
    generation = await live_generation(database)
    assert generation is not None  # noqa: S101 - it was filled just now
    async with database.connection() as connection:
        cursor = await connection.execute("select key, id from documents")
        ids: dict[str, int] = dict(await cursor.fetchall())
    lessons = await _lessons(teaching, _way(database, embedder, SHIPPED), ids)
    hidden = frozenset(ids[key] for one in testing.questions for key in _right(testing, one))
    cases = await gather_cases(database, embedder, generation, lessons, hidden)
    return {
        "shipped": SHIPPED,
        "fusion": fit_weights(cases),
        "adapter": fit_weights(cases, with_adapter=True),
    }


async def _lessons(teaching: Corpus, ask: Way, ids: Mapping[str, int]) -> list[SearchLesson]:
    lessons = []
    for id_, question in teaching.questions.items():
        first = (await ask(question))[:_FIRST]
        right = _right(teaching, id_)
        cited = [key for key in first if key in right][:1]
        answered = tuple(SourceSpan(ids[key]) for key in cited or sorted(right))
        misled = () if cited else tuple(SourceSpan(ids[key]) for key in first[:1])
        lessons.append(SearchLesson(id_, question, "", everyone(_WORKSPACE), answered, misled))
    return lessons


def _way(database: Database, embedder: Embedder, weights: Weights) -> Way:
    async def ask(question: str) -> list[str]:
        readers = everyone(_WORKSPACE)
        passages = await search(database, embedder, question, readers, PASSAGES, weights=weights)
        return list(dict.fromkeys(passage.key for passage in passages))

    return ask


def half_of(corpus: Corpus, half: int) -> Corpus:
    """Return the questions whose right documents are all in one half, by hash."""
    kept = {
        id_: question
        for id_, question in corpus.questions.items()
        if {hashlib.sha256(key.encode()).digest()[0] % 2 for key in _right(corpus, id_)} == {half}
    }
    return replace(corpus, questions=kept)


def _right(corpus: Corpus, question: str) -> frozenset[str]:
    return frozenset(key for key, grade in corpus.grades[question].items() if grade > 0)


def _gained(after: Sequence[float], before: Sequence[float]) -> list[float]:
    delta = difference(after, before)
    return [round(bound, 4) for bound in (delta.mean, delta.low, delta.high)]


def _passes(before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> bool:
    names = dict(zip((*GAINS, *MARGINS), _MEASURES, strict=True))
    served, candidate = [{name: of[one] for name, one in names.items()} for of in (before, after)]
    return judge(served, candidate, MARGINS, GAINS).passes


def write_page(found: Sequence[Mapping[str, object]]) -> None:
    """Write the section of docs/benchmarks.md."""
    lines = []
    for one in found:
        weights = one["weights"]
        assert isinstance(weights, dict)  # noqa: S101 - made above
        for name, of in weights.items():
            is_learned = name == "adapter" or of["dense"] != SHIPPED.dense
            cells = [one["set"], one["taught"], one["tested"], name, f"{of['dense']:.2f}"]
            for measure_ in _MEASURES:
                gained, low, high = of[f"{measure_}_gained"]
                change = f"{gained:+.3f} ({low:+.3f} to {high:+.3f})" if is_learned else ""
                cells += [f"{of[measure_]:.3f}", change]
            cells.append(("passed" if of["passes"] else "refused") if is_learned else "")
            lines.append(f"| {' | '.join(map(str, cells))} |")
    write_section("search-learning", _HEAD.format(machine=describe_machine()) + "\n".join(lines))


def main() -> None:
    """Measure; write the results and the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sets", default=",".join(_SETS), help="some of the sets, by comma")
    arguments.add_argument("--queries", type=int, default=240, help="at most so many of each set")
    arguments.add_argument(
        "--documents", type=int, default=1000, help="at most so many of each set; judged ones stay"
    )
    given = arguments.parse_args()
    names = given.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        arguments.error(f"there is no set {', '.join(unknown)}; there are {', '.join(SETS)}")
    found = asyncio.run(measure(names, given.queries, given.documents))
    write_result("search_learning", {"sets": found})
    write_page(found)


if __name__ == "__main__":
    main()
