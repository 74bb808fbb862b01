"""Render elements to choose from: selects, checkboxes, radio buttons, overflow menus."""

from typing import Any

from sandbox.rendering.reading import mapping, mappings, sequence, string
from sandbox.rendering.text.links import followable
from sandbox.rendering.text.markup import EMPTY, Html, element, join, text
from sandbox.rendering.text.names import Names
from sandbox.rendering.text_objects import plain, render_text


def render_select(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render a single select, of the given options or of the workspace's people or channels."""
    chosen = _chosen(given)
    first = element(
        "option", text(plain(given.get("placeholder")) or "Choose…"), value="",
        selected=not chosen,
    )  # fmt: skip
    return element("select", first, _options(given, chosen, names), **_named(given, block_id))


def render_multiple(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render a multi-select, as a folded list of checkboxes."""
    options = _people_or_channels(given, names)
    pairs = [(value, text(label)) for value, label in options] if options is not None else [
        (string(option.get("value")), render_text(option.get("text"), names))
        for option in _all_options(given)
    ]  # fmt: skip
    chosen = _chosen(given)
    boxes = [_box("checkbox", value, label, value in chosen, given, block_id)
             for value, label in pairs]  # fmt: skip
    named = text(plain(given.get("placeholder")) or "Choose any…")
    return element(
        "details", element("summary", named), element("div", *boxes, class_="choices"),
        class_="multi-select", **_named(given, block_id),
    )  # fmt: skip


def render_external(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render a select with options from the app, here a text field for the value itself."""
    chosen = next(iter(_chosen(given)), "")
    return element(
        "input", type="text", value=chosen, placeholder=plain(given.get("placeholder")) or None,
        **_named(given, block_id),
    )  # fmt: skip


def render_boxes(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render checkboxes or radio buttons, each with its description."""
    control = "checkbox" if given.get("type") == "checkboxes" else "radio"
    chosen = _chosen(given)
    boxes = [
        _box(
            control, string(option.get("value")), _described(option, names),
            string(option.get("value")) in chosen, given, block_id,
        )
        for option in mappings(given.get("options"))
    ]  # fmt: skip
    return element("div", *boxes, class_="choices", role="group", **_named(given, block_id))


def render_overflow(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render an overflow menu; each entry is a button with its value."""
    entries = [
        element(
            "button", render_text(option.get("text"), names), type="button",
            data_value=string(option.get("value")),
            data_url=followable(string(option.get("url"))), **_named(given, block_id),
        )
        for option in mappings(given.get("options"))
    ]  # fmt: skip
    return element(
        "details", element("summary", text("⋯"), aria_label="More actions"),
        element("div", *entries, class_="menu"), class_="overflow",
    )  # fmt: skip


def _named(given: dict[str, Any], block_id: str) -> dict[str, str]:
    return {
        "data_type": string(given.get("type")),
        "data_action_id": string(given.get("action_id")),
        "data_block_id": block_id,
    }


def _chosen(given: dict[str, Any]) -> list[str]:
    """Return the values that are chosen initially, under any of the element's field names."""
    one = mapping(given.get("initial_option")).get("value")
    many = [option.get("value") for option in mappings(given.get("initial_options"))]
    ids: list[object] = []
    for what in ("user", "conversation", "channel"):
        ids += [given.get(f"initial_{what}"), *sequence(given.get(f"initial_{what}s"))]
    return [value for value in map(string, [one, *many, *ids]) if value]


def _all_options(given: dict[str, Any]) -> list[dict[str, Any]]:
    groups = mappings(given.get("option_groups"))
    grouped = [option for group in groups for option in mappings(group.get("options"))]
    return [*mappings(given.get("options")), *grouped]


def _options(given: dict[str, Any], chosen: list[str], names: Names) -> Html:
    options = _people_or_channels(given, names)
    if options is None:
        options = [(string(option.get("value")), plain(option.get("text")))
                   for option in _all_options(given)]  # fmt: skip
    return join(
        element("option", text(label), value=value, selected=value in chosen)
        for value, label in options
    )


def _people_or_channels(given: dict[str, Any], names: Names) -> list[tuple[str, str]] | None:
    kind = string(given.get("type"))
    if kind.endswith("users_select"):
        return [(user, f"@{name}") for user, name in names.people.items()]
    if kind.endswith(("conversations_select", "channels_select")):
        return [(channel, f"#{name}") for channel, name in names.channels.items()]
    return None


def _described(option: dict[str, Any], names: Names) -> Html:
    described = render_text(option.get("description"), names)
    small = element("small", described) if described else EMPTY
    return element("span", render_text(option.get("text"), names), small)


def _box(
    control: str, value: str, label: Html, checked: bool, given: dict[str, Any], block_id: str
) -> Html:
    named = _named(given, block_id)
    group = f"{block_id}/{named['data_action_id']}" if control == "radio" else None
    box = element("input", type=control, value=value, checked=checked, name=group, **named)
    return element("label", box, element("span", label), class_="choice")
