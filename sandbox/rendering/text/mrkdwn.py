"""Render mrkdwn, Slack's own markup, in one pass and linear time."""

import re
from dataclasses import dataclass, field

from sandbox.rendering.text.emoji import SHORTCODE, emoji
from sandbox.rendering.text.entities import entity, unescaped, words_of
from sandbox.rendering.text.links import link, split_trailing
from sandbox.rendering.text.markup import EMPTY, Html, Tag, element, join, preformatted, text
from sandbox.rendering.text.names import Names

_FENCE = re.compile(r"```(.+?)```\n?", re.DOTALL)
_QUOTE = re.compile(r"(?:>|&gt;) ?")
_ENTITY = re.compile(r"<([^<>\n]*)>")
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]*)>"
    rf"|(?P<emoji>{SHORTCODE.pattern.replace('(', '(?:', 1)})"
    r"|(?P<url>https?://[^\s<>|`\"\\]+)"
    r"|(?P<mark>[*_~])"
    r"|(?P<line>\n)"
)
_TAGS: dict[str, Tag] = {"*": "strong", "_": "em", "~": "s"}


def render_mrkdwn(source: str, names: Names) -> Html:
    """Render text as Slack stores it (`&`, `<`, `>` as entities, `<…>` for mentions and links)."""
    parts: list[Html] = []
    at = 0
    for fence in _FENCE.finditer(source):
        parts += _lines(source[at : fence.start()].removesuffix("\n"), names)
        code = _ENTITY.sub(lambda found: words_of(found[1], names), fence[1].strip("\n"))
        parts.append(element("pre", element("code", preformatted(unescaped(code)))))
        at = fence.end()
    return join([*parts, *_lines(source[at:], names)])


def _lines(source: str, names: Names) -> list[Html]:
    """Render text and quotations, in order; a quotation swallows the line breaks around it."""
    parts: list[Html] = []
    plain: list[str] = []
    quoted: list[str] = []

    def close() -> None:
        if plain:
            parts.append(_Line(names).render("\n".join(plain)))
        if quoted:
            parts.append(element("blockquote", _Line(names).render("\n".join(quoted))))
        plain.clear()
        quoted.clear()

    lines = source.split("\n") if source else []
    for number, line in enumerate(lines):
        if line.startswith((">>>", "&gt;&gt;&gt;")):
            close()
            rest = [line.removeprefix(">>>").removeprefix("&gt;&gt;&gt;"), *lines[number + 1 :]]
            quoted.extend([rest[0].lstrip(" "), *rest[1:]])
            break
        mark = _QUOTE.match(line)
        if bool(mark) != bool(quoted):
            close()
        if mark:
            quoted.append(line[mark.end() :])
        else:
            plain.append(line)
    close()
    return parts


@dataclass(slots=True)
class _Line:
    """Renders inline markup: the pieces so far, and where an open mark stands among them."""

    names: Names
    pieces: list[Html] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)

    def render(self, source: str) -> Html:
        at = 0
        while token := _TOKEN.search(source, at):
            self._add(text(unescaped(source[at : token.start()])))
            at = token.end()
            if token["mark"]:
                self._mark(token["mark"], source, token.start())
            elif token["url"]:
                at -= self._address(token["url"])
            elif token["line"]:
                self.opened.clear()
                self._add(element("br"))
            else:
                self._add(self._token(token))
        return join([*self.pieces, text(unescaped(source[at:]))])

    def _token(self, token: re.Match[str]) -> Html:
        if token["code"]:
            code = _ENTITY.sub(lambda found: words_of(found[1], self.names), token["code"])
            return element("code", preformatted(unescaped(code)))
        if token["entity"] is not None:
            shown = entity(token["entity"], self.names)
        else:
            shown = emoji(token["emoji"][1:].partition(":")[0])
        return text(unescaped(token[0])) if shown is None else shown

    def _address(self, url: str) -> int:
        """Add a bare URL; return how many characters after it are not part of it."""
        address, rest = split_trailing(url)
        shown = link(unescaped(address))
        self._add(text(unescaped(address)) if shown is None else shown)
        return len(rest)

    def _mark(self, mark: str, source: str, at: int) -> None:
        """Open, close or write a mark; as in Slack, it works only at the edges of words."""
        before, after = source[at - 1 : at], source[at + 1 : at + 2]
        closes = bool(before.strip()) and not after.isalnum()
        opens = bool(after.strip()) and not before.isalnum()
        start = self.opened.get(mark)
        if closes and start is not None and len(self.pieces) > start + 1:
            inside = join(self.pieces[start + 1 :])
            self.pieces[start:] = [element(_TAGS[mark], inside)]
            self.opened = {other: i for other, i in self.opened.items() if i < start}
            return
        if opens:
            self.opened[mark] = len(self.pieces)
        self.pieces.append(text(mark))

    def _add(self, piece: Html) -> None:
        if piece != EMPTY:
            self.pieces.append(piece)
