"""Define the `data` commands and their options."""

import getpass
from pathlib import Path
from typing import Annotated, Literal

import typer

from houselore.cli.exit_codes import conclude
from houselore.cli.options import Json, Number, Numbers, read_settings

data = typer.Typer(
    name="data",
    help="What the model learns from: collected from feedback, reviewed, frozen.",
    no_args_is_help=True,
)

By = Annotated[
    str, typer.Option(help="Who reviews.", default_factory=getpass.getuser, show_default="you")
]
Form = Annotated[Literal["trl", "openai", "argilla"], typer.Option(help="Whose form it is in.")]


@data.command()
def collect(as_json: Json = False) -> None:
    """Make examples of what people said of answers; say what was wrong with the bad ones."""
    from houselore.cli.data.collect import collect_examples

    conclude(collect_examples(read_settings(), as_json=as_json))


@data.command()
def cures(as_json: Json = False) -> None:
    """Show what was wrong with answers and is not to be trained: what to write, what to mend."""
    from houselore.cli.data.remedies import list_cures

    conclude(list_cures(read_settings(), as_json=as_json))


@data.command("list")
def list_(
    state: Annotated[
        Literal["waiting", "approved", "rejected", "all"], typer.Option(help="Which to show.")
    ] = "waiting",
    as_json: Json = False,
) -> None:
    """Show the examples that wait for a review."""
    from houselore.cli.data.review import list_examples

    conclude(list_examples(read_settings(), None if state == "all" else state, as_json=as_json))


@data.command()
def approve(numbers: Numbers, by: By) -> None:
    """Let examples be trained on."""
    from houselore.cli.data.review import decide_examples

    conclude(decide_examples(read_settings(), numbers, by, "approve"))


@data.command()
def reject(numbers: Numbers, by: By) -> None:
    """Keep examples out of training."""
    from houselore.cli.data.review import decide_examples

    conclude(decide_examples(read_settings(), numbers, by, "reject"))


@data.command()
def edit(
    number: Number,
    text: Annotated[str, typer.Argument(help="The answer to learn instead, citations included.")],
    by: By,
) -> None:
    """Approve an example with other words."""
    from houselore.cli.data.review import edit_example

    conclude(edit_example(read_settings(), number, by, text))


@data.command()
def agreement(as_json: Json = False) -> None:
    """Show how far reviewers agree on the examples that two of them reviewed."""
    from houselore.cli.data.review import show_agreement

    conclude(show_agreement(read_settings(), as_json=as_json))


@data.command()
def freeze(
    by: By,
    unreviewed: Annotated[
        bool, typer.Option("--unreviewed", help="Also what nobody has reviewed.")
    ] = False,
    most: Annotated[
        int, typer.Option(min=1, help="Examples of a kind that one person may give.")
    ] = 50,
    as_json: Json = False,
) -> None:
    """Make a dataset of what was approved, and print its card."""
    from houselore.cli.data.freeze import freeze_examples

    conclude(
        freeze_examples(read_settings(), by, unreviewed=unreviewed, most=most, as_json=as_json)
    )


@data.command("sets")
def sets(as_json: Json = False) -> None:
    """List the datasets, the newest first."""
    from houselore.cli.data.freeze import list_datasets

    conclude(list_datasets(read_settings(), as_json=as_json))


@data.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="Where to write it, one JSON object a line.")],
    form: Form = "trl",
    kind: Annotated[
        Literal["sft", "preference", "kto"], typer.Option(help="Which of a dataset's examples.")
    ] = "sft",
    split: Annotated[
        Literal["train", "test", "all"], typer.Option(help="Which half of a dataset.")
    ] = "train",
    dataset: Annotated[
        str, typer.Option(help="The beginning of a dataset's hash. Default: the newest.")
    ] = "",
) -> None:
    """Write a dataset's examples to a file; for Argilla, those that wait for a review."""
    from houselore.cli.data.files import export_dataset, export_queue

    if form == "argilla":
        conclude(export_queue(read_settings(), file))
    half = None if split == "all" else split
    conclude(export_dataset(read_settings(), file, form, kind, half, dataset))


@data.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="One JSON object a line; a folder of texts for `texts`.")
    ],
    form: Annotated[
        Literal["trl", "openai", "argilla", "texts"],
        typer.Option(help="Whose form it is in; texts: in the house voice, to learn it from."),
    ] = "trl",
) -> None:
    """Take in examples, which wait for a review; from Argilla, reviews of ours too."""
    from houselore.cli.data.files import import_file, import_texts

    if form == "texts":
        conclude(import_texts(read_settings(), file))
    else:
        conclude(import_file(read_settings(), file, form))


@data.command()
def forget(
    person: Annotated[str, typer.Argument(metavar="@PERSON", help="By name, or id.")],
) -> None:
    """Drop every example that somebody has a part in, and learn nothing of them any more."""
    from houselore.cli.data.collect import forget_person

    conclude(forget_person(read_settings(), person))


@data.command()
def allow(
    channel: Annotated[str, typer.Argument(metavar="'#CHANNEL'", help="By name, or id.")],
    by: By,
    no: Annotated[bool, typer.Option("--no", help="Not any more.")] = False,
) -> None:
    """Let what is said in a private channel be learned from."""
    from houselore.cli.data.collect import allow_channel

    conclude(allow_channel(read_settings(), channel, by, allowed=not no))
