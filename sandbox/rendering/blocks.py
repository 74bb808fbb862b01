"""Render Block Kit's layout blocks; an unknown block becomes a labelled box."""

from collections.abc import Callable
from typing import Any

from sandbox.rendering.elements import render_element, render_image
from sandbox.rendering.reading import mapping, mappings, sequence, string
from sandbox.rendering.rich_text import render_rich_text
from sandbox.rendering.tasks import render_plan, render_task
from sandbox.rendering.text.markdown import render_markdown
from sandbox.rendering.text.markup import EMPTY, Html, Tag, element, join, text
from sandbox.rendering.text.names import Names
from sandbox.rendering.text_objects import plain, render_text


def render_blocks(blocks: object, names: Names) -> Html:
    """Render a message's or a view's blocks, in order."""
    return join(render_block(block, names) for block in mappings(blocks))


def render_block(block: dict[str, Any], names: Names) -> Html:
    """Render one block in a box with its `block_id`."""
    kind = string(block.get("type"))
    render = _BLOCKS.get(kind)
    if render is None:
        label = text(f"A “{kind or 'nameless'}” block, which the sandbox does not show")
        return element("div", label, class_="block unknown-block")
    return element(
        "div", render(block, names), class_=f"block {kind.replace('_', '-')}-block",
        data_block_id=string(block.get("block_id")),
    )  # fmt: skip


def _section(block: dict[str, Any], names: Names) -> Html:
    said = render_text(block.get("text"), names)
    fields = [
        element("div", render_text(field, names), class_="field")
        for field in mappings(block.get("fields"))
    ]
    body = element(
        "div",
        element("div", said, class_="section-text") if said else EMPTY,
        element("div", *fields, class_="fields") if fields else EMPTY,
        class_="section-body",
    )
    accessory = mapping(block.get("accessory"))
    if not accessory:
        return body
    shown = render_element(accessory, string(block.get("block_id")), names)
    return join([body, element("div", shown, class_="accessory")])


def _header(block: dict[str, Any], names: Names) -> Html:
    return element("h3", render_text(block.get("text"), names))


def _context(block: dict[str, Any], names: Names) -> Html:
    return join(
        render_image(part)
        if part.get("type") == "image"
        else element("span", render_text(part, names), class_="context-text")
        for part in mappings(block.get("elements"))
    )


def _actions(block: dict[str, Any], names: Names) -> Html:
    block_id = string(block.get("block_id"))
    return join(render_element(part, block_id, names) for part in mappings(block.get("elements")))


def _input(block: dict[str, Any], names: Names) -> Html:
    given = mapping(block.get("element"))
    optional = element("small", text(" (optional)")) if block.get("optional") is True else EMPTY
    label = element("span", render_text(block.get("label"), names), optional, class_="input-label")
    control = render_element(given, string(block.get("block_id")), names)
    hint = render_text(block.get("hint"), names)
    several = given.get("type") in {"checkboxes", "radio_buttons"} or string(
        given.get("type")
    ).startswith("multi_")
    tags: tuple[Tag, Tag] = ("fieldset", "legend") if several else ("label", "span")
    return element(
        tags[0], element(tags[1], label), control,
        element("small", hint, class_="hint") if hint else EMPTY, class_="input-field",
        data_dispatch=block.get("dispatch_action") is True,
        data_required=block.get("optional") is not True,
    )  # fmt: skip


def _image(block: dict[str, Any], names: Names) -> Html:
    title = render_text(block.get("title"), names)
    caption = element("figcaption", title) if title else EMPTY
    return element("figure", caption, render_image(block))


def _table(block: dict[str, Any], names: Names) -> Html:
    settings = [mapping(setting) for setting in sequence(block.get("column_settings"))]
    rows = [sequence(row) for row in sequence(block.get("rows"))]
    written = [
        element("tr", *(_cell(cell, "td" if at else "th", settings[column:], names)
                        for column, cell in enumerate(row)))
        for at, row in enumerate(rows)
    ]  # fmt: skip
    head = element("thead", *written[:1])
    caption = plain(block.get("caption"))
    table = element("table", head, element("tbody", *written[1:]), aria_label=caption or None)
    return element("div", table, class_="table-scroll")


def _cell(value: object, tag: Tag, settings: list[dict[str, Any]], names: Names) -> Html:
    cell = mapping(value)
    rich = cell.get("type") == "rich_text"
    align = settings[0].get("align") if settings else None
    return element(
        tag, render_rich_text(cell, names) if rich else text(_raw(cell)),
        class_=f"align-{align}" if align in {"left", "center", "right"} else None,
    )  # fmt: skip


def _raw(cell: dict[str, Any]) -> str:
    return string(cell.get("text")) or string(cell.get("number")) or string(cell.get("value"))


def _alert(block: dict[str, Any], names: Names) -> Html:
    level = string(block.get("level"))
    return element("div", render_text(block.get("text"), names), data_level=level or "default")


_BLOCKS: dict[str, Callable[[dict[str, Any], Names], Html]] = {
    "section": _section,
    "header": _header,
    "divider": lambda *_: element("hr"),
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": lambda block, names: render_markdown(string(block.get("text")), names),
    "rich_text": render_rich_text,
    "table": _table,
    "data_table": _table,
    "plan": render_plan,
    "task_card": render_task,
    "alert": _alert,
}
