"""Rules of the rich_text block.

Slack documents `offset` and `language`, though its SDK's types lack them.
"""

from sandbox.blocks.checks import (
    Check,
    boolean,
    items,
    number,
    one_of,
    only,
    shape,
    string,
    typed,
    variant,
)

_STYLE = {
    "style": shape(
        {},
        dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean),
    )
}
_TEXT = typed({"text": string(least=1)}, _STYLE)
_LINK = typed({"url": string()}, {**_STYLE, "text": string(), "unsafe": boolean})
_INLINE: Check = variant(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": typed({"user_id": string()}, _STYLE),
        "channel": typed({"channel_id": string()}, _STYLE),
        "usergroup": typed({"usergroup_id": string()}, _STYLE),
        "team": typed({"team_id": string()}, _STYLE),
        "broadcast": typed({"range": one_of("here", "channel", "everyone")}, _STYLE),
        "emoji": typed({"name": string()}, {**_STYLE, "unicode": string(), "url": string()}),
        "color": typed({"value": string()}, _STYLE),
        "date": typed(
            {"timestamp": number, "format": string()},
            {**_STYLE, "fallback": string(), "url": string()},
        ),
    }
)
_BORDER = {"border": one_of(0, 1)}
_SECTION = typed({"elements": items(_INLINE)}, {})
_PARTS = variant(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": typed(
            {
                "elements": items(only("rich_text_section", _SECTION)),
                "style": one_of("bullet", "ordered"),
            },
            {**_BORDER, "indent": number, "offset": number},
        ),
        "rich_text_quote": typed({"elements": items(_INLINE)}, _BORDER),
        "rich_text_preformatted": typed(
            {"elements": items(variant({"text": _TEXT, "link": _LINK}))},
            {**_BORDER, "language": string()},
        ),
    }
)
RICH_TEXT_FIELDS = typed({"elements": items(_PARTS)}, {"block_id": string(255)})
RICH_TEXT: Check = only("rich_text", RICH_TEXT_FIELDS)
