"""Render interactive elements as form controls that describe themselves in data attributes.

The page acts on `data-action-id`, `data-block-id`, `data-type` and `data-value`.
"""

from collections.abc import Callable
from typing import Any

from sandbox.rendering.choices import (
    render_boxes,
    render_external,
    render_multiple,
    render_overflow,
    render_select,
)
from sandbox.rendering.reading import mapping, string
from sandbox.rendering.text.links import followable, picture
from sandbox.rendering.text.markup import EMPTY, Html, element, preformatted, text
from sandbox.rendering.text.names import Names
from sandbox.rendering.text_objects import plain, render_text

_INPUTS = {
    "plain_text_input": ("text", "initial_value"),
    "email_text_input": ("email", "initial_value"),
    "url_text_input": ("url", "initial_value"),
    "number_input": ("number", "initial_value"),
    "datepicker": ("date", "initial_date"),
    "timepicker": ("time", "initial_time"),
}


def render_element(given: dict[str, Any], block_id: str, names: Names) -> Html:
    """Render one element of a block, or a note if its type is unknown."""
    kind = string(given.get("type"))
    render = _ELEMENTS.get(kind)
    if render is None:
        return element("span", text(f"[{kind or 'element'}]"), class_="unknown-element")
    return render(given, block_id, names)


def render_image(given: dict[str, Any]) -> Html:
    """Render a picture from the web, or its description if its address cannot be shown."""
    address = string(given.get("image_url")) or string(mapping(given.get("slack_file")).get("url"))
    described = string(given.get("alt_text"))
    shown = picture(address)
    if shown is None:
        return element("span", text(f"[{described or 'image'}]"), class_="unknown-element")
    return element("img", src=shown, alt=described, loading="lazy")


def confirmation(given: dict[str, Any]) -> dict[str, str | None]:
    """Return the attributes for the page's confirmation dialog; empty without a `confirm`."""
    confirm = mapping(given.get("confirm"))
    if not confirm:
        return {}
    return {
        "data_confirm_title": plain(confirm.get("title")) or "Are you sure?",
        "data_confirm_text": plain(confirm.get("text")),
        "data_confirm_yes": plain(confirm.get("confirm")) or "Yes",
        "data_confirm_no": plain(confirm.get("deny")) or "Cancel",
        "data_confirm_style": "danger" if confirm.get("style") == "danger" else None,
    }


def _button(given: dict[str, Any], block_id: str, names: Names) -> Html:
    style = given.get("style")
    return element(
        "button", render_text(given.get("text"), names),
        type="button", class_=f"button {style if style in {'primary', 'danger'} else ''}".strip(),
        data_type="button", data_action_id=string(given.get("action_id")), data_block_id=block_id,
        data_value=string(given.get("value")), data_url=followable(string(given.get("url"))),
        aria_label=string(given.get("accessibility_label")) or None, **confirmation(given),
    )  # fmt: skip


def _icon_button(given: dict[str, Any], block_id: str, _names: Names) -> Html:
    label = string(given.get("accessibility_label")) or plain(given.get("text"))
    return element(
        "button", element("span", class_="icon", data_icon=string(given.get("icon"))),
        type="button", class_="icon-button", data_type="icon_button", title=label, aria_label=label,
        data_action_id=string(given.get("action_id")), data_block_id=block_id,
        data_value=string(given.get("value")), **confirmation(given),
    )  # fmt: skip


def _feedback_buttons(given: dict[str, Any], block_id: str, names: Names) -> Html:
    return element(
        "span", *(
            _feedback(mapping(given.get(f"{which}_button")), which, given, block_id, names)
            for which in ("positive", "negative")
        ), class_="feedback-buttons", role="group", aria_label="Feedback",
    )  # fmt: skip


def _feedback(
    button: dict[str, Any], which: str, given: dict[str, Any], block_id: str, names: Names
) -> Html:
    return element(
        "button", element("span", class_="icon", data_icon=f"feedback-{which}"),
        element("span", render_text(button.get("text"), names), class_="feedback-label"),
        type="button", class_="feedback", data_type=f"feedback_{which}", aria_pressed="false",
        data_action_id=string(given.get("action_id")), data_block_id=block_id,
        data_value=string(button.get("value")),
        aria_label=string(button.get("accessibility_label")) or None,
    )  # fmt: skip


def _input(given: dict[str, Any], block_id: str, _names: Names) -> Html:
    kind = string(given.get("type"))
    control, initial = _INPUTS[kind]
    value = string(given.get(initial))
    attributes: dict[str, str | None] = {
        "data_type": kind,
        "data_action_id": string(given.get("action_id")),
        "data_block_id": block_id,
        "placeholder": plain(given.get("placeholder")) or None,
        "minlength": string(given.get("min_length")) or None,
        "maxlength": string(given.get("max_length")) or None,
        "min": string(given.get("min_value")) or None,
        "max": string(given.get("max_value")) or None,
        "step": "any" if given.get("is_decimal_allowed") is True else None,
    }
    if given.get("multiline") is True:
        return element("textarea", preformatted(value), rows="4", **attributes)
    return element("input", type=control, value=value, **attributes)


def _rich_text_input(given: dict[str, Any], block_id: str, _names: Names) -> Html:
    return element(
        "textarea", EMPTY, rows="4", data_type="rich_text_input", data_block_id=block_id,
        data_action_id=string(given.get("action_id")),
        placeholder=plain(given.get("placeholder")) or None,
    )  # fmt: skip


def _picture(given: dict[str, Any], _block_id: str, _names: Names) -> Html:
    return render_image(given)


_ELEMENTS: dict[str, Callable[[dict[str, Any], str, Names], Html]] = {
    **dict.fromkeys(_INPUTS, _input),
    **dict.fromkeys(
        ("static_select", "users_select", "conversations_select", "channels_select"), render_select
    ),
    **dict.fromkeys(
        ("multi_static_select", "multi_users_select", "multi_conversations_select",
         "multi_channels_select"), render_multiple,
    ),
    **dict.fromkeys(("external_select", "multi_external_select"), render_external),
    **dict.fromkeys(("checkboxes", "radio_buttons"), render_boxes),
    "button": _button,
    "workflow_button": _button,
    "icon_button": _icon_button,
    "feedback_buttons": _feedback_buttons,
    "overflow": render_overflow,
    "rich_text_input": _rich_text_input,
    "image": _picture,
}  # fmt: skip
