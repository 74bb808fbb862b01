"""`houselore eval retrieval`: compare the search arms on a dataset."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from answering.evaluation.datasets import read_answers
from answering.evaluation.run import shares_with_answer
from houselore.cli.eval.source_apart import progress_bars, workspace_apart
from houselore.errors import WrongUse
from houselore.models.hub import pull_missing
from houselore.services import Index, open_index, open_reranker, take_lease
from houselore.settings import Settings
from retrieval.evaluation.benchmark import ask_all, indexed_corpus, ways_to_search
from retrieval.evaluation.datasets import Corpus, read_beir, read_squad2
from retrieval.evaluation.metrics import METRICS, Difference, Ranked, difference
from retrieval.progress import IndexReport

_PAIRS = (
    ("fused", "dense"),
    ("fused", "lexical"),
    ("dense", "lexical"),
    ("reranked", "fused"),
)
_HEADS = {"ndcg@10": "nDCG@10", "mrr": "MRR", "p50_ms": "p50 ms", "p95_ms": "p95 ms"}


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """The dataset files given: three of BEIR's, or two of SQuAD 2's."""

    corpus: Path | None = None
    queries: Path | None = None
    qrels: Path | None = None
    passages: Path | None = None
    questions: Path | None = None

    def read(self) -> Corpus:
        """Read the corpus. Raises WrongUse for missing files, and UnreadableCorpus."""
        match self:
            case CorpusFiles(Path() as corpus, Path() as queries, Path() as qrels, None, None):
                return read_beir(corpus, queries, qrels)
            case CorpusFiles(None, None, None, Path() as passages, Path() as questions):
                return read_squad2(passages, questions)
        raise WrongUse(
            "Name either --corpus, --queries and --qrels (BEIR), or --passages and --questions."
        )

    def answers(self) -> dict[str, tuple[str, ...]]:
        """Return the right answers by question id, where known. Raises UnreadableCorpus."""
        return read_answers(self.questions) if self.questions else {}


async def evaluate_retrieval(
    settings: Settings, files: CorpusFiles, limit: int | None, *, as_json: bool
) -> None:
    """Index the documents in a separate workspace, search with each arm, print the metrics.

    At most `limit` questions are drawn. The index is dropped at the end.
    """
    corpus = files.read()
    corpus = corpus if limit is None else corpus.sample(limit)
    await pull_missing(settings)
    async with _open_own_index(settings) as index, AsyncExitStack() as stack:
        with progress_bars(Console(stderr=True)) as (on_indexed, on_asked):
            async with indexed_corpus(index.database, corpus, index.embedder, on_indexed) as report:
                lease = await take_lease(stack, settings, {"reranker"})
                reranker = await open_reranker(settings, lease)
                ways = ways_to_search(index.database, index.embedder, reranker)
                arms = await ask_all(ways, corpus, on_asked)
                held = await shares_with_answer(
                    index.database, index.embedder, corpus, files.answers()
                )
    out = Console(highlight=False)
    if as_json:
        out.print_json(json.dumps({**_as_object(corpus, report, arms), **held}))
    else:
        _show(out, corpus, report, arms)
        for name, share in held.items():
            out.print(f"{name}: {share:.3f}")


@asynccontextmanager
async def _open_own_index(settings: Settings) -> AsyncIterator[Index]:
    """Open the index of a workspace for measurements only, in the same database."""
    apart = settings.model_copy(update={"workspace": workspace_apart(settings)})
    async with open_index(apart) as index:
        yield index


def _as_object(
    corpus: Corpus, report: IndexReport, arms: Mapping[str, Ranked]
) -> dict[str, object]:
    return {
        "arms": {name: ranked.summary(corpus.grades) for name, ranked in arms.items()},
        "documents": report.added,
        "chunks": report.chunks,
        "queries": len(corpus.questions),
        "index_s": round(report.seconds, 2),
    }


def _show(out: Console, corpus: Corpus, report: IndexReport, arms: Mapping[str, Ranked]) -> None:
    out.print(
        f"{report.added:,} documents in {report.chunks:,} passages, indexed in "
        f"{report.seconds:.1f} s; questions: {len(corpus.questions):,}"
    )
    for failure in report.failures:
        out.print(f"  {failure.reason}", style="yellow", markup=False, soft_wrap=True)
    heads = (_HEADS.get(name, name) for name in (*METRICS, "p50_ms", "p95_ms"))
    table = Table("", *heads, box=SIMPLE)
    for name, ranked in arms.items():
        summary = ranked.summary(corpus.grades)
        table.add_row(name, *(f"{summary[m]:.3f}" for m in METRICS), *_times(summary))
    out.print(table)
    out.print(_differences(corpus, arms))


def _times(summary: Mapping[str, float]) -> tuple[str, str]:
    return f"{summary['p50_ms']:.1f}", f"{summary['p95_ms']:.1f}"


def _differences(corpus: Corpus, arms: Mapping[str, Ranked]) -> Table:
    pairs = [pair for pair in _PAIRS if arms.keys() >= set(pair)]
    table = Table("", *(f"{one} - {other}" for one, other in pairs), box=SIMPLE)
    figures = {name: ranked.figures(corpus.grades) for name, ranked in arms.items()}
    for metric in METRICS:
        found = (difference(figures[one][metric], figures[other][metric]) for one, other in pairs)
        table.add_row(_HEADS.get(metric, metric), *map(_said, found))
    table.caption = "mean difference and 95% interval; bold: sure"
    return table


def _said(found: Difference) -> str:
    text = f"{found.mean:+.3f} ({found.low:.3f}, {found.high:.3f})".replace("0.", ".")
    return f"[bold]{text}[/]" if found.is_sure else text
