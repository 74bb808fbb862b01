"""Block Kit's blocks and elements to Html that says, in its attributes, how it acts."""

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from sandbox.rendering import Names, render_message, render_view

NAMES = Names(people={"U1": "mara", "U2": "jonas"}, channels={"C1": "help"})


def plain(words: str) -> dict[str, str]:
    """Text without markup."""
    return {"type": "plain_text", "text": words}


def option(value: str) -> dict[str, Any]:
    """A choice that is called as its value."""
    return {"text": plain(value.title()), "value": value}


def one(block: dict[str, Any]) -> Tag:
    """The box of a message's only block."""
    found = BeautifulSoup(render_message({"blocks": [block]}, NAMES), "html.parser").div
    assert found is not None
    return found


def element(given: dict[str, Any]) -> Tag:
    """What is in an actions block that holds one element."""
    block = one({"type": "actions", "block_id": "b", "elements": [{"action_id": "a", **given}]})
    found = block.find(True)
    assert isinstance(found, Tag)
    return found


def test_section() -> None:
    """A section has its text, its fields and its accessory."""
    block = one({
        "type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "*Hi*"},
        "fields": [plain("one"), plain("two")],
        "accessory": {"type": "button", "action_id": "a", "text": plain("Go"), "value": "7"},
    })  # fmt: skip
    assert block["data-block-id"] == "s"
    assert [field.text for field in block.select(".field")] == ["one", "two"]
    assert block.select_one(".section-text strong") is not None
    button = block.select_one(".accessory button")
    assert button is not None
    assert {key: button[key] for key in ("data-action-id", "data-block-id", "data-value")} == {
        "data-action-id": "a",
        "data-block-id": "s",
        "data-value": "7",
    }


def test_button() -> None:
    """A button carries its style, the question to ask first, and an address that is safe."""
    confirm = {"title": plain("Sure?"), "text": plain("It goes."), "style": "danger"}
    button = element({
        "type": "button", "text": plain("Drop"), "style": "danger", "confirm": confirm,
        "url": "https://a.b",
    })  # fmt: skip
    assert button["class"] == ["button", "danger"]
    assert (button["data-confirm-title"], button["data-confirm-yes"]) == ("Sure?", "Yes")
    assert button["data-url"] == "https://a.b"
    unsafe = element({"type": "button", "text": plain("x"), "url": "javascript:alert(1)"})
    assert not unsafe.has_attr("data-url")


@pytest.mark.parametrize(
    ("given", "choices"),
    [
        ({"type": "static_select", "options": [option("x"), option("y")]}, ["x", "y"]),
        ({"type": "static_select", "option_groups": [{"options": [option("x")]}]}, ["x"]),
        ({"type": "users_select"}, ["U1", "U2"]),
        ({"type": "conversations_select"}, ["C1"]),
    ],
)
def test_selects(given: dict[str, Any], choices: list[str]) -> None:
    """A select offers its options, or the workspace's people or channels."""
    select = element({**given, "placeholder": plain("Which?")})
    assert select.name == "select"
    assert [entry["value"] for entry in select.find_all("option")] == ["", *choices]
    assert select["data-type"] == given["type"]


def test_initial_values() -> None:
    """What is chosen or typed at first is chosen or typed in the form."""
    select = element({"type": "users_select", "initial_user": "U2"})
    assert [entry["value"] for entry in select.select("option[selected]")] == ["U2"]
    boxes = element({
        "type": "checkboxes", "options": [option("x"), option("y")],
        "initial_options": [option("y")],
    })  # fmt: skip
    assert [box["value"] for box in boxes.select("input[checked]")] == ["y"]
    people = element({"type": "multi_users_select", "initial_users": ["U1"]})
    assert [box["value"] for box in people.select("input[checked]")] == ["U1"]
    assert element({"type": "datepicker", "initial_date": "2026-11-23"})["value"] == "2026-11-23"
    area = element({"type": "plain_text_input", "multiline": True, "initial_value": "a\n<b>"})
    assert (area.name, area.text) == ("textarea", "a\n<b>")


def test_radio_buttons() -> None:
    """Radio buttons of one element exclude one another."""
    group = element({"type": "radio_buttons", "options": [option("x"), option("y")]})
    assert {button["name"] for button in group.select("input[type=radio]")} == {"b/a"}


def test_overflow() -> None:
    """An overflow menu's entries are buttons with their values."""
    menu = element({"type": "overflow", "options": [option("x"), option("y")]})
    assert [entry["data-value"] for entry in menu.select("button")] == ["x", "y"]
    assert {entry["data-type"] for entry in menu.select("button")} == {"overflow"}


