"""Define the `models` commands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from houselore.cli.exit_codes import conclude
from houselore.cli.options import read_settings

models = typer.Typer(
    name="models", help="The model that answers, and those before it.", invoke_without_command=True
)

Name = Annotated[str, typer.Argument(help="As `houselore models` lists it.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept beside the change.")]


@models.callback()
def list_all(context: typer.Context) -> None:
    """List the models: which one answers, which is tried, who decided so and why."""
    if context.invoked_subcommand is None:
        from houselore.cli.models.registry import list_models

        conclude(list_models(read_settings()))


@models.command("register")
def register_it(
    name: Annotated[str, typer.Argument(help="What it is to be called, such as house-2.")],
    adapter: Annotated[
        str, typer.Argument(help="The folder of a PEFT adapter, or hosted:ID at an endpoint.")
    ],
) -> None:
    """Make an adapter a candidate."""
    from houselore.cli.models.registry import register_adapter

    conclude(register_adapter(read_settings(), name, adapter))


@models.command("pull")
def pull_it(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="hf://OWNER/REPO/FILE.gguf",
            help="A file of the Hugging Face hub; by default what HOUSELORE_CHAT_MODEL and "
            "HOUSELORE_RERANKER name.",
        ),
    ] = None,
) -> None:
    """Bring a model's file from the hub; one that was broken off goes on where it was."""
    from houselore.cli.models.pull import pull_models

    conclude(pull_models(read_settings(), name))


@models.command("judge")
def judge_it(
    name: Name,
    passages: Annotated[
        Path | None, typer.Option(help="JSON lines with id, title, text, for questions to ask.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="JSON lines with id, question, passage_id, answers, unanswerable."),
    ] = None,
    house: Annotated[
        Path | None,
        typer.Option(
            help="Exemplars of the house style: a file with one a line, or a folder of texts."
        ),
    ] = None,
    others: Annotated[
        Path | None, typer.Option(help="The like in other styles, one a line.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask a sample of so many, and all the traps.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the sample.")] = 7,
) -> None:
    """Put the same questions to a model and to what is served, and say whether it may be tried.

    Both are asked the shipped suite, with documents that give orders, the team's own questions that
    the model was not trained on, and those of the files. The verdict is kept; who answers stays.
    """
    from houselore.cli.models.judge import Trial, print_verdict

    trial = Trial(passages, questions, house, others, limit, seed)
    conclude(print_verdict(read_settings(), name, trial))


@models.command("canary")
def try_it(
    name: Name,
    share: Annotated[
        float, typer.Option(help="Of the channels, from 0 to 1; half of their threads.")
    ] = 0.2,
) -> None:
    """Try a model in a share of the channels, until it is promoted or taken back by itself."""
    from houselore.cli.models.registry import try_model

    conclude(try_model(read_settings(), name, share))


@models.command("stop")
def stop_it(reason: Reason = "by hand") -> None:
    """Take the canary back."""
    from houselore.cli.models.registry import take_back

    conclude(take_back(read_settings(), reason))


@models.command("promote")
def promote_it(name: Name, reason: Reason = "by hand") -> None:
    """Let a registered model answer, whatever is tried or pinned."""
    from houselore.cli.models.registry import promote_model

    conclude(promote_model(read_settings(), name, reason))


@models.command("rollback")
def go_back(reason: Reason = "by hand") -> None:
    """Let the model answer again that did before."""
    from houselore.cli.models.registry import roll_model_back

    conclude(roll_model_back(read_settings(), reason))


@models.command("pin")
def pin_it() -> None:
    """Keep the model that answers: no canary begins meanwhile."""
    from houselore.cli.models.registry import pin_model

    conclude(pin_model(read_settings(), is_pinned=True))


@models.command("unpin")
def let_go() -> None:
    """Let the pinned model be replaced again."""
    from houselore.cli.models.registry import pin_model

    conclude(pin_model(read_settings(), is_pinned=False))
