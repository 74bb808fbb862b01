"""An answer as bare text is readable where nothing else can be shown."""

from hypothesis import given

from bot.rendering.plain_text import plain_text
from tests.bot.answers import LIST, STEPS, TABLE, codes, fenced


def test_steps() -> None:
    """Steps have their numbers, and what is inside them is set in."""
    lines = plain_text(STEPS).split("\n")
    assert lines[2:4] == [
        "3. Open the vault console and choose Signing keys.",
        "4. Put the fingerprint into keyring.toml:",
    ]
    assert lines[4] == "    [active]"
    assert lines[-3:] == [
        "    • On a Friday, ask @channel first.", "        • Not on holidays.",
        "6. Retire the old key.",
    ]  # fmt: skip


def test_a_table() -> None:
    """A row names its columns, and leaves out what is empty."""
    assert plain_text(TABLE).split("\n")[-1] == (
        "• Warehouse: Saltwick Central; Code: WH-2026; Pallet places: 1834; Gate opens: 9:30; "
        "Loading docks: 23"
    )


def test_a_list_and_a_quotation() -> None:
    """Bullets and quotation marks are those that people type."""
    assert plain_text(LIST) == (
        "Tech leads are responsible for: [2]\n\n• Reviews of every change\n"
        "    • within one working day\n• Releases and *.cfg files\n\n"
        "> Except on holidays,\n> when on-call decides. [2]"
    )


@given(codes)
def test_code_is_as_it_was(code: str) -> None:
    """Code has its signs and no fences."""
    assert plain_text(fenced(code)) == code.strip("\n")
