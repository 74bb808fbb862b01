"""Block Kit's rules against Slack's own schema and documented limits."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from sandbox.blocks import check_blocks, check_chunks, check_view, length_of

PLAIN = {"type": "plain_text", "text": "Words", "emoji": True}
MRKDWN = {"type": "mrkdwn", "text": "*Words*", "verbatim": False}
OPTION = {"text": PLAIN, "value": "one"}
CONFIRM = {"title": PLAIN, "text": MRKDWN, "confirm": PLAIN, "deny": PLAIN, "style": "danger"}
BUTTON = {
    "type": "button",
    "text": PLAIN,
    "action_id": "a",
    "value": "v",
    "url": "https://example.com",
    "style": "primary",
    "confirm": CONFIRM,
    "accessibility_label": "label",
}
IMAGE = {"type": "image", "alt_text": "a picture", "image_url": "https://example.com/a.png"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "words", "style": {"bold": True}},
                {"type": "user", "user_id": "U1"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "team", "team_id": "T1"},
                {"type": "broadcast", "range": "here"},
                {"type": "emoji", "name": "wave"},
                {"type": "link", "url": "https://example.com", "text": "there"},
                {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
                {"type": "color", "value": "#fff"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 0,
            "elements": [{"type": "rich_text_section", "elements": []}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}], "border": 1},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "c"}]},
    ],
}
TASK = {
    "type": "task_card",
    "task_id": "t",
    "title": "Search",
    "status": "complete",
    "details": RICH,
    "sources": [{"type": "url", "text": "page", "url": "https://example.com"}],
}
CARD = {"type": "card", "title": MRKDWN, "body": MRKDWN, "actions": [BUTTON], "icon": IMAGE}
INPUTS: list[dict[str, Any]] = [
    {"type": "plain_text_input", "action_id": "i", "multiline": True, "placeholder": PLAIN},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
    {"type": "email_text_input"},
    {"type": "url_text_input", "focus_on_load": True},
    {"type": "file_input", "filetypes": ["pdf"], "max_files": 1},
    {"type": "rich_text_input", "initial_value": RICH},
    {"type": "checkboxes", "options": [OPTION], "initial_options": [OPTION]},
    {"type": "radio_buttons", "options": [OPTION], "initial_option": OPTION},
    {"type": "datepicker", "initial_date": "2026-11-23"},
    {"type": "timepicker", "timezone": "Europe/Amsterdam"},
    {"type": "datetimepicker", "initial_date_time": 1},
    {"type": "static_select", "option_groups": [{"label": PLAIN, "options": [OPTION]}]},
    {"type": "external_select", "min_query_length": 2},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "channels_select", "response_url_enabled": True},
    {"type": "conversations_select", "filter": {"include": ["im"], "exclude_bot_users": True}},
    {"type": "multi_static_select", "options": [OPTION], "max_selected_items": 2},
    {"type": "multi_external_select", "initial_options": [OPTION]},
    {"type": "multi_users_select", "initial_users": ["U1"]},
    {"type": "multi_channels_select"},
    {"type": "multi_conversations_select", "default_to_current_conversation": True},
]
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "f",
    "positive_button": {"text": PLAIN, "value": "up"},
    "negative_button": {"text": PLAIN, "value": "down", "accessibility_label": "bad"},
}
GOOD: list[dict[str, Any]] = [
    {"type": "section", "text": MRKDWN, "fields": [PLAIN], "accessory": BUTTON, "expand": True},
    {"type": "section", "text": PLAIN, "accessory": {"type": "overflow", "options": [OPTION]}},
    {"type": "actions", "block_id": "b", "elements": [BUTTON, INPUTS[11]]},
    {"type": "context", "elements": [MRKDWN, IMAGE]},
    {"type": "context_actions", "elements": [FEEDBACK]},
    {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": PLAIN, "value": "x"}],
    },
    {"type": "divider"},
    {"type": "header", "text": PLAIN},
    {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}, "title": PLAIN},
    {"type": "markdown", "text": "**Words**"},
    {"type": "file", "external_id": "x", "source": "remote"},
    {"type": "alert", "text": MRKDWN, "level": "warning"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, RICH]]},
    {
        "type": "data_table",
        "caption": "Numbers",
        "rows": [[{"type": "raw_number", "text": "1", "value": 1}]],
    },
    {"type": "plan", "title": "Plan", "tasks": [TASK]},
    {"type": "container", "title": PLAIN, "child_blocks": [{"type": "divider"}], "width": "wide"},
    {"type": "carousel", "elements": [CARD]},
    {
        "type": "video",
        "alt_text": "a",
        "title": PLAIN,
        "thumbnail_url": "https://example.com/t.png",
        "video_url": "https://example.com/v",
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "workflow_button",
                "text": PLAIN,
                "workflow": {"trigger": {"url": "https://example.com"}},
            }
        ],
    },
    RICH,
    TASK,
    CARD,
    *(
        {"type": "input", "label": PLAIN, "element": element, "hint": PLAIN, "optional": True}
        for element in INPUTS
    ),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_good_blocks_are_taken(block: dict[str, Any]) -> None:
    """A block of each type with its usual fields is accepted."""
    assert check_blocks([block]) == []


def test_what_the_schema_rejects_is_rejected(slack_data: Path) -> None:
    """Blocks broken in one place that Slack's schema rejects are rejected here too."""
    schema = json.loads((slack_data / "Blocks.schema.json").read_text())
    chance = random.Random(0)
    missed, broken = [], 0
    for block in GOOD:
        name = "".join(word.title() for word in block["type"].split("_")) + "Block"
        validator = Draft7Validator({**schema, "$ref": f"#/definitions/{name}"})
        mutants = list(_mutants(block))
        for mutant in chance.sample(mutants, min(len(mutants), 12)):
            if not validator.is_valid(mutant):
                broken += 1
                if not check_blocks([mutant]):
                    missed.append(mutant)
    assert broken > 300
    assert missed == []


