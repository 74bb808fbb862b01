"""Rules of Block Kit's elements: texts, buttons, menus, inputs."""

from sandbox.blocks.checks import (
    Check,
    any_field,
    boolean,
    both,
    items,
    number,
    one_of,
    only,
    shape,
    string,
    typed,
    variant,
)
from sandbox.blocks.rich_text import RICH_TEXT

ACTION_ID = string(255)
URL = string(3000)


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return only("plain_text", typed({"text": string(most, least)}, {"emoji": boolean}))


def mrkdwn(most: int) -> Check:
    """A mrkdwn object."""
    return only("mrkdwn", typed({"text": string(most, 1)}, {"verbatim": boolean}))


def words(most: int) -> Check:
    """A text object, plain or mrkdwn."""
    return variant(
        {
            "plain_text": typed({"text": string(most, 1)}, {"emoji": boolean}),
            "mrkdwn": typed({"text": string(most, 1)}, {"verbatim": boolean}),
        }
    )


CONFIRM = shape(
    {"text": words(300)},
    {
        "title": plain(100),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
)
_OPTION_REST = {"value": string(150), "description": plain(75), "url": URL}
PLAIN_OPTION = shape({"text": plain(75)}, _OPTION_REST)
OPTION = shape({"text": words(75)}, _OPTION_REST)
GROUP = shape({"label": plain(75), "options": items(PLAIN_OPTION, 100)}, {})

SLACK_FILE = both(shape({}, {"id": string(), "url": string()}), any_field("id", "url"))
IMAGE = both(
    typed({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}),
    any_field("image_url", "slack_file"),
)
IMAGE_ELEMENT = only("image", IMAGE)

_ACTION = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_MENU = {**_ACTION, "placeholder": plain(150)}
_MULTI = {**_MENU, "max_selected_items": number}
_PLACED = {**_MENU, "response_url_enabled": boolean}
_INPUT = {
    "action_id": ACTION_ID,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": shape(
        {},
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"))},
    ),
}
_FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public")),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
_CHOICES = {"options": items(PLAIN_OPTION, 100), "option_groups": items(GROUP, 100)}
_BUTTON = {
    "action_id": ACTION_ID,
    "confirm": CONFIRM,
    "style": one_of("primary", "danger"),
    "accessibility_label": string(75),
}

BUTTON = typed({"text": plain(75)}, {**_BUTTON, "url": URL, "value": string(2000)})
WORKFLOW_BUTTON = typed(
    {
        "text": plain(75),
        "workflow": shape(
            {
                "trigger": shape(
                    {"url": string()},
                    {
                        "customizable_input_parameters": items(
                            shape({"name": string(), "value": string()}, {})
                        )
                    },
                )
            },
            {},
        ),
    },
    _BUTTON,
)
_FEEDBACK = shape(
    {"text": plain(75), "value": string(2000)},
    {"accessibility_label": string(75)},
)
FEEDBACK_BUTTONS = typed(
    {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ACTION_ID}
)
ICON_BUTTON = typed(
    {"icon": string(), "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "value": string(2000),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": items(string()),
    },
)
_BOXES = {**_ACTION, "initial_options": items(OPTION, 10)}

SELECTS: dict[str, Check] = {
    "static_select": both(
        typed({}, {**_MENU, **_CHOICES, "initial_option": PLAIN_OPTION}),
        any_field("options", "option_groups"),
    ),
    "external_select": typed(
        {}, {**_MENU, "initial_option": PLAIN_OPTION, "min_query_length": number}
    ),
    "users_select": typed({}, {**_MENU, "initial_user": string()}),
    "channels_select": typed({}, {**_PLACED, "initial_channel": string()}),
    "conversations_select": typed(
        {},
        {
            **_PLACED,
            "initial_conversation": string(),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_static_select": both(
        typed({}, {**_MULTI, **_CHOICES, "initial_options": items(PLAIN_OPTION, 100)}),
        any_field("options", "option_groups"),
    ),
    "multi_external_select": typed(
        {},
        {**_MULTI, "initial_options": items(PLAIN_OPTION, 100), "min_query_length": number},
    ),
    "multi_users_select": typed({}, {**_MULTI, "initial_users": items(string())}),
    "multi_channels_select": typed({}, {**_MULTI, "initial_channels": items(string())}),
    "multi_conversations_select": typed(
        {},
        {
            **_MULTI,
            "initial_conversations": items(string()),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
}
CHOOSERS: dict[str, Check] = {
    **SELECTS,
    "checkboxes": typed({"options": items(OPTION, 10, 1)}, _BOXES),
    "radio_buttons": typed(
        {"options": items(OPTION, 10, 1)}, {**_ACTION, "initial_option": OPTION}
    ),
    "datepicker": typed({}, {**_MENU, "initial_date": string()}),
    "timepicker": typed({}, {**_MENU, "initial_time": string(), "timezone": string()}),
}
MOMENT = {"datetimepicker": typed({}, {**_ACTION, "initial_date_time": number})}
RICH_INPUT = {
    "rich_text_input": typed(
        {}, {**_INPUT, "initial_value": RICH_TEXT, "min_lines": number, "max_lines": number}
    )
}
PRESSABLE: dict[str, Check] = {
    "button": BUTTON,
    "overflow": typed(
        {"options": items(PLAIN_OPTION, 5, 1)}, {"action_id": ACTION_ID, "confirm": CONFIRM}
    ),
    "workflow_button": WORKFLOW_BUTTON,
}

INPUTS: dict[str, Check] = {
    **CHOOSERS,
    **MOMENT,
    **RICH_INPUT,
    "plain_text_input": typed(
        {},
        {
            **_INPUT,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": number,
            "max_length": number,
        },
    ),
    "email_text_input": typed({}, {**_INPUT, "initial_value": string()}),
    "url_text_input": typed({}, {**_INPUT, "initial_value": string()}),
    "number_input": typed(
        {"is_decimal_allowed": boolean},
        {**_INPUT, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "file_input": typed(
        {}, {"action_id": ACTION_ID, "filetypes": items(string()), "max_files": number}
    ),
}
ACTIONS: dict[str, Check] = {**PRESSABLE, **CHOOSERS, **MOMENT, **RICH_INPUT}
ACCESSORIES: dict[str, Check] = {**PRESSABLE, **CHOOSERS, "image": IMAGE}
RAW = {
    "raw_text": typed({"text": string(least=1)}, {}),
    "raw_number": typed({"text": string(), "value": number}, {}),
}
SOURCE = only("url", typed({"text": string(), "url": string()}, {}))