def test_feedback_buttons() -> None:
    """Feedback is two buttons of one action, neither of them pressed."""
    block = one({"type": "context_actions", "block_id": "b", "elements": [{
        "type": "feedback_buttons", "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }]})  # fmt: skip
    found = [(button["data-type"], button["data-value"], button["data-action-id"])
             for button in block.select("button")]  # fmt: skip
    assert found == [("feedback_positive", "up", "rate"), ("feedback_negative", "down", "rate")]
    assert {button["aria-pressed"] for button in block.select("button")} == {"false"}


def test_inputs_in_a_view() -> None:
    """An input has a label of its own, and says whether it must be filled in and acts at once."""
    typed = {"type": "plain_text_input", "action_id": "a"}
    html = render_view({"type": "modal", "blocks": [
        {"type": "input", "block_id": "n", "label": plain("Name"), "element": typed},
        {"type": "input", "block_id": "m", "label": plain("More"), "element": typed,
         "optional": True, "dispatch_action": True, "hint": plain("As you like")},
    ]}, NAMES)  # fmt: skip
    first, second = BeautifulSoup(html, "html.parser").select("label.input-field")
    assert (first.has_attr("data-required"), first.has_attr("data-dispatch")) == (True, False)
    assert (second.has_attr("data-required"), second.has_attr("data-dispatch")) == (False, True)
    assert "(optional)" in second.text and "As you like" in second.text
    assert [control["data-block-id"] for control in (first.input, second.input) if control] == [
        "n",
        "m",
    ]


def test_rich_text() -> None:
    """What Slack's composer writes: styles, lists with their indent, mentions, code."""
    block = one({"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "so ", "style": {"bold": True, "code": True}},
            {"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "tada"},
            {"type": "link", "url": "javascript:alert(1)", "text": "no"},
        ]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "third"}]},
        ]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\nb"}]},
    ]})  # fmt: skip
    assert str(block.select_one("strong")) == "<strong><code>so </code></strong>"
    assert block.select_one("a") is None
    mention = block.select_one(".mention")
    assert mention is not None and mention.text == "@mara"
    numbers = block.select_one("ol")
    assert numbers is not None and (numbers["start"], numbers["class"]) == ("3", ["indent-1"])
    assert block.select_one("pre") is not None


def test_rich_text_in_a_quotation() -> None:
    """A list and code with a border stand in a quotation; code keeps its lines and its language."""
    code = [{"type": "text", "text": "a\n\n<!here>"}]
    block = one({"type": "rich_text", "elements": [
        {"type": "rich_text_list", "style": "bullet", "border": 1, "elements": []},
        {"type": "rich_text_preformatted", "border": 1, "language": "sh", "elements": code},
    ]})  # fmt: skip
    assert block.select_one("blockquote > ul.indent-0") is not None
    shown = block.select_one("blockquote > pre")
    assert shown is not None
    assert (shown["data-language"], shown.get_text()) == ("sh", "a\n\n<!here>")


def test_table() -> None:
    """A table's first row is its head, and its columns keep their alignment."""
    rows = [[{"type": "raw_text", "text": word} for word in row] for row in ("ab", "cd")]
    table = one({"type": "table", "rows": rows, "column_settings": [None, {"align": "right"}]})
    assert [cell.text for cell in table.select("th")] == ["a", "b"]
    assert [cell.text for cell in table.select("td.align-right")] == ["d"]


def test_plan() -> None:
    """A plan lists its tasks with their states, and folds what they found."""
    found = {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete",
             "sources": [{"type": "url", "url": "https://a.b", "text": "a"},
                         {"type": "url", "url": "javascript:alert(1)", "text": "x"}]}  # fmt: skip
    todo = {"type": "task_card", "task_id": "2", "title": "Write", "status": "pending"}
    plan = one({"type": "plan", "title": "The plan", "tasks": [found, todo]})
    assert [task["data-status"] for task in plan.select(".task")] == ["complete", "pending"]
    assert [link["href"] for link in plan.select("a")] == ["https://a.b"]


def test_body_order() -> None:
    """A stream's text stands above its closing blocks; `text` shows only where there is neither."""
    divider = [{"type": "divider"}]
    both = {"text": "fallback", "markdown_text": "streamed", "blocks": divider}
    words = BeautifulSoup(render_message(both, NAMES), "html.parser")
    assert [tag["class"][-1] for tag in words.select("body > div, .block")] == [
        "markdown-block",
        "divider-block",
    ]
    assert "fallback" not in words.text
    assert "fallback" in render_message({"text": "fallback"}, NAMES)


@pytest.mark.parametrize("kind", ["card", "carousel", "container", "file", "video", "new_kind"])
def test_rare_blocks(kind: str) -> None:
    """The blocks of Slack that are seldom used, and those it does not have yet, are quiet boxes."""
    box = one({"type": kind, "title": 3, "elements": None})
    assert box["class"] == ["block", "unknown-block"]
    assert f"“{kind}”" in box.text
