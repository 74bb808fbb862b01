"""Options that several commands share, and the loading of settings."""

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
    """Load the settings, overridden by `given`; exit with a code if one is invalid."""
    from houselore.settings import open_settings

    try:
        return open_settings(**given)
    except Exception as error:
        raise typer.Exit(complain(error)) from error
