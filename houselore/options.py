"""Options that several commands share, and the settings they run with. Runs nothing."""

from typing import TYPE_CHECKING, Annotated

import typer

from houselore.outcome import complain

if TYPE_CHECKING:
    from houselore.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]


def read_settings(**given: object) -> "Settings":
    """The environment's settings, `given` before them. Leaves with an exit code if one is wrong."""
    from houselore.settings import open_settings

    try:
        return open_settings(**given)
    except Exception as error:
        raise typer.Exit(complain(error)) from error