def test_what_the_chunk_schema_rejects_is_rejected(slack_data: Path) -> None:
    """The same holds for the chunks of a stream."""
    validator = Draft7Validator(json.loads((slack_data / "Chunks.schema.json").read_text()))
    chunks: list[dict[str, Any]] = [
        {"type": "markdown_text", "text": "words"},
        {"type": "task_update", "id": "1", "title": "Look", "status": "pending", "details": "d"},
        {"type": "plan_update", "title": "Plan"},
        {"type": "blocks", "blocks": [{"type": "divider"}]},
    ]
    assert check_chunks(chunks) == []
    for chunk in chunks:
        for mutant in _mutants(chunk):
            if not validator.is_valid([mutant]):
                assert check_chunks([mutant]), mutant


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "section", "text": {**MRKDWN, "text": "x" * 3001}}, "less than 3001"),
        ({"type": "section"}, "must define one of text, fields"),
        ({"type": "header", "text": MRKDWN}, "unsupported type: mrkdwn"),
        ({"type": "header", "text": {**PLAIN, "text": "x" * 151}}, "less than 151"),
        ({"type": "actions", "elements": [BUTTON] * 26}, "no more than 25"),
        ({"type": "context", "elements": [MRKDWN] * 11}, "no more than 10"),
        ({"type": "context_actions", "elements": [FEEDBACK] * 6}, "no more than 5"),
        ({"type": "markdown", "text": "x" * 12001}, "less than 12001"),
        (
            {"type": "actions", "elements": [{**BUTTON, "text": {**PLAIN, "text": "x" * 76}}]},
            "less than 76",
        ),
        ({"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}, "less than 2001"),
        ({"type": "actions", "elements": [{**BUTTON, "action_id": "x" * 256}]}, "less than 256"),
        ({"type": "divider", "block_id": "x" * 256}, "less than 256"),
        ({"type": "actions", "elements": [BUTTON, BUTTON]}, "stands twice"),
        ({"type": "nothing"}, "unsupported type: nothing"),
    ],
)
def test_documented_limits(block: dict[str, Any], problem: str) -> None:
    """What exceeds a documented limit is refused, with a pointer to where."""
    problems = check_blocks([block])
    assert any(problem in said and "json-pointer:/blocks" in said for said in problems), problems


