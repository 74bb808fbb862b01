"""An answer in a terminal of 80 columns, and in a file."""

import io
import re
from collections.abc import Iterable

from hypothesis import given, settings
from rich.console import Console

from bot.rendering.pieces import read_pieces
from houselore.cli.terminal import AnswerPrinter, print_pieces
from tests.bot.answers import LIST, STEPS, TABLE, WHOLE, codes, fenced

TOKEN = re.compile(r"\x1b\[(?P<count>\d*)(?P<act>[A-Za-z])|\x1b\[\?25[lh]|(?P<sign>.)", re.DOTALL)


def print_words(words: Iterable[str], *, terminal: bool) -> str:
    """All that is written while an answer's words come."""
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, color_system=None)
    with AnswerPrinter(console) as printer:
        for word in words:
            printer._at = 0  # drawn anew for each, as if they came slowly
            printer.add(word)
        printer.finish()
    return out.getvalue()


def screen(written: str) -> str:
    """What stands in a terminal after this was written to it, if no line is wider than it."""
    lines, row, column = [""], 0, 0
    for token in TOKEN.finditer(written):
        if token["act"] == "A":
            row -= int(token["count"] or 1)
        elif token["act"] == "K":
            lines[row] = ""
        elif token["sign"] == "\r":
            column = 0
        elif token["sign"] == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif token["sign"]:
            lines[row] = (
                lines[row][:column].ljust(column) + token["sign"] + lines[row][column + 1 :]
            )
            column += 1
    return "\n".join(line.rstrip() for line in lines)


def laid_out(text: str, width: int = 80) -> str:
    """The finished blocks of a text."""
    out = io.StringIO()
    for pieces in read_pieces(text):
        print_pieces(Console(file=out, width=width, highlight=False), pieces)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def test_steps_in_a_terminal() -> None:
    """Numbers, code and what is nested stand below each other, each set in."""
    assert (
        laid_out(STEPS)
        == """\
Do this every quarter, with two people present. [1]
 3. Open the vault console and choose Signing keys.
 4. Put the fingerprint into keyring.toml:
        [active]
        fingerprint = "SHA256:…"

        # <demo_name> {{ .Values.x }} $(hostname -s) @channel *.cfg __init__ <!channel> <@U0PRIYA>
 5. Restart the signer with curl -X POST https://signer.example.com/restart.
     • On a Friday, ask @channel first.
         • Not on holidays.
 6. Retire the old key.
"""
    )


def test_a_table_in_a_terminal() -> None:
    """A table fits into 80 columns with all its words; one that cannot is printed row by row."""
    shown = laid_out(TABLE)
    assert max(map(len, shown.split("\n"))) == 80
    assert "│ WH-2026 │" in shown
    assert " • Warehouse: Vexmoor East; Code:\n   WH-1697; Pallet" in laid_out(TABLE, width=40)


def test_a_list_and_a_quotation_in_a_terminal() -> None:
    """Further lines begin below the first, and a quotation has its bar at each."""
    assert (
        laid_out(LIST, width=24)
        == """\
Tech leads are
responsible for: [2]
 • Reviews of every
   change
     • within one
       working day
 • Releases and *.cfg
   files
│ Except on holidays,
│ when on-call decides.
│ [2]
"""
    )


def test_words_that_come_leave_one_whole_answer() -> None:
    """However the words come, the screen ends with each block once, as it was laid out."""
    text = WHOLE.replace("<!channel> <@U0PRIYA>", "")  # no line of code is wider than the screen
    whole = print_words([text], terminal=True)
    grown = print_words(re.findall(r"\s*\S+\s*", text), terminal=True)
    assert screen(grown).split() == laid_out(text).split() == screen(whole).split()
    assert len(grown) > len(whole)


def test_a_list_grows_letter_by_letter() -> None:
    """Items with blank lines between them are one list, however little of one has come."""
    text = "Steps:\n\n1. Open it.\n\n2. Close it.\n\n   ```\n   make\n\n   ```\n\n3. Go.\n\nDone."
    assert screen(print_words(text, terminal=True)).split() == laid_out(text).split()


def test_a_file_gets_the_markdown() -> None:
    """Where the output is no terminal, the answer is the Markdown that it is."""
    text = WHOLE + "\n\tmake\n"
    assert print_words(text.splitlines(keepends=True), terminal=False) == text + "\n"


@settings(max_examples=40)
@given(codes)
def test_code_is_printed_as_it_stands(code: str) -> None:
    """No line of code is cut, folded or changed, however long it is."""
    out = io.StringIO()
    for pieces in read_pieces(fenced(code * 20)):
        print_pieces(Console(file=out, width=80), pieces)
    lines = (code * 20).strip("\n").split("\n")
    assert out.getvalue().strip("\n").split("\n") == ["    " + line for line in lines]


def test_nothing_controls_the_terminal() -> None:
    """Escape codes in a text are no escape codes on the screen."""
    hostile = "a \x1b[2J\x1b]0;title\x07\x9b31m b\n\n```\n\x1b[8m hidden\n```\n"
    assert not re.search(r"[\x07\x9b]|\x1b\[(2J|8m)|\x1b\]", print_words([hostile], terminal=True))
    assert "\x1b" not in print_words([hostile], terminal=False)
