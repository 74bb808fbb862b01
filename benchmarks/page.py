"""Write docs/benchmarks.md: the contents, and a section for each benchmark between markers."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_CONTENTS, _END_OF_CONTENTS = "<!-- contents: begin -->", "<!-- contents: end -->"
_TITLE = f"""# Benchmarks

Each section is written by the command that it names, from one run; what it lacks was not measured.

{_CONTENTS}
{_END_OF_CONTENTS}
"""


def write_section(name: str, markdown: str, page: Path = PAGE) -> None:
    """Replace the section `name` by `markdown`, or append it if there is none.

    The other sections stay as they are, and the contents follow the headings. `markdown` begins
    with its own `## ` heading.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n\n{markdown.strip()}\n\n{end}"
    text = page.read_text(encoding="utf-8") if page.is_file() else _TITLE
    written, count = _replace(text, begin, end, section)
    if not count:
        written = f"{text.rstrip()}\n\n{section}\n"
    contents = f"{_CONTENTS}\n\n{_list_contents(written)}\n\n{_END_OF_CONTENTS}"
    written, _ = _replace(written, _CONTENTS, _END_OF_CONTENTS, contents)
    page.write_text(written, encoding="utf-8")


def _list_contents(text: str) -> str:
    """A link to each `## ` heading of a page, one a line."""
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    return "\n".join(f"- [{heading}](#{_anchor(heading)})" for heading in headings)


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _replace(text: str, begin: str, end: str, by: str) -> tuple[str, int]:
    """The text with what is between the two marks, and the marks, replaced; how often it was."""
    pattern = f"{re.escape(begin)}.*?{re.escape(end)}"
    return re.subn(pattern, lambda _: by, text, flags=re.DOTALL)
