"""A Markdown file without its front matter, comments and template tags. Renders nothing."""

import re
from collections.abc import Iterator

from retrieval.sources.content import Content
from retrieval.sources.decoding import decode

_FRONT_MATTER = re.compile(r"\s*(---|\+\+\+)[ \t]*\r?\n")
_TITLE = re.compile(r"^title[ \t]*+[:=][ \t]*+([^>|\s].*)$", re.MULTILINE)
_FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_LAYOUT_TAG = re.compile(
    r"(`[^`\n]+`)|</?(?:br|center|details|div|font|img|p|section|span|summary|u)\b[^<>\n]*>",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{%[^{}\n]*%\}|\{\{[^{}\n]*\}\}")


def read_markdown(data: bytes) -> Content:
    """The text as it stands, links kept; the title from the front matter."""
    text = decode(data).replace("\r\n", "\n")
    title, text = _without_front_matter(text)
    return Content("".join(_without_comments(text)), title)


def _without_front_matter(text: str) -> tuple[str, str]:
    """The title in the front matter, if any, and the text below it."""
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
    """The text without comments, template tags and tags of layout; code is left as it is."""
    fence = ""
    hidden = False
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
            shown, hidden = _shown(line, hidden)
            shown = _TEMPLATE.sub("", _ATTRIBUTES.sub("", shown))
            yield _LAYOUT_TAG.sub(lambda tag: tag[1] or "", shown)


def _shown(line: str, hidden: bool) -> tuple[str, bool]:
    """What of a line is outside `<!-- … -->`, and whether a comment is open after it."""
    shown = []
    place = 0
    while place < len(line):
        mark = "-->" if hidden else "<!--"
        found = line.find(mark, place)
        end = len(line) if found < 0 else found
        if not hidden:
            shown.append(line[place:end])
        if found < 0:
            break
        place = found + len(mark)
        hidden = not hidden
    return "".join(shown), hidden
