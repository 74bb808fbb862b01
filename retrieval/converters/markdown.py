"""Clean a Markdown file of front matter, comments, layout tags and template tags."""

import re
import sys
from collections.abc import Iterator

from retrieval.converters.charset import decode
from retrieval.converters.content import Content

_FRONT_MATTER = re.compile(r"\s*(---|\+\+\+)[ \t]*\r?\n")
_TITLE = re.compile(r"^title[ \t]*+[:=][ \t]*+([^>|\s].*)$", re.MULTILINE)
_FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
_TICKS = re.compile(r"`++")
_NO_SPAN = (sys.maxsize, sys.maxsize)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}|\{#[\w:.-]+\}(?=\s*$)")
_LAYOUT_TAG = re.compile(
    r"</?(?:br|center|details|div|font|img|p|section|span|summary|u)\b[^<>\n]*>", re.IGNORECASE
)
_TEMPLATE_TAG = re.compile(r"\{%-?\s*+\w++([^{}\n]*)%\}")
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_MACRO_LINE = re.compile(r"^[ \t]*(?:\{\{[^{}\n]*\}\}[ \t]*)+$")


def read_markdown(data: bytes) -> Content:
    """Return the text with its links, and the title from the front matter."""
    text = decode(data).replace("\r\n", "\n")
    title, text = _without_front_matter(text)
    return Content("".join(_without_comments(text)), title)


def _without_front_matter(text: str) -> tuple[str, str]:
    """Split off the front matter; return its title ("" if none) and the text below it."""
    opening = _FRONT_MATTER.match(text)
    if not opening:
        return "", text
    closing = re.compile(rf"^{re.escape(opening[1])}[ \t]*$\n?", re.MULTILINE).search(
        text, opening.end()
    )
    matter = text[opening.end() : closing.start()] if closing else ""
    if not closing or (matter.strip() and not re.search(r"^\s*[\w-]+[ \t]*[:=]", matter)):
        return "", text
    found = _TITLE.search(matter)
    return (found[1].rstrip().strip("\"'") if found else ""), text[closing.end() :]


def _without_comments(text: str) -> Iterator[str]:
    """Yield the lines without comments, template tags and layout tags; code is left as it is."""
    fence, hidden, at = "", False, 0
    # A comment that is never closed counts as text; otherwise it would hide the rest of the file.
    last_close = text.rfind("-->")
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip(" \t>\n").strip(fence[0]):
                fence = ""
            yield line
        elif found and not hidden:
            fence = found[1]
            yield line
        else:
            shown, hidden = _shown(line, hidden, last_close - at)
            yield "".join(_without_tags(shown))
        at += len(line)


def _shown(line: str, hidden: bool, last_close: int) -> tuple[str, bool]:
    """Return the part of a line outside `<!-- … -->`, and whether a comment is open after it.

    A `<!--` in code, or after the document's last `-->`, opens no comment. `last_close` is the
    offset of that `-->` from the start of the line.
    """
    code = iter(_code_spans(line))
    start, end_of_code = next(code, _NO_SPAN)
    shown = []
    place = 0
    while place < len(line):
        found = line.find("-->" if hidden else "<!--", place)
        if not hidden:
            while found >= start:
                if found < end_of_code:
                    found = line.find("<!--", end_of_code)
                start, end_of_code = next(code, _NO_SPAN)
            if found > last_close:
                found = -1
        end = len(line) if found < 0 else found
        if not hidden:
            shown.append(line[place:end])
        if found < 0:
            break
        place = found + (3 if hidden else 4)
        hidden = not hidden
    return "".join(shown), hidden


def _code_spans(line: str) -> Iterator[tuple[int, int]]:
    """Yield the code spans of a line: from a run of backticks to the next run of equal length."""
    runs = [run.span() for run in _TICKS.finditer(line)]
    ends = [0] * len(runs)  # where the run that closes each one ends; 0 if none does
    behind: dict[int, int] = {}
    for at in reversed(range(len(runs))):
        start, end = runs[at]
        ends[at] = behind.get(end - start, 0)
        behind[end - start] = end
    place = 0
    for (start, _), end in zip(runs, ends, strict=True):
        if start >= place and end:
            yield start, end
            place = end


def _without_tags(line: str) -> Iterator[str]:
    """Yield a line's text without a site generator's tags; its code is left as it is."""
    at = 0
    for start, end in _code_spans(line):
        yield _plain_of(line[at:start])
        yield line[start:end]
        at = end
    yield _plain_of(line[at:])


def _plain_of(text: str) -> str:
    """Remove tags from text outside code; a template tag is replaced by its first quoted words."""
    if "{" in text:
        text = _TEMPLATE_TAG.sub(_words_given, text)
        # Only a macro that is alone on its line goes: within a sentence, `{{ … }}` is more often
        # what a team writes about.
        text = _ATTRIBUTES.sub("", _MACRO_LINE.sub("", text))
    return _LAYOUT_TAG.sub("", text) if "<" in text else text


def _words_given(tag: re.Match[str]) -> str:
    """Return the first quoted string of a template tag, such as a channel's name."""
    found = _QUOTED.search(tag[1])
    return (found[1] or found[2] or "") if found else ""
