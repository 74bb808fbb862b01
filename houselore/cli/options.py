"""Options that several commands share, and the settings they run with. Runs nothing."""

from typing import TYPE_CHECKING, Annotated

import typer

from houselore.cli.exit_codes import complain

if TYPE_CHECKING:
    from houselore.settings import Settings


def _number(text: str) -> int:
    if not text.isdecimal():
        raise typer.BadParameter(f"`{text}` is no number: the list shows each one's.")
    return int(text)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Number = Annotated[int, typer.Argument(metavar="N", parser=_number, help="Its number in the list.")]
Numbers = Annotated[
    list[int], typer.Argument(metavar="N…", parser=_number, help="Their numbers in the list.")
]


def read_settings(**given: object) -> "Settings":
    """The environment's settings, `given` before them. Leaves with an exit code if one is wrong."""
    from houselore.settings import open_settings

    try:
        return open_settings(**given)
    except Exception as error:
        raise typer.Exit(complain(error)) from error
