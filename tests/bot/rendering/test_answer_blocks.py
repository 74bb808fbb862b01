"""An answer in Slack's own parts: all of it, sign by sign, and nothing that acts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.rendering.answer_blocks import answer_blocks
from sandbox.blocks import check_blocks, length_of
from sandbox.rendering import Names, render_message
from tests.bot.answers import LIST, STEPS, TABLE, WHOLE, codes, fenced, markdowns
from tests.bot.rendering.test_mrkdwn import ACTS

Block = dict[str, Any]


def elements(text: str) -> list[Block]:
    """The parts of the rich text of an answer, in order."""
    blocks = answer_blocks(text)
    return [part for block in blocks if block["type"] == "rich_text" for part in block["elements"]]


def leaves(value: Any) -> Iterator[Block]:
    """Every element of rich text that holds no other."""
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict) and "elements" in value:
        yield from leaves(value["elements"])
    elif isinstance(value, dict) and "rows" in value:
        yield from leaves(value["rows"])
    elif isinstance(value, dict):
        yield value


def said(part: Any) -> str:
    """What a part says."""
    return "".join(leaf.get("text", "") for leaf in leaves(part))


def numbered(parts: list[Block], indent: int = 0) -> list[tuple[int, str]]:
    """The steps of an answer with the numbers that Slack gives them."""
    return [
        (part.get("offset", 0) + at + 1, said(item))
        for part in parts
        if part.get("style") == "ordered" and part["indent"] == indent
        for at, item in enumerate(part["elements"])
    ]


def test_steps_keep_their_numbers_and_their_code() -> None:
    """Steps from 3 on go on behind the code and the list inside them; code is exact."""
    parts = elements(STEPS)
    assert [number for number, _ in numbered(parts)] == [3, 4, 5, 6]
    (code,) = [part for part in parts if part["type"] == "rich_text_preformatted"]
    assert said(code) == STEPS.split("```toml\n")[1].split("\n   ```")[0].replace("\n   ", "\n")[3:]
    nested = [(part["indent"], said(part)) for part in parts if part.get("style") == "bullet"]
    assert nested == [(1, "On a Friday, ask @channel first."), (2, "Not on holidays.")]
    curl = "curl -X POST https://signer.example.com/restart"
    assert {"type": "text", "text": curl, "style": {"code": True}} in list(leaves(parts))


def test_a_table_keeps_its_cells_and_alignment() -> None:
    """The first table is a table, with every cell in its place and an empty one shown empty."""
    blocks = answer_blocks(TABLE)
    table = blocks[1]
    assert [block["type"] for block in blocks] == ["rich_text", "table"]
    assert [said(cell) for cell in table["rows"][0]] == [
        "Warehouse", "Code", "Pallet places", "Stocktaking day", "Gate opens", "Loading docks",
    ]  # fmt: skip
    assert [said(cell) for cell in table["rows"][2]] == [
        "Saltwick Central", "WH-2026", "1834", " ", "9:30", "23",
    ]  # fmt: skip
    aligns = [column["align"] for column in table["column_settings"]]
    assert aligns == ["left", "left", "right", "center", "left", "left"]


def test_a_second_table_is_a_list_of_its_rows() -> None:
    """A message may hold one table: a further one is shown row by row, each cell with its head."""
    blocks = answer_blocks(f"{TABLE}\nAnd:\n\n| Plan | Price |\n|---|---|\n| Pro | **10** € |\n")
    assert [block["type"] for block in blocks].count("table") == 1
    assert said(blocks[-1]) == "Plan: Pro; Price: 10 €"


@pytest.mark.parametrize(("rows", "columns"), [(100, 2), (3, 21)])
def test_a_table_past_slacks_limits_is_a_list(rows: int, columns: int) -> None:
    """A table of more than 100 rows with its head, or 20 columns, is shown row by row."""
    line = "|" + "x|" * columns
    text = f"{line}\n{'|-' * columns}|\n" + f"{line}\n" * rows
    (block,) = answer_blocks(text)
    assert block["type"] == "rich_text"
    assert len(block["elements"][0]["elements"]) == rows


def test_a_quotation_holds_its_list_and_its_code() -> None:
    """A list and code inside a quotation have its border."""
    kinds = [(part["type"], part.get("border")) for part in elements("> a\n> - b\n>\n> ```\n> c\n")]
    assert kinds == [
        ("rich_text_quote", None), ("rich_text_list", 1), ("rich_text_preformatted", 1),
    ]  # fmt: skip


def test_prose_stays_markdown() -> None:
    """What is only prose is the Markdown that was streamed."""
    (block,) = answer_blocks("Yes: **before noon**. [1]\n\n> The rule. <!channel>")
    assert block["type"] == "markdown"
    assert not ACTS.search(block["text"])


@given(codes)
@example("  <demo_name> {{ .Values.x }} $(hostname -s) @channel *.cfg __init__\n\n\t<!channel>")
def test_code_comes_out_as_it_goes_in(code: str) -> None:
    """Code of any signs is the same code, alone and inside a step."""
    for text in (
        fenced(code, "sh"),
        f"1. Run:\n\n{fenced(code, indent='   ')}\n\n2. Wait.",
    ):
        (part,) = [one for one in elements(text) if one["type"] == "rich_text_preformatted"]
        assert said(part) == code


@given(
    st.integers(1, 500),
    st.lists(st.sampled_from(["", "code", "list", "quote", "more"]), min_size=1),
)
def test_numbers_go_on(first: int, kinds: list[str]) -> None:
    """Whatever stands inside the steps, each has the number after the one before."""
    inside = {
        "": "",
        "code": "\n\n    ```\n    x\n    ```\n",
        "list": "\n    - x\n    - y",
        "quote": "\n\n    > x\n",
        "more": "\n\n    More of it.\n",
    }
    numbers = range(first, first + len(kinds))
    lines = [f"{n}. Step".ljust(4) + inside[kind] for n, kind in zip(numbers, kinds, strict=True)]
    parts = elements("\n".join(lines))
    assert [number for number, _ in numbered(parts)] == list(numbers)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|\\`*_~[]!&"),
    min_size=1,
    max_size=12,
)


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n),
                                                     min_size=2, max_size=8)))  # fmt: skip
def test_all_cells_are_kept(rows: list[list[str]]) -> None:
    """Every cell of a table stands in its row and column."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    (table,) = answer_blocks("\n".join(lines))
    assert [[said(cell) for cell in row] for row in table["rows"]] == rows


