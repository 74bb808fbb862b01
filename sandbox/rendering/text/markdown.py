"""Render Markdown, as `markdown` blocks and streams carry it; raw HTML stays text."""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from sandbox.rendering.text.entities import entity
from sandbox.rendering.text.links import followable, link
from sandbox.rendering.text.markup import Html, Tag, element, join, preformatted, text
from sandbox.rendering.text.names import Names
from sandbox.rendering.text.words import render_words

_ENTITY = re.compile(r"<([@#!][^<>\n]{1,500}|[a-z]{4,8}:[^<>|\s]{1,3000}\|[^<>\n]{1,500})>", re.I)
_TASK = re.compile(r"\[([ xX])\] ")
_HEADINGS: dict[str, Tag] = {"h1": "h3", "h2": "h4"}
_ALIGNED = re.compile(r"text-align:(left|center|right)")
_WRAPPERS: dict[str, Tag] = {
    "paragraph": "p", "blockquote": "blockquote", "bullet_list": "ul", "ordered_list": "ol",
    "list_item": "li", "table": "table", "thead": "thead", "tbody": "tbody", "tr": "tr",
    "th": "th", "td": "td", "strong": "strong", "em": "em", "s": "s",
}  # fmt: skip


def render_markdown(source: str, names: Names) -> Html:
    """Render CommonMark with tables, strikethrough, task lists and Slack's `<@U…>` entities."""
    return _nested(_parser().parse(source), names)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("autolink", "slack_entity", _slack_entity)
    return parser


def _slack_entity(state: StateInline, silent: bool) -> bool:
    match = _ENTITY.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("slack_entity", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _nested(tokens: Sequence[Token], names: Names) -> Html:
    """Turn a flat sequence of opening and closing tokens into nested elements."""
    stack: list[tuple[Token | None, list[Html]]] = [(None, [])]
    for token in tokens:
        if token.nesting == 1:
            stack.append((token, []))
        elif token.nesting == -1 and len(stack) > 1:
            opening, children = stack.pop()
            if opening is not None:
                stack[-1][1].append(_wrapped(opening, join(children)))
        else:
            stack[-1][1].append(_leaf(token, names))
    return join(stack[0][1])


def _wrapped(token: Token, inside: Html) -> Html:
    kind = token.type.removesuffix("_open")
    if token.hidden:
        return inside
    if kind == "heading":
        return element(_HEADINGS.get(token.tag, "h5"), inside)
    if kind == "link":
        return link(str(token.attrGet("href") or ""), inside) or inside
    if kind == "table":
        return element("div", element("table", inside), class_="table-scroll")
    tag = _WRAPPERS.get(kind)
    return inside if tag is None else element(tag, inside, **_attributes(token))


def _attributes(token: Token) -> dict[str, str | None]:
    if token.tag in {"th", "td"}:
        aligned = _ALIGNED.fullmatch(str(token.attrGet("style") or ""))
        return {"class_": f"align-{aligned[1]}" if aligned else None}
    if token.tag == "ol" and token.attrGet("start") is not None:
        return {"start": str(token.attrGet("start"))}
    return {}


def _leaf(token: Token, names: Names) -> Html:
    render = _LEAVES.get(token.type)
    return text(token.content) if render is None else render(token, names)


def _inline(token: Token, names: Names) -> Html:
    children = _unlinked(token.children or [])
    if children and children[0].type == "text" and (task := _TASK.match(children[0].content)):
        children[0].content = children[0].content[task.end() :]
        done = task[1] != " "
        box = element("span", text("☑" if done else "☐"), class_="task-box", role="img",
                      aria_label="done" if done else "to do")  # fmt: skip
        return join([box, text(" "), _nested(children, names)])
    return _nested(children, names)


def _unlinked(tokens: list[Token]) -> list[Token]:
    """Turn links inside links into plain text."""
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if depth and token.type in {"text", "image", "slack_entity"}:
            token.type = "words"
    return tokens


def _fence(token: Token, _names: Names) -> Html:
    language = token.info.strip().split(" ")[0] if token.info else ""
    code = element("code", preformatted(token.content.removesuffix("\n")))
    return element("pre", code, data_language=language or None)


def _picture(token: Token, _names: Names) -> Html:
    """Render a picture as a link to it, as Slack does."""
    address = str(token.attrGet("src") or "")
    label = token.content or address
    return (link(address, text(label)) if followable(address) else None) or text(label)


def _entity(token: Token, names: Names) -> Html:
    return entity(token.content, names) or text(f"<{token.content}>")


_LEAVES: dict[str, Callable[[Token, Names], Html]] = {
    "inline": _inline,
    "text": lambda token, _: render_words(token.content),
    "code_inline": lambda token, _: element("code", preformatted(token.content)),
    "fence": _fence,
    "code_block": _fence,
    "hr": lambda *_: element("hr"),
    "hardbreak": lambda *_: element("br"),
    "softbreak": lambda *_: element("br"),
    "image": _picture,
    "slack_entity": _entity,
}
