"""`make reader`: from the data sets to the reader that ships, in about an hour on two cores."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from retrieval.minilm import find_weights, open_tokenizer
from retrieval.reader.reader import open_reader
from retrieval.reader.weights import SHIPPED
from tuning.reader.evaluate import evaluate_reader, show_figures
from tuning.reader.examples import read_examples, write_examples
from tuning.reader.export import export_reader
from tuning.reader.questions import hash_file
from tuning.reader.stages import FACTS, GUIDES, ReaderStage, make_stage_examples
from tuning.reader.tokens import Numbered, number_examples

_SECONDS = 900.0
"""Between two checkpoints, each with a reader that can be tried."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Where the data sets and the documentation are, and where checkpoints and readers go."""

    data: Path
    guides: Path
    folder: Path
    to: Path
    console: Console


def main() -> None:
    """Make the examples, train or go on training, write the reader, measure it."""
    told = argparse.ArgumentParser(prog="make reader", description=main.__doc__)
    told.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    told.add_argument("--guides", type=Path, help="the folder of the documentation")
    told.add_argument("--run", type=Path, default=Path("build/reader"), help="for checkpoints")
    told.add_argument("--to", type=Path, default=SHIPPED, help="the reader's file")
    told.add_argument("--only-measure", action="store_true", help="measure the file as it is")
    asked = told.parse_args()
    if not asked.only_measure and asked.guides is None:
        told.error("training needs --guides; MODEL_CARD.md says what to put there")
    console = Console(soft_wrap=True)
    if not asked.only_measure:
        _train(_Run(asked.data, asked.guides, asked.run, asked.to, console))
    console.print(show_figures(evaluate_reader(open_reader(asked.to), asked.data)))


def _train(run: _Run) -> None:
    from tuning.reader.model import open_model  # only training needs PyTorch
    from tuning.reader.train import ReaderSettings, train_reader

    model = open_model(find_weights(), FACTS.seed)
    for stage in (FACTS, GUIDES):
        examples = _examples(run, stage)
        folder = run.folder / stage.name

        def keep(made: Any, step: int, folder: Path = folder) -> None:
            digest = export_reader(made, folder / "reader.safetensors")
            run.console.print(f"{folder} after {step} steps, SHA-256 {digest}")

        settings = ReaderSettings(rate=stage.rate, seed=stage.seed)
        model = train_reader(model, examples, folder, settings, _SECONDS, keep)
    run.console.print(f"{run.to}, SHA-256 {export_reader(model, run.to)}")


def _examples(run: _Run, stage: ReaderStage) -> list[Numbered]:
    """The stage's examples as tokens, made once and kept in the run's folder."""
    path = run.folder / stage.name / "examples.jsonl"
    if not path.is_file():
        write_examples(make_stage_examples(stage, run.data, run.guides), path)
    run.console.print(f"{path}, SHA-256 {hash_file(path)}")
    return number_examples(read_examples(path), open_tokenizer())


if __name__ == "__main__":
    main()
