"""Parse an answer's Markdown without mistaking characters of the text for markup.

CommonMark with tables and strikethrough, but HTML is text and a link becomes its label and address.
Emphasis starts and ends at a word, so `*.cfg`, `conf/*/active`, `2*3*4` and `__init__` keep their
characters.
"""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import list_block as _list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from bot.rendering.mrkdwn import PART, drop_controls, is_number_alone, safe_markdown

_IDENTIFIER = re.compile(r"__[a-z][a-z0-9_]*__(?!\w)")
_OPENS = "\"'`“«([{$€£…"
"""Characters with which a word may begin."""
_WRAPPED = 40
"""Characters; a break after a shorter line is meant, after a longer one an editor's wrapping."""
_STRUCTURE = frozenset(
    {"bullet_list_open", "ordered_list_open", "table_open", "fence", "code_block"}
)


def parse(text: str) -> list[Token]:
    """Return the markdown-it tokens of a text; inline ones are only text, styles and code."""
    return _house().parse(drop_controls(text))


def is_plain_for_slack(text: str) -> bool:
    """Return whether Slack's Markdown shows this text, made safe, without losing a character.

    False for lists, tables and code blocks: how Slack nests them, or shows a list that starts at 7,
    is not documented. False also where a character or line break would be lost or added.
    """
    ours, theirs = parse(text), _commonmark().parse(safe_markdown(text))
    return not any(token.type in _STRUCTURE for token in ours) and _said(ours) == _said(theirs)


@cache
def _house() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["autolink", "reference", "html_block", "html_inline"])
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.core.ruler.push("unlink", _unlink)
    parser.core.ruler.push("unwrap", _unwrap)
    return parser


@cache
def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a list, unless the line holds only a number, with or without citation marks."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return not is_number_alone(line) and _list_block(state, start, end, silent)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Parse emphasis delimiters; the underscores of an identifier are text."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    found = None if before.isalnum() else _IDENTIFIER.match(state.src, state.pos)
    if found:
        state.push("text", "", 0).content = found[0]
        state.pos = found.end()
        return True
    scanned = state.scanDelims(state.pos, marker == "*")
    after = state.src[state.pos + scanned.length : state.pos + scanned.length + 1] or " "
    begins = after not in "/.*" if scanned.length > 1 else after.isalnum() or after in _OPENS
    opens = scanned.can_open and begins and not _is_latin(before)
    closes = scanned.can_close and before != "/" and not _is_latin(after)
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        at = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(marker), scanned.length, at, -1, opens, closes))
    state.pos += scanned.length
    return True


def _is_latin(sign: str) -> bool:
    """Return whether this is a letter or digit of a script that puts spaces between words."""
    return sign.isascii() and sign.isalnum()


def _unlink(state: StateCore) -> None:
    """Turn links and images into text: the label, and the address if it is a web or mail one."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_unlinked(block.children))


def _unwrap(state: StateCore) -> None:
    """Turn line breaks that an editor's wrapping made into spaces; keep those after short lines."""
    for block in state.tokens:
        length = 0
        for token in block.children or ():
            if token.type == "softbreak" and length >= _WRAPPED:
                token.type, token.content = "text", " "
            length = 0 if token.type in ("softbreak", "hardbreak") else length + len(token.content)


def _unlinked(tokens: Sequence[Token]) -> list[Token]:
    told: list[Token] = []
    addresses: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "image":
            told.append(_text(_labelled(token.content, str(token.attrs.get("src", "")))))
        elif token.type == "link_open":
            addresses.append((str(token.attrs.get("href", "")), len(told)))
        elif token.type == "link_close":
            address, at = addresses.pop()
            label = "".join(each.content for each in told[at:])
            if label.isdecimal():  # a mark that a bracket happens to follow
                told[at:] = [_text(f"[{label}]({address})")]
            else:
                told.append(_text(_labelled(label, address)[len(label) :]))
        else:
            told.append(token)
    return told


def _labelled(label: str, address: str) -> str:
    if not address.startswith(("http://", "https://", "mailto:")) or address == label:
        return label or address
    return f"{label} ({address})" if label else address


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _said(tokens: Sequence[Token]) -> list[tuple[str, bool]]:
    """Return the texts in order, each with whether it is code."""
    said: list[tuple[str, bool]] = []
    for token in tokens:
        if token.type in ("fence", "code_block", "code_inline"):
            said.append((token.content, True))
        elif token.type in ("text", "softbreak", "hardbreak"):
            text = token.content.replace(PART, "") or ("" if token.type == "text" else "\n")
            if said and not said[-1][1]:
                text = said.pop()[0] + text
            said.append((text, False))
        elif token.type == "image":
            said.append((token.content, False))
        else:
            said += _said(token.children or ())
    return said