@given(markdowns)
@example(WHOLE)
@example("`<!channel>` [a](https://e.vil)")
@example("- <@U1> @here\n- https://e.vil")
def test_nothing_acts(text: str) -> None:
    """No mention, command or link is left in any answer: rich text is mere text, all else safe."""
    blocks = answer_blocks(text)
    for block in blocks:
        if block["type"] == "markdown":
            assert not ACTS.search(block["text"])
        elif block["type"] != "divider":
            assert {leaf["type"] for leaf in leaves(block.get("elements", block.get("rows")))} <= {
                "text"
            }
    html = render_message({"blocks": blocks}, Names(people={"U123": "ann"}))
    assert "<a " not in html
    assert "data-broadcast" not in html
    assert "data-user" not in html


@settings(max_examples=25)
@given(markdowns, st.integers(1, 100))
@example(TABLE, 60)
@example("x\n\n" * 60, 60)
@example("| {0} | {0} |\n|---|---|\n{1}\n\n".format("head" * 100, "| x |\n" * 99), 3)
def test_a_message_takes_the_blocks(text: str, times: int) -> None:
    """Whatever the answer, its blocks hold the limits of Slack's messages, and are shortened."""
    blocks = answer_blocks(text * times)
    assert check_blocks([block for block in blocks if block.get("text") != ""]) == []
    assert len(blocks) <= 45
    assert length_of(blocks) <= 10_000


@pytest.mark.parametrize("text", [LIST, STEPS, TABLE, WHOLE])
def test_blocks_are_what_slack_describes(shared_data: Path, text: str) -> None:
    """The blocks are valid by Slack's own types, but for `offset`, which only its docs name."""
    schema = json.loads((shared_data / "slack" / "Blocks.schema.json").read_text())
    blocks = json.loads(json.dumps(answer_blocks(text)))
    for block in blocks:
        for part in block.get("elements", ()):
            part.pop("offset", None)
    assert list(jsonschema.Draft7Validator(schema).iter_errors(blocks)) == []
