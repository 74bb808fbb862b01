"""Define the `retriever` commands and their options."""

from typing import Annotated

import typer

from houselore.cli.exit_codes import conclude
from houselore.cli.options import Number, read_settings

retriever = typer.Typer(
    name="retriever",
    help="What the search has learned from feedback, and what it is weighed by.",
    invoke_without_command=True,
)


@retriever.callback()
def list_all(context: typer.Context) -> None:
    """List what was learned: which weights are served, who decided so and why."""
    if context.invoked_subcommand is None:
        from houselore.cli.retriever.weights import list_weights

        conclude(list_weights(read_settings()))


@retriever.command()
def learn(
    adapter: Annotated[
        bool, typer.Option("--adapter", help="Also what moves a question's vector.")
    ] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Serve them if they pass.")] = False,
) -> None:
    """Learn weights from what people said, and judge them on golden questions held out."""
    from houselore.cli.retriever.weights import learn_weights

    conclude(learn_weights(read_settings(), with_adapter=adapter, promotes=promote))


@retriever.command("promote")
def promote_it(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why; without one only what passed is served.")] = "",
) -> None:
    """Weigh the search by learned weights, from the next one on."""
    from houselore.cli.retriever.weights import serve_weights

    conclude(serve_weights(read_settings(), number, reason))


@retriever.command("rollback")
def go_back(
    shipped: Annotated[
        bool, typer.Option("--shipped", help="To the weights as shipped, whatever was before.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; it is kept beside the change.")] = "by hand",
) -> None:
    """Weigh the search as it was before the weights that are served."""
    from houselore.cli.retriever.weights import take_weights_back

    conclude(take_weights_back(read_settings(), reason, to_shipped=shipped))
