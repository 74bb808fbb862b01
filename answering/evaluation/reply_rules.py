"""Check a reply by regular expressions: those it must match, and those it must not."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_Change = tuple[re.Pattern[str], str]

_LOOKALIKES: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011", "-"),
        "\u00a0": " ",
        "\u200b": "",
    }
)
_SPACE = re.compile(r"\s+")
_MARKUP: Final[tuple[_Change, ...]] = (
    # Liquid, as on Jekyll sites; the tag for a Slack channel is replaced by the channel's name
    (re.compile(r'\{%-?\s*slack_channel\s+"#?([^"]+)"(?:\s+"[^"]*")?\s*-?%\}'), r"#\1"),
    (re.compile(r"\{%.*?%\}", re.DOTALL), " "),
    # Slack's links, with a label and without; Markdown's links and images
    (re.compile(r"<(?:https?|mailto):[^|>\s]+\|([^>]+)>"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]+|[^>\s@]+@[^>\s]+)>"), r"\1"),
    (re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), " "),  # HTML's tags
    (re.compile(r"^\s*#{1,6}\s+", re.MULTILINE), ""),  # headings
    (re.compile(r"^\s*[|>]|\|\s*$", re.MULTILINE), " "),  # the edges of tables and quotations
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!~|<>])"), r"\1"),  # escapes
    *((re.compile(re.escape(mark)), "") for mark in ("**", "__", "`")),
    (re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])"), r"\1"),  # emphasis
    (re.compile(r"(?<![\w_])_(?=\S)(.+?)(?<=\S)_(?![\w_])"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """Regular expressions, ignoring case, that a right reply matches or must not match.

    `must` are searched in the reply as written and in its plain text, one after the other if
    `ordered`. `must_not` are searched in its plain text only.
    """

    must: tuple[str, ...]
    must_not: tuple[str, ...] = ()
    ordered: bool = False

    def broken_by(self, reply: str) -> tuple[str, ...]:
        """Return the rules that a reply breaks; empty if it is right."""
        views = fold(reply), plain_text(reply)
        missing = [f"must: {p}" for p in self.must if not any(_finder(p)(view) for view in views)]
        if not missing and self.ordered and not any(self._in_order(view) for view in views):
            missing = ["steps not in order"]
        bad = [f"must_not: {p}" for p in self.must_not if _finder(p)(views[1])]
        return (*missing, *bad)

    def _in_order(self, view: str) -> bool:
        at = 0
        for pattern in self.must:
            found = _finder(pattern)(view, at)
            if found is None:
                return False
            at = found.end()
        return True


def fold(text: str) -> str:
    """Fold whitespace to single blanks, and typographic quotes and hyphens to ASCII."""
    return _SPACE.sub(" ", text.translate(_LOOKALIKES)).strip()


def plain_text(text: str) -> str:
    """Remove the markup of Markdown, Slack, HTML and Liquid, and fold the text."""
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return fold(text)


def names_source(sources: Sequence[str], paths: Sequence[str]) -> bool:
    """Return whether a source is one of `paths`, perhaps with more folders or a `#heading`."""
    given = [source.split("#", 1)[0].strip().lstrip("./") for source in sources]
    return any(one == path or one.endswith(f"/{path}") for one in given for path in paths)


def _finder(pattern: str) -> Callable[..., re.Match[str] | None]:
    return re.compile(pattern, re.IGNORECASE).search
