"""Print an answer's Markdown in a terminal: text, lists, tables and code, block by block.

Links do not act, and control characters are removed, so the text cannot control the terminal.
"""

import re
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import Self

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.rendering.pieces import Code, Divider, Grid, Items, Piece, Prose, Spans, read_pieces, words

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike", "code": "cyan"}
_INDENT = 4
_PAUSE = 0.1


class AnswerPrinter:
    """Prints a growing Markdown text: whole blocks once, the last one again as it grows.

    Without a terminal, the Markdown itself is written as it comes.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._text = ""
        self._printed = 0
        self._at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._live.stop()

    def add(self, text: str) -> None:
        """Add text to the answer."""
        text = without_controls(text)
        self._text += text
        if not self._console.is_terminal:
            self._console.file.write(text)  # as it is: the console would make spaces of tabs
            return
        if time.monotonic() - self._at < _PAUSE:
            return
        self._at = time.monotonic()
        self._live.start()
        # Only a whole line ends a block for good: what begins as a 2 may go on as the item "2. …".
        self._print(read_pieces(self._text[: self._text.rfind("\n") + 1])[:-1])
        growing = read_pieces(self._text)[self._printed :]
        self._live.update(Group(*_shown(chain(*growing))), refresh=True)

    def finish(self) -> None:
        """End the answer; text that is added later starts another one."""
        self._live.update("")
        self._live.stop()
        if self._console.is_terminal:
            self._print(read_pieces(self._text))
        else:
            self._console.file.write("\n")
        self._text, self._printed = "", 0

    def _print(self, blocks: tuple[tuple[Piece, ...], ...]) -> None:
        for pieces in blocks[self._printed :]:
            if self._printed:
                self._console.print()
            print_pieces(self._console, pieces)
            self._printed += 1


def print_pieces(console: Console, pieces: Iterable[Piece]) -> None:
    """Print pieces one below the other; a table that is too wide becomes a list."""
    for piece in pieces:
        if isinstance(piece, Grid) and _least_width(piece) > console.width:
            piece = piece.as_items()
        for shown in _shown([piece]):
            # Code goes past the edge: cropped or folded by us it would not be what was written.
            console.print(shown, soft_wrap=isinstance(piece, Code))


def without_controls(text: str) -> str:
    """Remove control characters, which could move the cursor or colour the terminal."""
    return _CONTROLS.sub("", text)


class _Hanging:
    """Text after a list mark; further lines are indented to the first."""

    def __init__(self, piece: Prose | Items, mark: str, text: Text) -> None:
        self._before = " " * _INDENT * piece.indent + "│ " * piece.quoted
        self._mark = mark
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(1, options.max_width - len(self._before) - len(self._mark))
        for at, line in enumerate(self._text.wrap(console, width, overflow="fold")):
            mark = self._mark if at == 0 else " " * len(self._mark)
            yield Text.assemble((self._before, "dim"), (mark, "bold"), line)


class _Verbatim:
    """A line of code, literally."""

    def __init__(self, before: str, line: str) -> None:
        self._before = before
        self._line = line

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self._before, console.get_style("dim"))
        # A rich Text would turn its tabs into spaces.
        yield Segment(self._line, console.get_style(_STYLES["code"]))
        yield Segment.line()


def _shown(pieces: Iterable[Piece]) -> Iterator[RenderableType]:
    for piece in pieces:
        match piece:
            case Prose(spans):
                yield _Hanging(piece, "", _text(spans))
            case Items():
                yield from _items(piece)
            case Code(text, indent, quoted):
                before = " " * _INDENT * indent + "│ " * quoted + " " * _INDENT
                yield from (_Verbatim(before, line) for line in text.split("\n"))
            case Grid():
                yield Padding(_table(piece), (0, 0, 0, _INDENT * piece.indent))
            case Divider():
                yield Rule(style="dim")


def _items(piece: Items) -> Iterator[RenderableType]:
    for at, item in enumerate(piece.items):
        mark = " • " if piece.number is None else f"{piece.number + at}. ".rjust(_INDENT)
        yield _Hanging(piece, mark, _text(item))


def _table(grid: Grid) -> Table:
    table = Table(box=box.ROUNDED)
    for head, align in zip(grid.heads, grid.aligns, strict=True):
        table.add_column(_text(head), justify=align, overflow="fold")
    for row in grid.rows:
        table.add_row(*map(_text, row))
    return table


def _least_width(grid: Grid) -> int:
    """Return the width, in columns, that a table needs so that no word is broken."""
    columns = zip(grid.heads, *grid.rows, strict=True)
    longest = [max(cell_len(w) for cell in column for w in words(cell).split() or [""])
               for column in columns]  # fmt: skip
    return sum(longest) + 3 * len(longest) + 1 + _INDENT * grid.indent


def _text(spans: Spans) -> Text:
    return Text.assemble(
        *((span.text, " ".join(_STYLES[each] for each in sorted(span.style))) for span in spans)
    )
