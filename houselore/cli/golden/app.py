"""Define the `golden` commands and their options."""

from typing import Annotated

import typer

from houselore.cli.exit_codes import conclude
from houselore.cli.options import Number, read_settings

golden = typer.Typer(
    name="golden",
    help="The questions that a new index is compared by.",
    invoke_without_command=True,
)


@golden.callback()
def list_all(context: typer.Context) -> None:
    """List the questions that a new index is compared by, before it takes the old one's place."""
    from houselore.cli.golden.questions import list_questions

    if context.invoked_subcommand is None:
        conclude(list_questions(read_settings()))


@golden.command()
def add(
    question: Annotated[str, typer.Argument(help="The question.")],
    quote: Annotated[str, typer.Argument(help="Words of a document that answer it, as written.")],
) -> None:
    """Keep a question whose answer is known."""
    from houselore.cli.golden.questions import add_question

    conclude(add_question(read_settings(), question, quote))


@golden.command()
def drop(number: Number) -> None:
    """Forget a question."""
    from houselore.cli.golden.questions import drop_question

    conclude(drop_question(read_settings(), number))
