"""Render the `rich_text` block, which Slack's composer writes."""

from collections.abc import Callable
from typing import Any

from sandbox.rendering.reading import mapping, mappings, string, whole
from sandbox.rendering.text.emoji import emoji
from sandbox.rendering.text.entities import broadcast, channel, group, mention, moment
from sandbox.rendering.text.links import link
from sandbox.rendering.text.markup import EMPTY, Html, Tag, element, join, preformatted, text
from sandbox.rendering.text.names import Names

_STYLES: dict[str, Tag] = {"code": "code", "bold": "strong", "italic": "em", "strike": "s"}


def render_rich_text(block: dict[str, Any], names: Names) -> Html:
    """Render the block's sections, lists, quotations and code, in order."""
    return join(_part(part, names) for part in mappings(block.get("elements")))


def _part(part: dict[str, Any], names: Names) -> Html:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, names)
    if kind == "rich_text_preformatted":
        return _bordered(part, _code(part, names))
    inside = _inline(part, names)
    if kind == "rich_text_quote":
        return element("blockquote", inside)
    return element("div", inside, class_="rich-section")


def _list(part: dict[str, Any], names: Names) -> Html:
    ordered = part.get("style") == "ordered"
    indent = whole(part.get("indent"), 0, 8)
    start = str(whole(part.get("offset"), 0, 9999) + 1) if ordered else None
    items = [element("li", _inline(item, names)) for item in mappings(part.get("elements"))]
    tag: Tag = "ol" if ordered else "ul"
    return _bordered(part, element(tag, *items, class_=f"indent-{indent}", start=start))


def _code(part: dict[str, Any], names: Names) -> Html:
    inside = join(
        preformatted(string(piece.get("text")))
        if piece.get("type") == "text"
        else _styled(piece, names)
        for piece in mappings(part.get("elements"))
    )
    language = string(part.get("language")) or None
    return element("pre", element("code", inside), data_language=language)


def _bordered(part: dict[str, Any], inside: Html) -> Html:
    """Wrap a list or code that is part of a quotation."""
    return element("blockquote", inside) if part.get("border") == 1 else inside


def _inline(part: dict[str, Any], names: Names) -> Html:
    return join(_styled(piece, names) for piece in mappings(part.get("elements")))


def _styled(piece: dict[str, Any], names: Names) -> Html:
    render = _PIECES.get(string(piece.get("type")))
    shown = EMPTY if render is None else render(piece, names)
    style = mapping(piece.get("style"))
    for name, tag in _STYLES.items():
        if style.get(name) is True:
            shown = element(tag, shown)
    return shown


def _link(piece: dict[str, Any], _names: Names) -> Html:
    url = string(piece.get("url"))
    label = text(string(piece.get("text")) or url)
    return link(url, label) or label


def _emoji(piece: dict[str, Any], _names: Names) -> Html:
    name = string(piece.get("name"))
    return emoji(name) or text(f":{name}:")


def _date(piece: dict[str, Any], _names: Names) -> Html:
    return moment(
        whole(piece.get("timestamp"), 0, 10**12),
        string(piece.get("format")),
        string(piece.get("fallback")),
        string(piece.get("url")),
    )


_PIECES: dict[str, Callable[[dict[str, Any], Names], Html]] = {
    "text": lambda piece, _: text(string(piece.get("text"))),
    "link": _link,
    "emoji": _emoji,
    "user": lambda piece, names: mention(string(piece.get("user_id")), names),
    "channel": lambda piece, names: channel(string(piece.get("channel_id")), names),
    "usergroup": lambda piece, names: group(string(piece.get("usergroup_id")), names),
    "broadcast": lambda piece, _: broadcast(string(piece.get("range"))),
    "color": lambda piece, _: text(string(piece.get("value"))),
    "date": _date,
}
