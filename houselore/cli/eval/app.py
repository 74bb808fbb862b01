"""Define the `eval` commands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from houselore.cli.exit_codes import conclude
from houselore.cli.options import Json, read_settings

evaluation = typer.Typer(name="eval", help="Measure a part on data of yours.", no_args_is_help=True)

Passages = Annotated[
    Path | None, typer.Option(help="JSON lines with id, title, text; also gzipped.")
]
Questions = Annotated[
    Path | None,
    typer.Option(help="JSON lines with id, question, passage_id, answers, unanswerable."),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Ask a random sample of so many questions.")]
HalfLimit = Annotated[
    int | None, typer.Option(min=1, help="Ask a sample of so many, half of them without an answer.")
]
Seed = Annotated[int, typer.Option(help="Draws the sample.")]


@evaluation.command()
def retrieval(
    corpus: Annotated[Path | None, typer.Option(help="BEIR's corpus.jsonl, also gzipped.")] = None,
    queries: Annotated[Path | None, typer.Option(help="BEIR's queries.jsonl.")] = None,
    qrels: Annotated[
        Path | None, typer.Option(help="BEIR's qrels, or TREC's: which documents are right.")
    ] = None,
    passages: Annotated[
        Path | None, typer.Option(help="Instead: JSON lines with id, title, text.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="JSON lines with id, question, passage_id; answers where known."),
    ] = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Measure dense, lexical and fused search on a corpus, in an index of its own."""
    from houselore.cli.eval.retrieval import CorpusFiles, evaluate_retrieval

    files = CorpusFiles(corpus, queries, qrels, passages, questions)
    conclude(evaluate_retrieval(read_settings(), files, limit, as_json=as_json))


@evaluation.command()
def answers(
    passages: Passages = None,
    questions: Questions = None,
    clapnq: Annotated[
        list[Path] | None,
        typer.Option(help="Instead: clapnq's answerable.jsonl; once more for unanswerable.jsonl."),
    ] = None,
    mtrag: Annotated[
        Path | None, typer.Option(help="Instead: mtrag's tasks, each the end of a conversation.")
    ] = None,
    closed_book: Annotated[
        bool, typer.Option("--closed-book", help="Ask the model alone, without any evidence.")
    ] = False,
    limit: HalfLimit = None,
    seed: Seed = 7,
    as_json: Json = False,
) -> None:
    """Answer questions through the whole chain, in an index of its own, and judge the answers."""
    from houselore.cli.eval.answers import GoldFiles, evaluate_answers

    files = GoldFiles(passages, questions, tuple(clapnq or ()), mtrag)
    conclude(
        evaluate_answers(
            read_settings(), files, limit, seed, closed_book=closed_book, as_json=as_json
        )
    )


@evaluation.command()
def documents(
    folder: Annotated[Path, typer.Argument(help="A folder of documents, or one.")],
    questions: Annotated[
        Path,
        typer.Option(
            help="JSON lines with id, question, kind, source, must, must_not, answerable."
        ),
    ],
    replies: Annotated[
        Path | None, typer.Option(help="A file for the replies, a JSON line each.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Ask only questions of this kind; once more for more.")
    ] = None,
    show_misses: Annotated[
        bool, typer.Option("--show-misses", help="Show each reply that is not right, and why.")
    ] = False,
    limit: Limit = None,
    seed: Seed = 7,
    as_json: Json = False,
) -> None:
    """Answer questions about a folder, indexed apart, by the whole chain, and score the replies."""
    from houselore.cli.eval.documents import DocumentsToAsk, evaluate_documents

    asked = DocumentsToAsk(folder, questions, replies, tuple(kind or ()), limit, seed)
    conclude(evaluate_documents(read_settings(), asked, show_misses=show_misses, as_json=as_json))


@evaluation.command()
def calibrate(
    passages: Passages = None,
    questions: Questions = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Learn from what people said of the answers, too.")
    ] = False,
    refuse: Annotated[
        float,
        typer.Option(min=0, max=1, help="The share of answerable questions that may be refused."),
    ] = 0.2,
    plots: Annotated[
        Path | None, typer.Option(help="A folder for the risk-coverage curve and the reliability.")
    ] = None,
    limit: HalfLimit = None,
    seed: Seed = 7,
    as_json: Json = False,
) -> None:
    """Fit the confidence on questions whose answers are known, and keep it in the data folder."""
    from houselore.cli.eval.answers import GoldFiles
    from houselore.cli.eval.calibrate import Calibration, calibrate_confidence

    wanted = Calibration(GoldFiles(passages, questions), refuse, plots, limit, seed, feedback)
    conclude(calibrate_confidence(read_settings(), wanted, as_json=as_json))
