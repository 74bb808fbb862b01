"""Define the commands of `houselore` and their options.

Nothing heavy is imported before a command runs, so that `--help` is quick.
"""

import os
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Literal

import typer

from houselore.cli.data.app import data
from houselore.cli.eval.app import evaluation
from houselore.cli.exit_codes import conclude
from houselore.cli.golden.app import golden
from houselore.cli.models.app import models
from houselore.cli.options import Json, read_settings
from houselore.cli.retriever.app import retriever

app = typer.Typer(
    name="houselore",
    help="Answers your team's questions in Slack from your team's own knowledge.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(data, rich_help_panel="Look after it")
app.add_typer(evaluation, rich_help_panel="Look after it")
app.add_typer(golden, rich_help_panel="Look after it")
app.add_typer(models, rich_help_panel="Look after it")
app.add_typer(retriever, rich_help_panel="Look after it")

_ASK, _CARE = "Ask", "Look after it"
Port = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65534, help="The port of the sandbox or the Events API."),
]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="@PERSON", help="Use what this person may read, as in a DM."),
]
In = Annotated[
    str | None,
    typer.Option("--in", metavar="'#CHANNEL'", help="With --as: as the bot would answer there."),
]


@app.command(rich_help_panel=_ASK)
def ask(
    question: Annotated[
        list[str], typer.Argument(help="What you want to know; in quotes where it has a ? or a '.")
    ],
    as_json: Json = False,
    as_person: As = None,
    in_channel: In = None,
) -> None:
    """Ask a question about what everyone may read, or what somebody may."""
    from houselore.cli.ask import ask_question
    from houselore.people.lookup import Asker

    asker = Asker(as_person, in_channel)
    conclude(ask_question(read_settings(), " ".join(question), asker, as_json=as_json))


@app.command(rich_help_panel=_CARE)
def tune(
    name: Annotated[
        str | None,
        typer.Argument(help="What the candidate is to be called; by default house- and a number."),
    ] = None,
    dataset: Annotated[
        str,
        typer.Option(help="The beginning of a dataset's hash; by default what is approved now."),
    ] = "",
    epochs: Annotated[
        float | None,
        typer.Option(min=0.01, help="How often each lesson is seen; by default often enough."),
    ] = None,
    then: Annotated[
        Literal["auto", "dpo", "kto", "none"],
        typer.Option(help="What follows the lessons; auto: what there is enough of."),
    ] = "auto",
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Train in so many; by default one on each GPU of this machine."),
    ] = None,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only write what several machines are to train on.")
    ] = False,
    judge: Annotated[bool, typer.Option(help="Put it beside what is served.")] = True,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Judge it on a sample of so many shipped questions.")
    ] = None,
    share: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Try it in this share of the channels if it passes."),
    ] = 0.0,
) -> None:
    """Train the built-in model on what was approved, judge the candidate, and try it on request."""
    from houselore.cli.tune import TuneRequest, tune_model
    from tuning.training.inputs import TrainingPlan

    wish = TuneRequest(
        name, dataset, TrainingPlan(epochs, then), judge, limit, share, processes, prepare
    )
    conclude(tune_model(read_settings(), wish))


@app.command(rich_help_panel=_ASK)
def search(
    query: Annotated[list[str], typer.Argument(help="What to look for.")],
    as_json: Json = False,
    k: Annotated[
        int, typer.Option("-k", min=1, max=100, help="How many passages to show at most.")
    ] = 5,
    as_person: As = None,
    in_channel: In = None,
) -> None:
    """Show the passages that a question would be answered from."""
    from houselore.cli.search import search_index
    from houselore.people.lookup import Asker

    asker = Asker(as_person, in_channel)
    conclude(search_index(read_settings(), " ".join(query), k, asker, as_json=as_json))


@app.command(rich_help_panel=_ASK)
def index(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to index.")],
    url_prefix: Annotated[
        str | None, typer.Option(help="Where the files can be read, for the links to them.")
    ] = None,
    readers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="public|'#channel'|@person,…",
            help="Who may read them, by name or id (channel:C…, person:U…, group:S…): all of the "
            "workspace unless you say.",
        ),
    ] = None,
) -> None:
    """Index Markdown, HTML, text, PDF and Word files; again, only what has changed."""
    from houselore.cli.index import index_paths

    conclude(index_paths(read_settings(), paths, url_prefix, readers))


@app.command(rich_help_panel=_ASK)
def reindex(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE|'#CHANNEL']",
            help="Only this source, by its path or the end of it, or those for a channel.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done, and how long it takes.")
    ] = False,
    switch: Annotated[
        bool, typer.Option("--switch", help="Take the new index that waits for a decision.")
    ] = False,
) -> None:
    """Bring what was indexed before up to date; rebuild the index where that is due."""
    from houselore.cli.reindex import reindex_sources, show_plan, take_candidate

    if switch:
        conclude(take_candidate(read_settings()))
    conclude((show_plan if dry_run else reindex_sources)(read_settings(), source))


@app.command(rich_help_panel=_CARE)
def cancel() -> None:
    """End the reindexing that goes on, wherever it was begun; what is done is kept."""
    from houselore.cli.reindex import cancel_reindexing

    conclude(cancel_reindexing(read_settings()))


@app.command(rich_help_panel=_CARE)
def rollback() -> None:
    """Go back to the index before the last switch, with the documents as they are now."""
    from houselore.cli.reindex import go_back

    conclude(go_back(read_settings()))


@app.command(rich_help_panel=_CARE)
def run(
    port: Port = None,
    docs: Annotated[
        Path | None, typer.Option(help="What to index at the start: a file or a folder.")
    ] = None,
    world: Annotated[
        Path | None, typer.Option(help="A world for the sandbox (docs/sandbox.md).")
    ] = None,
) -> None:
    """Start the bot: in Slack when its tokens are set, otherwise in a sandbox of its own."""
    from houselore.runtime.run import run_bot

    conclude(run_bot(read_settings(port=port, docs=docs), world))


@app.command(rich_help_panel=_CARE)
def worker() -> None:
    """Do the bot's jobs on a further machine, without a connection of its own to Slack."""
    from houselore.runtime.run import run_worker

    conclude(run_worker(read_settings()))


@app.command(rich_help_panel=_CARE)
def status(as_json: Json = False) -> None:
    """Say what is indexed, asked and answered so far."""
    from houselore.cli.status import show_status

    conclude(show_status(read_settings(), as_json=as_json))


@app.command(rich_help_panel=_CARE)
def migrate() -> None:
    """Bring the database's schema to this version."""
    from houselore.cli.migrate import migrate_database

    conclude(migrate_database(read_settings()))


@app.command(rich_help_panel=_CARE)
def doctor(as_json: Json = False) -> None:
    """Check every part, and say how to mend what is broken."""
    from houselore.cli.doctor import show_findings

    conclude(show_findings(read_settings(), as_json=as_json))


@app.command(
    rich_help_panel=_CARE,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def sandbox(context: typer.Context, port: Port = None) -> None:
    """Start the sandbox alone, for any bot; further options go to it (docs/sandbox.md)."""
    from houselore.embedded.sandbox import become_sandbox

    conclude(become_sandbox(read_settings(port=port), context.args))


@app.command("settings-page", hidden=True)
def settings_page() -> None:
    """Write docs/configuration.md's text."""
    from houselore.settings_docs import settings_page as page

    typer.echo(page(), nl=False)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"houselore {version_of('houselore')}")
        except PackageNotFoundError:
            typer.echo("houselore, run without being installed: `make install`")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command line; the console script's entry point."""
    os.umask(0o077)  # what we keep is for our own user's eyes
    app()
