"""No message, block or view, however malformed or hostile, yields markup that acts."""

import json
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.rendering import Names, render_message, render_view
from sandbox.rendering.blocks import _BLOCKS
from sandbox.rendering.elements import _ELEMENTS
from sandbox.rendering.text.markup import TAGS, element, text

NAMES = Names(
    people={"U1": "<img src=x onerror=alert(1)>", "U2": 'Ann "A" O\'Hara'},
    channels={"C1": "<script>general", "C2": "ops"},
    groups={"S1": "&lt;admins&gt;"},
)
ATTRIBUTES = {
    "alt", "aria-label", "aria-pressed", "checked", "class", "data-action-id", "data-block-id",
    "data-broadcast", "data-channel", "data-confirm-no", "data-confirm-style", "data-confirm-text",
    "data-confirm-title", "data-confirm-yes", "data-dispatch", "data-emoji", "data-group",
    "data-icon", "data-language", "data-level", "data-required", "data-status", "data-type",
    "data-url", "data-user", "data-value", "datetime", "href", "loading", "max", "maxlength", "min",
    "minlength", "name", "placeholder", "rel", "role", "rows", "selected", "src", "start", "step",
    "target", "title", "type", "value",
}  # fmt: skip
VOID = {"br", "hr", "img", "input"}
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "<https://a.b|<b>x</b>>", "<javascript:alert(1)|x>", "<JaVaScRiPt:alert(1)>",
    "<data:text/html,<script>1</script>|x>", "<https://a.b/\" onclick=\"x|y>", "<@U1>", "<#C1>",
    "<@U9|<i>>", "<!subteam^S1>", "<!date^1^{date}^javascript:alert(1)|x>", "<!here>",
    "*<@U1>*", "```<b>```", "`<b>`", "> <b>", ">>> <script>", "&lt;script&gt;", "&amp;lt;b&amp;gt;",
    "[x](javascript:alert(1))", "[x](data:text/html,1)", "![x](javascript:alert(1))",
    "[x](<https://a.b/ onclick=1>)", "<javascript:alert(1)>", "[a]: javascript:alert(1)\n\n[a]",
    "[<https://a.b|c>](https://d.e)", "[https://a.b](https://c.d)", "[![a](https://b.c)](https://d.e)",
    "https://a.b/\"onmouseover=alert(1)", "| <b> |\n|---|\n| <script> |", "\x00<\x00script>",
    "mailto:a@b.c", "//evil.example", "https://\u202egro.elpmaxe", ":tada:", ":+1::skin-tone-2:",
    "- [x] <b>", "&#60;script&#62;", "\\<script>", "*_~`*_~`", "```", "<", "<<>>", "|",
]  # fmt: skip

words = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), max_size=6).map("".join)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), words),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "accessory", "action_id", "alt_text", "block_id", "border", "channel_id", "color",
    "column_settings", "confirm", "deny", "description", "details", "element", "elements",
    "fallback", "fields", "hint", "icon", "image_url", "indent", "initial_date", "initial_option",
    "initial_options", "initial_user", "initial_users", "initial_value", "label", "level",
    "multiline", "name", "negative_button", "offset", "option_groups", "optional", "options",
    "output", "placeholder", "positive_button", "range", "rows", "sources", "status", "style",
    "tasks", "text", "timestamp", "title", "url", "user_id", "usergroup_id", "value",
]  # fmt: skip
KINDS = [
    *_BLOCKS, *_ELEMENTS, "mrkdwn", "plain_text", "rich_text_section", "rich_text_list",
    "rich_text_quote", "rich_text_preformatted", "text", "link", "user", "channel", "emoji",
    "date", "broadcast", "usergroup", "video", "raw_text", "<b>",
]  # fmt: skip


def typed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects that look like Block Kit's: a known type, known keys, anything as their values."""
    fields = st.dictionaries(st.sampled_from(KEYS), inner | json_values, max_size=6)
    return st.builds(lambda kind, rest: {**rest, "type": kind}, st.sampled_from(KINDS), fields)


kit = st.recursive(
    words, lambda inner: typed(inner) | st.lists(typed(inner), max_size=3), max_leaves=12
)
blocks = st.lists(typed(kit), max_size=3)


class Page(HTMLParser):
    """Reads markup as a browser's tokenizer does, and notes whatever is not allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Only known elements and attributes, and only addresses that may be followed."""
        if tag not in TAGS:
            self.wrong.append(f"element {tag}")
        if tag == "a" and "a" in self.open:
            self.wrong.append("a link in a link")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"attribute {name}")
            schemes = (
                ("http:", "https:") if name == "src" else ("http:", "https:", "mailto:", "slack:")
            )
            followed = name in {"href", "src", "data-url"}
            if followed and not (value or "").lower().startswith(schemes):
                self.wrong.append(f"{name} {value}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Everything that is opened is closed, in order."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"stray end of {tag}")

    def handle_data(self, data: str) -> None:
        """The text that a reader sees."""
        self.words += data

    def handle_comment(self, data: str) -> None:
        """The renderer writes no comments."""
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        """Nor declarations."""
        self.wrong.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        """Nor marked sections."""
        self.wrong.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        """Nor instructions."""
        self.wrong.append(f"instruction {data}")


