"""Render what Slack writes between `<` and `>`: mentions, dates, links."""

import re
from datetime import UTC, datetime

from sandbox.rendering.text.emoji import with_emoji
from sandbox.rendering.text.links import link
from sandbox.rendering.text.markup import Html, element, text
from sandbox.rendering.text.names import Names

_PERSON = re.compile(r"@([UWB][A-Z0-9]{1,20})")
_CHANNEL = re.compile(r"#([CDG][A-Z0-9]{1,20})")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]{1,20})")
_DATE = re.compile(r"!date\^(\d{1,12})\^([^^]*)(?:\^(.*))?")
_PLACE = re.compile(r"\{(\w{1,24})\}")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_FORMATS = {
    "date": "%B %-d, %Y",
    "date_num": "%Y-%m-%d",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}


def unescaped(words: str) -> str:
    """Decode Slack's three entities."""
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def entity(inside: str, names: Names) -> Html | None:
    """Render `<inside>`, or return None if Slack does not know it and shows it as written."""
    target, _, label = inside.partition("|")
    label = unescaped(label)
    if target.startswith("@"):
        match = _PERSON.fullmatch(target)
        return mention(match[1], names, label) if match else None
    if target.startswith("#"):
        match = _CHANNEL.fullmatch(target)
        return channel(match[1], names, label) if match else None
    if target.startswith("!"):
        return _special(target, label, names)
    return link(unescaped(target), with_emoji(label) if label else None)


def words_of(inside: str, names: Names) -> str:
    """Return `<inside>` as plain words, for code."""
    target, bar, label = inside.partition("|")
    if match := _PERSON.fullmatch(target):
        return "@" + names.person(match[1], unescaped(label).lstrip("@"))
    if match := _CHANNEL.fullmatch(target):
        return "#" + names.channel(match[1], unescaped(label).lstrip("#"))
    if link(unescaped(target)):
        return unescaped(label or target)
    return f"<{unescaped(target + bar + label)}>"


def mention(user: str, names: Names, otherwise: str = "") -> Html:
    """Render a mention of a person or the app."""
    name = names.person(user, otherwise.lstrip("@"))
    return element("span", text(f"@{name}"), class_="mention", data_user=user)


def channel(channel_id: str, names: Names, otherwise: str = "") -> Html:
    """Render a channel's name; the page opens it on a click."""
    name = names.channel(channel_id, otherwise.lstrip("#"))
    return element("span", text(f"#{name}"), class_="channel-link", data_channel=channel_id)


def group(group_id: str, names: Names, otherwise: str = "") -> Html:
    """Render a mention of a user group by its handle."""
    name = names.group(group_id, otherwise.lstrip("@"))
    return element("span", text(f"@{name}"), class_="mention group", data_group=group_id)


def broadcast(to: str) -> Html:
    """Render `@here`, `@channel` or `@everyone`."""
    return element("span", text(f"@{to}"), class_="mention broadcast", data_broadcast=to)


def moment(timestamp: int, pattern: str, fallback: str, url: str = "") -> Html:
    """Render a time in Slack's date format, in UTC; the fallback if the time is out of range."""
    try:
        at = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        return text(fallback)
    unknown = [place for place in _PLACE.findall(pattern) if place not in _FORMATS]
    said = fallback if unknown or not pattern else _PLACE.sub(
        lambda place: at.strftime(_FORMATS[place[1]]), pattern
    )  # fmt: skip
    shown = element("time", text(said), datetime=at.isoformat(), title=f"{at:%Y-%m-%d %H:%M} UTC")
    return (link(url, shown) if url else None) or shown


def _special(target: str, label: str, names: Names) -> Html | None:
    if target[1:] in _BROADCASTS:
        return broadcast(target[1:])
    if match := _GROUP.fullmatch(target):
        return group(match[1], names, label)
    if match := _DATE.fullmatch(target):
        return moment(int(match[1]), unescaped(match[2]), label, unescaped(match[3] or ""))
    return None
