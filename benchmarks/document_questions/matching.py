"""Does a text hold what an answer must say: patterns on the text as written and as plain text."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_TYPED = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u200b": ""}
)
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
_MARKUP = (
    (re.compile(r"\{%.*?%\}|\{\{<.*?>\}\}|\{:[^}\n]*\}", re.DOTALL), " "),  # template tags
    (re.compile(r"<(?:https?|mailto):[^|>\s]+\|([^>]+)>"), r"\1"),  # Slack's links
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    (re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),  # Markdown's links
    (re.compile(r"!?\[([^\]]+)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), " "),
    (re.compile(r"^\s*#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^\s*[|>]|\|\s*$", re.MULTILINE), " "),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!~|<>])"), r"\1"),
    (re.compile(r"\*\*|__|`"), ""),
    (re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), r"\1"),
)


def fold(text: str) -> str:
    """The text with single spaces, straight quotes and plain hyphens."""
    return re.sub(r"\s+", " ", text.translate(_TYPED).translate(_HYPHENS)).strip()


def plain(text: str) -> str:
    """The folded text without Markdown, HTML, Slack's mark-up and template tags."""
    for mark, kept in _MARKUP:
        text = mark.sub(kept, text)
    return fold(text)


@lru_cache(maxsize=1024)  # a page is read again for each of its questions
def views(text: str) -> tuple[str, str]:
    """Both readings of a text that a pattern may match: as written, and plain."""
    return fold(text), plain(text)


def holds(pattern: str, texts: Iterable[str]) -> bool:
    """Whether a pattern matches one of the texts, upper and lower case alike."""
    return any(re.search(pattern, text, re.IGNORECASE) for text in texts)


def in_order(patterns: Sequence[str], text: str) -> bool:
    """Whether the patterns match one after the other."""
    at = 0
    for pattern in patterns:
        found = re.compile(pattern, re.IGNORECASE).search(text, at)
        if found is None:
            return False
        at = found.end()
    return True


def lacking(patterns: Sequence[str], text: str, *, ordered: bool = False) -> list[str]:
    """The patterns that a text does not match; `ordered` asks for their order too."""
    read = views(text)
    gone = [pattern for pattern in patterns if not holds(pattern, read)]
    if not gone and ordered and not any(in_order(patterns, one) for one in read):
        return ["the order of the steps"]
    return gone