def read(html: str) -> Page:
    """The markup, read to its end."""
    page = Page()
    page.feed(html)
    page.close()
    page.wrong += [f"unclosed {tag}" for tag in page.open]
    return page


@given(words)
@settings(max_examples=120, deadline=None)
def test_text_is_safe(source: str) -> None:
    """No text, read as mrkdwn or as Markdown, yields markup outside the allowlist."""
    assert read(render_message({"text": source}, NAMES)).wrong == []
    assert read(render_message({"markdown_text": source}, NAMES)).wrong == []


@given(blocks)
@settings(max_examples=120, deadline=None)
def test_blocks_are_safe(given_blocks: list[dict[str, Any]]) -> None:
    """No blocks, however malformed, raise or yield markup outside the allowlist."""
    assert read(render_message({"blocks": given_blocks}, NAMES)).wrong == []
    assert read(render_view({"type": "modal", "blocks": given_blocks}, NAMES)).wrong == []


@given(st.dictionaries(st.sampled_from(["text", "blocks", "attachments", "mrkdwn"]), json_values))
@settings(max_examples=100, deadline=None)
def test_any_json_is_safe(message: dict[str, Any]) -> None:
    """A message whose fields hold anything at all is shown without an error."""
    assert read(render_message(message, NAMES)).wrong == []


@given(st.text(st.characters(exclude_characters="*_~`<>&:\n\r\x00", codec="utf-8"), max_size=80))
@settings(max_examples=100, deadline=None)
def test_plain_text_survives(source: str) -> None:
    """Text without markup is shown as it was written, character for character."""
    assert read(render_message({"text": source}, NAMES)).words == source


@given(words, words)
@settings(max_examples=100, deadline=None)
def test_attributes_hold(value: str, label: str) -> None:
    """An attribute's value and an element's text are read back as they were given."""
    seen: dict[str, str | None] = {}

    class One(Page):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.update(attrs)

    page = One()
    page.feed(element("button", text(label), data_value=value))
    page.close()
    assert seen == {"data-value": value.replace("\x00", "")}


@pytest.mark.parametrize("piece", ["*", "*a", "_a ", "`", "```", "<", "<@", ":", "https://", ">"])
@pytest.mark.parametrize("field", ["text", "markdown_text"])
def test_time_is_linear(piece: str, field: str) -> None:
    """A long run of openings that are never closed takes no time to speak of."""
    source = piece * (12_000 // len(piece))
    began = time.perf_counter()
    assert read(render_message({field: source}, NAMES)).wrong == []
    assert time.perf_counter() - began < 4


def test_everything_allowed_is_escaped() -> None:
    """The hostile strings together, in every place that takes a string, stay text."""
    hostile = "".join(HOSTILE)
    for message in _everywhere(hostile):
        page = read(render_message(message, NAMES))
        assert page.wrong == []
        assert "<script>" in page.words


def _everywhere(words: str) -> Iterator[dict[str, Any]]:
    plain = {"type": "plain_text", "text": words}
    yield {"text": words}
    yield {"markdown_text": words}
    yield {"attachments": [{"text": words, "title": words, "title_link": words}]}
    for kind in _BLOCKS:
        rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
        cell = {"type": "raw_text", "text": words}
        block = {"type": kind, "text": plain, "title": plain, "alt_text": words, "rows": [[cell]],
                 "elements": [plain], "label": plain, "element": {"type": words}}  # fmt: skip
        if kind == "markdown":
            block["text"] = words
        if kind == "rich_text":
            block["elements"] = [rich]
        if kind in {"actions", "context_actions"}:
            block["elements"] = [{"type": "button", "text": plain}]
        if kind != "divider":
            yield {"blocks": [block]}


def test_message_without_a_body_is_empty() -> None:
    """Nothing yields nothing."""
    assert render_message({}, NAMES) == ""


def test_emoji_file_is_sound() -> None:
    """Every line of the emoji table is a glyph and at least one name, and no name comes twice."""
    lines = (
        (Path(__file__).parents[2] / "sandbox/rendering/text/emoji.txt").read_text().splitlines()
    )
    names = [name for line in lines for name in line.split()[1:]]
    assert all(len(line.split()) >= 2 for line in lines)
    assert len(names) == len(set(names))
    assert json.dumps(names).isascii()
