"""Rules of Block Kit's blocks by type, with their limits."""

from sandbox.blocks.checks import (
    Check,
    any_field,
    boolean,
    both,
    items,
    mapping,
    number,
    one_of,
    only,
    shape,
    string,
    typed,
    variant,
)
from sandbox.blocks.elements import (
    ACCESSORIES,
    ACTIONS,
    BUTTON,
    FEEDBACK_BUTTONS,
    ICON_BUTTON,
    IMAGE,
    IMAGE_ELEMENT,
    INPUTS,
    RAW,
    SLACK_FILE,
    SOURCE,
    URL,
    mrkdwn,
    plain,
    words,
)
from sandbox.blocks.rich_text import RICH_TEXT, RICH_TEXT_FIELDS

_ID = {"block_id": string(255)}
_CELL = variant({**RAW, "rich_text": RICH_TEXT_FIELDS})
_ROWS = items(items(_CELL, 20), 100, 1)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

_CARD = typed(
    {},
    {
        **_ID,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(3000),
        "icon": IMAGE_ELEMENT,
        "hero_image": IMAGE_ELEMENT,
        "actions": items(only("button", BUTTON), 5),
    },
)
_TASK_CARD = typed(
    {
        "task_id": string(),
        "title": string(),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {**_ID, "details": RICH_TEXT, "output": RICH_TEXT, "sources": items(SOURCE)},
)

KINDS: dict[str, Check] = {
    "actions": typed({"elements": items(variant(ACTIONS), 25, 1)}, _ID),
    "alert": typed(
        {"text": words(3000)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": typed({"elements": items(only("card", _CARD), 10, 1)}, _ID),
    "context": typed(
        {
            "elements": items(
                variant(
                    {
                        "image": IMAGE,
                        "plain_text": typed({"text": string(3000, 1)}, {"emoji": boolean}),
                        "mrkdwn": typed({"text": string(3000, 1)}, {"verbatim": boolean}),
                    }
                ),
                10,
                1,
            )
        },
        _ID,
    ),
    "context_actions": typed(
        {
            "elements": items(
                variant({"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}), 5, 1
            )
        },
        _ID,
    ),
    "data_table": typed(
        {"caption": string(), "rows": _ROWS},
        {**_ID, "page_size": number, "row_header_column_index": number},
    ),
    "divider": typed({}, _ID),
    "file": typed({"external_id": string(), "source": string()}, _ID),
    "header": typed({"text": plain(150)}, _ID),
    "image": both(
        typed(
            {"alt_text": string(2000)},
            {**_ID, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        ),
        any_field("image_url", "slack_file"),
    ),
    "input": typed(
        {"label": plain(2000), "element": variant(INPUTS)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": typed({"text": string(12000, 1)}, _ID),
    "plan": typed({"title": string()}, {**_ID, "tasks": items(mapping)}),
    "rich_text": RICH_TEXT_FIELDS,
    "section": both(
        typed(
            {},
            {
                **_ID,
                "text": words(3000),
                "fields": items(words(2000), 10, 1),
                "accessory": variant(ACCESSORIES),
                "expand": boolean,
            },
        ),
        any_field("text", "fields"),
    ),
    "table": typed({"rows": _ROWS}, {**_ID, "column_settings": items(_COLUMN, 20)}),
    "task_card": _TASK_CARD,
    "video": typed(
        {
            "alt_text": string(),
            "thumbnail_url": string(),
            "video_url": string(),
            "title": plain(200),
        },
        {
            **_ID,
            "title_url": string(),
            "description": plain(200),
            "author_name": string(50),
            "provider_name": string(),
            "provider_icon_url": string(),
        },
    ),
}
_CHILDREN = [
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
]
KINDS["container"] = typed(
    {"child_blocks": items(variant({kind: KINDS[kind] for kind in _CHILDREN}))},
    {
        **_ID,
        "title": plain(150),
        "subtitle": words(150),
        "rich_text_title": RICH_TEXT,
        "icon": IMAGE_ELEMENT,
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
)

_MESSAGES_ONLY = ("context_actions", "markdown", "plan", "task_card", "file")
IN_VIEWS = {kind: check for kind, check in KINDS.items() if kind not in _MESSAGES_ONLY}
