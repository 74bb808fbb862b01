"""`make reader`: from the data sets to the shipped reader, in about an hour on two cores."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from retrieval.embeddings.minilm import find_weights, open_tokenizer
from retrieval.errors import RetrievalError
from retrieval.reader.reader import open_reader
from retrieval.reader.weights import SHIPPED
from tuning.errors import TuningError
from tuning.reader.data.examples import read_examples, write_examples
from tuning.reader.data.make import make_examples
from tuning.reader.data.questions import hash_file
from tuning.reader.evaluate import evaluate_reader, show_figures
from tuning.reader.export import export_reader
from tuning.reader.timing import PAIRS, TOKENS, time_pairs
from tuning.reader.tokens import Numbered, number_examples

_SECONDS = 900.0
"""Between two checkpoints, each of which also exports a reader that can be tried."""


@dataclass(frozen=True, slots=True)
class _Run:
    """The folders of the data sets and of the checkpoints, and the path of the reader's file."""

    data: Path
    folder: Path
    to: Path
    console: Console


def main() -> None:
    """Make the examples, train or go on training, write the reader, measure it."""
    told = argparse.ArgumentParser(prog="make reader", description=main.__doc__)
    told.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    told.add_argument("--run", type=Path, default=Path("build/reader"), help="for checkpoints")
    told.add_argument("--to", type=Path, default=SHIPPED, help="the reader's file")
    told.add_argument("--only-measure", action="store_true", help="measure the file as it is")
    asked = told.parse_args()
    run = _Run(asked.data, asked.run, asked.to, Console(soft_wrap=True))
    try:
        if not asked.only_measure:
            _train(run)
        _measure(run)
    except (TuningError, RetrievalError) as error:
        sys.exit(str(error))


def _measure(run: _Run) -> None:
    reader = open_reader(run.to)
    run.console.print(f"{PAIRS} pairs of {TOKENS} tokens: {time_pairs(reader) * 1000:.0f} ms")
    run.console.print(show_figures(evaluate_reader(reader, run.data)))


def _train(run: _Run) -> None:
    from tuning.reader.model import open_model  # only training needs PyTorch
    from tuning.reader.train import ReaderSettings, train_reader

    def keep(model: Any, step: int) -> None:
        digest = export_reader(model, run.folder / "reader.safetensors")
        run.console.print(f"{run.folder}/reader.safetensors, step {step}, SHA-256 {digest}")

    settings = ReaderSettings()
    model = open_model(find_weights(), settings.seed)
    train_reader(model, _examples(run), run.folder, settings, _SECONDS, keep)
    run.console.print(f"{run.to}, SHA-256 {export_reader(model, run.to)}")


def _examples(run: _Run) -> list[Numbered]:
    """Return the tokenized examples; they are made once and kept in the run's folder."""
    path = run.folder / "examples.jsonl"
    if not path.is_file():
        write_examples(make_examples(run.data), path)
    run.console.print(f"{path}, SHA-256 {hash_file(path)}")
    return number_examples(read_examples(path), open_tokenizer())


if __name__ == "__main__":
    main()
