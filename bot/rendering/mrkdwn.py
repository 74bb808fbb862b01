"""Convert Slack markup to plain text, and make outgoing text safe.

Outgoing mrkdwn (sections, contexts, fallback texts) is escaped with entities. Markdown (streams,
markdown blocks) has no such escape, so an invisible WORD JOINER is put into whatever would act as a
mention, command or link: it looks the same and does nothing.
"""

import re
from collections.abc import Mapping

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_TOKEN = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_SPACES = re.compile(r"[ \t\u00a0]+")

PART = "\u2060"
"""WORD JOINER: invisible, and breaks up text that Slack would act on."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = r"^ {0,3}[0-9]{1,9}"  # with a full stop or a bracket, what begins an item of a list
_ACTING = re.compile(
    r"(?P<open><)(?=[!@#]|[a-zA-Z][a-zA-Z0-9+.\-]*:)"  # a mention, a command or a link of Slack's
    r"|(?P<label>\])(?=[(:])"  # a Markdown link, or the address that one refers to
    r"|(?P<scheme>:)(?=//)|(?P<bare>mailto|tel|slack|javascript|data)(?=:\S)"  # an address
    r"|(?P<host>www)(?=\.)"
    r"|(?P<at>@)(?=channel|here|everyone)"
    rf"|(?P<number>{_NUMBER})(?=[.)](?:[ \t]+\[[0-9]|[ \t]*$))",  # all that a line says
    re.IGNORECASE | re.MULTILINE,
)
# Control characters count as part of a word: they are removed, so they separate nothing.
_WORD = r"[\x00-\x08\x0b-\x1f\x21-\x7f]"
_ALONE = re.compile(rf"{_NUMBER}[.)](?:[ \t]+\[[0-9]|[ \t]*$)")
_UNFINISHED = re.compile(rf"(?:{_NUMBER}[.)][ \t]+{_WORD}*|{_WORD}+)\Z", re.MULTILINE)
_LONGEST_ADDRESS = 1_000


def mentions(text: str) -> tuple[str, ...]:
    """Return the user ids that Slack text mentions, in order."""
    return tuple(_MENTION.findall(text))


def plain(text: str, me: str, names: Mapping[str, str]) -> str:
    """Return Slack text as people read it: without mentions of `me`, with names and link labels."""

    def readable(token: re.Match[str]) -> str:
        return _readable(token.group(1), me, names)

    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts += [_decode(text[end : token.start()]), readable(token)]
        end = token.end()
    parts.append(_decode(text[end:]))
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(parts).splitlines())
    return "\n".join(lines).strip()


def escape(text: str) -> str:
    """Escape text for mrkdwn, so that no mention, command or link in it acts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int) -> str:
    """Return escaped text of at most `limit` characters, cut with an ellipsis."""
    if len(escaped := escape(text)) <= limit:
        return escaped
    # Count character by character: a cut inside an entity would show as garbage.
    kept, size = [], 1
    for character in text:
        size += len(escape(character))
        if size > limit:
            break
        kept.append(character)
    return escape("".join(kept).rstrip()) + "…"


def one_line(text: str) -> str:
    """Return the text with every run of white space made one space."""
    return " ".join(text.split())


def link(url: str, label: str, limit: int = 150) -> str:
    """Return a mrkdwn link, or the label alone if the address is not http(s) or too long."""
    shown = fit(one_line(label).replace("|", "¦"), limit)
    if len(url) > _LONGEST_ADDRESS or not re.match(r"https?://[^\s]+\Z", url):
        return shown
    # These characters would end the link.
    address = url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{address.replace('&', '&amp;')}|{shown}>"


def safe_markdown(text: str) -> str:
    """Return Markdown in which no mention, command or link acts, whoever wrote the text.

    A line with only a number and its citation marks is not taken for a list item either.
    """
    return _ACTING.sub(lambda match: match.group() + PART, drop_controls(text))


def drop_controls(text: str) -> str:
    """Remove control characters; keep line breaks and tabs."""
    return _CONTROLS.sub("", text)


def is_number_alone(line: str) -> bool:
    """Return whether the line holds only a number that Markdown would take for a list item."""
    return _ALONE.match(line) is not None


def settled(text: str) -> int:
    """Return how many characters of a growing Markdown text can be made safe and sent now.

    The last run of visible ASCII may still become a mention or link, so it waits, with a number
    before it at the start of a line.
    """
    unfinished = _UNFINISHED.search(text)
    return unfinished.start() if unfinished else len(text)


def _readable(token: str, me: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    label = _decode(label)
    if target.startswith("@"):
        if target[1:] == me:
            return ""
        return "@" + (names.get(target[1:]) or label or "someone").removeprefix("@")
    if target.startswith("#"):
        return "#" + (label or "a channel").removeprefix("#")
    if target.startswith("!"):
        command = target[1:].partition("^")[0]
        return label or ("@team" if command == "subteam" else f"@{command}")
    return label or _decode(target).removeprefix("mailto:")


def _decode(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match.group()], text)
