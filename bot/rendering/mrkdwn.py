"""Text between Slack and the house: what people write made plain, what we write made safe.

Two kinds of text go out. `mrkdwn` (sections, contexts, fallback texts) is escaped with entities, as
Slack asks. Markdown (streams, markdown blocks) has no such escape, so whatever would act there is
parted by an invisible WORD JOINER: it reads the same and does nothing. Builds no blocks.
"""

import re
from collections.abc import Mapping

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_TOKEN = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_SPACES = re.compile(r"[ \t\u00a0]+")

PART = "\u2060"
"""WORD JOINER: it parts what would act and is not seen."""
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
_WORD = r"[\x00-\x08\x0b-\x1f\x21-\x7f]"
_ALONE = re.compile(rf"{_NUMBER}[.)](?:[ \t]+\[[0-9]|[ \t]*$)")
_UNFINISHED = re.compile(rf"(?:{_NUMBER}[.)][ \t]+{_WORD}*|{_WORD}+)\Z", re.MULTILINE)
_LONGEST_ADDRESS = 1_000


def mentions(text: str) -> tuple[str, ...]:
    """The ids of the people (and bots) that Slack text mentions, in order."""
    return tuple(_MENTION.findall(text))


def plain(text: str, me: str, names: Mapping[str, str]) -> str:
    """Slack text as a person reads it: no mention of `me`, names for ids, labels for links."""

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
    """Text that mrkdwn shows as it is: no mention, command or link in it acts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, cut with an ellipsis, never inside an entity."""
    if len(escaped := escape(text)) <= limit:
        return escaped
    kept, size = [], 1
    for character in text:
        size += len(escape(character))
        if size > limit:
            break
        kept.append(character)
    return escape("".join(kept).rstrip()) + "…"


def one_line(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def link(url: str, label: str, limit: int = 150) -> str:
    """A mrkdwn link; only the label when the address is not of the web, or endless."""
    shown = fit(one_line(label).replace("|", "¦"), limit)
    if len(url) > _LONGEST_ADDRESS or not re.match(r"https?://[^\s]+\Z", url):
        return shown
    address = url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{address.replace('&', '&amp;')}|{shown}>"


def safe_markdown(text: str) -> str:
    """Markdown in which no mention, command or link acts, whatever a model or document wrote.

    A number that is all that a line says, before its marks, is no item of a list either.
    """
    return _ACTING.sub(lambda match: match.group() + PART, drop_controls(text))


def drop_controls(text: str) -> str:
    """The text without control characters, its line breaks and tabs kept."""
    return _CONTROLS.sub("", text)


def is_number_alone(line: str) -> bool:
    """Whether a number, as it would begin an item of a list, is all that a line says."""
    return _ALONE.match(line) is not None


def settled(text: str) -> int:
    """How much of a growing Markdown text can be made safe and sent now.

    What acts in Slack is a run of visible ASCII; the last such run may still become one, with the
    number before it where that begins a line. Control characters will be taken out, and so part
    nothing.
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