def test_block_ids_are_unique() -> None:
    """Two blocks of a message cannot share a block_id."""
    block = {"type": "divider", "block_id": "same"}
    assert "already exists" in check_blocks([block, block])[0]


def test_rich_text_as_it_is_documented() -> None:
    """A list may begin at another number, and code may name its language."""
    parts = [
        {"type": "rich_text_list", "style": "ordered", "offset": 4, "elements": []},
        {"type": "rich_text_preformatted", "language": "sh", "elements": []},
    ]
    assert check_blocks([{"type": "rich_text", "elements": parts}]) == []


def test_tables_of_a_message() -> None:
    """A message holds one table, of 10,000 characters, and no cell of it is without text."""

    def table(text: str) -> dict[str, Any]:
        return {"type": "table", "rows": [[{"type": "raw_text", "text": text}]]}

    assert check_blocks([table("a")]) == []
    data_table = {**table("b"), "type": "data_table", "caption": "Numbers"}
    assert "only_one_table_allowed" in check_blocks([table("a"), data_table])[0]
    assert "in all cells" in check_blocks([table("a" * 10_001)])[0]
    assert "more than 0 characters" in check_blocks([table("")])[0]


def test_views() -> None:
    """A modal needs a title, a submit button for inputs, and no blocks made for messages."""
    modal = {"type": "modal", "title": PLAIN, "blocks": [{"type": "divider"}]}
    assert check_view(modal) == []
    assert check_view({**modal, "title": {**PLAIN, "text": "x" * 25}})
    assert "title" in check_view({"type": "modal", "blocks": []})[0]
    assert check_view({**modal, "blocks": [{"type": "divider"}] * 101})
    assert check_view({**modal, "private_metadata": "x" * 3001})
    field = {"type": "input", "label": PLAIN, "element": INPUTS[0]}
    assert "submit is required" in check_view({**modal, "blocks": [field]})[0]
    assert check_view({**modal, "blocks": [field], "submit": PLAIN}) == []
    assert check_view({**modal, "blocks": [{"type": "markdown", "text": "x"}]})
    assert check_view({"type": "home", "blocks": [], "title": PLAIN})


def test_length_counts_every_text() -> None:
    """The length of blocks is that of all the text in them."""
    fields = {"type": "section", "text": PLAIN, "fields": [MRKDWN]}
    assert length_of([fields, {"type": "markdown", "text": "1234"}]) == 5 + 7 + 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON)
@settings(max_examples=150)
def test_no_json_breaks_the_checks(value: Any) -> None:
    """Whatever JSON comes in, the checks answer with problems or none and never raise."""
    for check in (check_blocks, check_view, check_chunks):
        assert isinstance(check(value), list)


def _mutants(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Copies with one thing taken away, added, or replaced."""
    for path in _paths(value):
        for replacement in (None, 5, "odd", [], {}, [5], {"odd": 1}, True):
            yield _changed(value, path, replacement)
        if path and isinstance(path[-1], str):
            yield _without(value, path)
        if isinstance(_at(value, path), dict):
            yield _changed(value, (*path, "odd"), 1)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*at, key))
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _paths(item, (*at, number))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _changed(value: dict[str, Any], path: tuple[Any, ...], new: Any) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    _at(changed, path[:-1])[path[-1]] = new
    return changed


def _without(value: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    del _at(changed, path[:-1])[path[-1]]
    return changed
