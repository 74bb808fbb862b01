"""Write docs/benchmarks.md, a section for each benchmark between markers."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_TITLE = """# Benchmarks

Each section is written by the command that it names, from one run; what it lacks was not measured.
"""


def write_section(name: str, markdown: str, page: Path = PAGE) -> None:
    """Replace the section `name` by `markdown`, or append it if there is none.

    Other sections stay. `markdown` begins with its own `## ` heading.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n\n{markdown.strip()}\n\n{end}"
    text = page.read_text(encoding="utf-8") if page.is_file() else _TITLE
    written, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: section, text, flags=re.DOTALL
    )
    if not count:
        written = f"{text.rstrip()}\n\n{section}\n"
    page.write_text(written, encoding="utf-8")
