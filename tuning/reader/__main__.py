"""`make reader`: the data sets to the reader that ships, in under two hours on two cores."""

import argparse
from pathlib import Path

from rich.console import Console

from retrieval.minilm import find_weights, open_tokenizer
from retrieval.reader.reader import open_reader
from retrieval.reader.weights import SHIPPED
from tuning.reader.data import make_examples
from tuning.reader.evaluate import evaluate_reader, show_figures
from tuning.reader.examples import read_examples, write_examples
from tuning.reader.export import export_reader
from tuning.reader.questions import hash_file
from tuning.reader.tokens import number_examples

_SECONDS = 900.0


def main() -> None:
    """Make the examples, train or go on training, write the reader, measure it."""
    told = argparse.ArgumentParser(prog="make reader", description=main.__doc__)
    told.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    told.add_argument("--run", type=Path, default=Path("build/reader"), help="checkpoints")
    told.add_argument("--to", type=Path, default=SHIPPED, help="the file to write")
    told.add_argument("--steps", type=int, help="fewer batches than all, to try it")
    told.add_argument("--only-measure", action="store_true", help="measure the file as it is")
    asked = told.parse_args()
    console = Console()
    if not asked.only_measure:
        _train(asked.data, asked.run, asked.to, asked.steps, console)
    reader = open_reader(asked.to)
    console.print(show_figures(evaluate_reader(reader, asked.data)), soft_wrap=True)


def _train(data: Path, run: Path, to: Path, steps: int | None, console: Console) -> None:
    from tuning.reader.train import ReaderSettings, train_reader  # only training needs PyTorch

    path = run / "examples.jsonl"
    if not path.is_file():
        write_examples(make_examples(data), path)
    console.print(f"The examples: {path}, SHA-256 {hash_file(path)}", soft_wrap=True)
    examples = number_examples(read_examples(path), open_tokenizer())

    def keep(model: object, step: int) -> None:
        found = export_reader(model, to)
        console.print(f"After {step} steps: {to}, SHA-256 {found}", soft_wrap=True)

    train_reader(examples, find_weights(), run, ReaderSettings(steps=steps), _SECONDS, keep)


if __name__ == "__main__":
    main()
