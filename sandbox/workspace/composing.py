"""Turn typed text into a message as Slack's client sends it: escaped text and a rich_text block."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.rendering.text.names import Names
from sandbox.workspace.messages import Blocks

_BARE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<token><(?:[@#!][^<>\n]+|(?:https?://|mailto:)[^<>\n]+)>)"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?'\")\]])"
    r"|(?<![\w@.])@(?P<person>[\w.-]*\w)"
    r"|(?<![\w#&;/])#(?P<channel>[\w-]+)"
)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<@(?P<user>[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<!subteam\^(?P<group>[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<!(?P<range>here|channel|everyone)(?:\|[^>]*)?>"
    r"|<(?P<url>(?:https?://|mailto:)[^>|]+)(?:\|(?P<label>[^>]*))?>"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
    r"|(?<![\w*])\*(?P<bold>[^*\s\n](?:[^*\n]*[^*\s\n])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\s\n](?:[^_\n]*[^_\s\n])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^~\s\n](?:[^~\n]*[^~\s\n])?)~(?![\w~])"
)
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True, slots=True)
class Written:
    """A message as Slack's client sends it."""

    text: str
    blocks: Blocks


def compose(typed: str, names: Names) -> Written:
    """Escape the text, and mark its @names, #channels and URLs as Slack does."""
    text = mark(typed.strip("\n"), names)
    elements = list(_blocks_of(text))
    block_id = secrets.token_urlsafe(4)
    block: dict[str, Any] = {"type": "rich_text", "block_id": block_id, "elements": elements}
    return Written(text, [block] if elements else [])


def mark(typed: str, names: Names) -> str:
    """Return the text escaped, with `<@U…>`, `<#C…|name>`, `<!here>` and `<https://…>` in it.

    Names match in any case: @houselore and @Houselore are the same person.
    """
    people = {name.lower(): user for user, name in names.people.items()}
    channels = {name.lower(): channel for channel, name in names.channels.items() if name}
    groups = {handle.lower(): group for group, handle in names.groups.items()}
    marked: list[str] = []
    end = 0
    for found in _BARE.finditer(typed):
        marked += [_escape(typed[end : found.start()]), _mark(found, people, channels, groups)]
        end = found.end()
    return "".join([*marked, _escape(typed[end:])])


def _mark(
    found: re.Match[str], people: dict[str, str], channels: dict[str, str], groups: dict[str, str]
) -> str:
    if found["token"]:
        return found["token"]
    if found["url"]:
        return f"<{_escape(found['url'])}>"
    if found["person"] is not None:
        name = found["person"].lower()
        if name in people:
            return f"<@{people[name]}>"
        if name in groups:
            return f"<!subteam^{groups[name]}>"
        if name in _BROADCASTS:
            return f"<!{name}>"
    if found["channel"] is not None:
        name = found["channel"].lower()
        if name in channels:
            return f"<#{channels[name]}|{name}>"
    return _escape(found[0])


def _escape(text: str) -> str:
    text = re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _blocks_of(text: str) -> Iterator[dict[str, Any]]:
    end = 0
    for fence in _FENCE.finditer(text):
        yield from _paragraphs(text[end : fence.start()].removesuffix("\n"))
        code = [{"type": "text", "text": _plain(fence[1])}] if fence[1] else []
        yield {"type": "rich_text_preformatted", "elements": code}
        end = fence.end()
    yield from _paragraphs(text[end:].removeprefix("\n") if end else text)


def _paragraphs(text: str) -> Iterator[dict[str, Any]]:
    """Yield one element for each run of quoted or of plain lines."""
    run: list[str] = []
    quoted = False
    for line in text.split("\n") if text else ():
        is_quote = line.startswith("&gt;")
        if run and is_quote != quoted:
            yield _run(run, quoted)
            run = []
        quoted = is_quote
        run.append(line.removeprefix("&gt;").removeprefix(" ") if is_quote else line)
    if run:
        yield _run(run, quoted)


def _run(lines: list[str], quoted: bool) -> dict[str, Any]:
    kind = "rich_text_quote" if quoted else "rich_text_section"
    return {"type": kind, "elements": list(_inline("\n".join(lines)))}


def _inline(text: str, style: dict[str, bool] | None = None) -> Iterator[dict[str, Any]]:
    end = 0
    for found in _INLINE.finditer(text):
        yield from _words(text[end : found.start()], style)
        yield from _element(found, style or {})
        end = found.end()
    yield from _words(text[end:], style)


def _words(text: str, style: dict[str, bool] | None) -> Iterator[dict[str, Any]]:
    if text:
        yield {"type": "text", "text": _plain(text), **({"style": style} if style else {})}


def _element(found: re.Match[str], style: dict[str, bool]) -> Iterator[dict[str, Any]]:
    kind = found.lastgroup if found.lastgroup != "label" else "url"
    value = found[kind] if kind else ""
    styled = {"style": style} if style else {}
    match kind:
        case "code":
            yield from _words(value, style | {"code": True})
        case "bold" | "italic" | "strike":
            yield from _inline(value, style | {kind: True})
        case "user":
            yield {"type": "user", "user_id": value, **styled}
        case "channel":
            yield {"type": "channel", "channel_id": value, **styled}
        case "group":
            yield {"type": "usergroup", "usergroup_id": value, **styled}
        case "range":
            yield {"type": "broadcast", "range": value, **styled}
        case "emoji":
            yield {"type": "emoji", "name": value, **styled}
        case _:
            label = {"text": _plain(found["label"])} if found["label"] else {}
            yield {"type": "link", "url": _plain(value), **label, **styled}
