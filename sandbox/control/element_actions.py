"""What a person does to a Block Kit element, as the payload that Slack sends the app."""

import time
from collections.abc import Iterator
from typing import Any

from sandbox.blocks import elements_of
from sandbox.errors import Mistake
from sandbox.workspace.messages import Blocks

Element = dict[str, Any]
_WORD = {
    "users_select": "user",
    "channels_select": "channel",
    "conversations_select": "conversation",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
}


def find(blocks: Blocks, action_id: str, block_id: str | None) -> tuple[str, Element]:
    """Return an element and the id of its block. Raises Mistake if there is none."""
    for block in blocks:
        if block_id in (None, "", block.get("block_id")):
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return str(block.get("block_id", "")), element
    raise Mistake("action_not_found", f"Nothing here has the action_id {action_id!r}.")


def initial_state(blocks: Blocks) -> dict[str, dict[str, Any]]:
    """Return the initial values of a view's inputs, as `state.values`."""
    state: dict[str, dict[str, Any]] = {}
    for block in blocks:
        for element in elements_of(block):
            if (value := _initial(element)) is not None:
                state.setdefault(str(block["block_id"]), {})[str(element["action_id"])] = value
    return state


def action(block_id: str, element: Element, value: Any) -> dict[str, Any]:
    """Return one entry of `actions` in a block_actions payload. Raises Mistake for an odd value."""
    kind = element["type"]
    done: dict[str, Any] = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": f"{time.time():.6f}",
    }
    match kind:
        case "button" | "workflow_button" | "icon_button":
            done["text"] = element["text"]
            done |= {key: element[key] for key in ("value", "style", "url") if key in element}
        case "feedback_buttons":
            pressed = _feedback(element, value)
            done |= {"text": pressed["text"], "value": pressed["value"]}
        case _:
            done |= {name: got for name, got in held(element, value).items() if name != "type"}
    return done


def held(element: Element, value: Any) -> dict[str, Any]:
    """Return the entry of `state.values` once `value` is chosen or typed."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons", "overflow", "external_select"):
        return {"type": kind, "selected_option": _option(element, value)}
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        chosen = [_option(element, one) for one in _several(value)]
        return {"type": kind, "selected_options": chosen}
    if kind.startswith("multi_"):
        plural = _WORD[kind.removeprefix("multi_")] + "s"
        return {"type": kind, f"selected_{plural}": _several(value)}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": value or None}
    if kind in _WORD:
        return {"type": kind, f"selected_{_WORD[kind]}": value or None}
    return {"type": kind, "value": None if value in (None, "") else str(value)}


def is_empty(entry: dict[str, Any]) -> bool:
    """Return whether an entry of `state.values` holds nothing."""
    return not any(value for name, value in entry.items() if name != "type")


def _options(element: Element) -> Iterator[dict[str, Any]]:
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group["options"]


def _option(element: Element, value: Any) -> dict[str, Any] | None:
    if value in (None, ""):
        return None
    for option in _options(element):
        if option.get("value") == value or option["text"]["text"] == value:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    raise Mistake("option_not_found", f"{element['action_id']!r} has no option {value!r}.")


def _several(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list) else [value]


def _feedback(element: Element, value: Any) -> dict[str, Any]:
    for side in ("positive", "negative"):
        button: dict[str, Any] = element[f"{side}_button"]
        if value in (button["value"], side):
            return button
    raise Mistake("option_not_found", f"Press 'positive' or 'negative', not {value!r}.")


def _initial(element: Element) -> dict[str, Any] | None:
    kind = element["type"]
    for name, value in element.items():
        if name == "initial_option":
            return {"type": kind, "selected_option": value}
        if name == "initial_options":
            return {"type": kind, "selected_options": value}
        if name == "initial_value":
            return {"type": kind, "value": value}
        if name.startswith("initial_"):
            return {"type": kind, f"selected_{name.removeprefix('initial_')}": value}
    return None
