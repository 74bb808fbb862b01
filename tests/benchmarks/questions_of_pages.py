"""Questions with expressions for a right answer, and the page that holds it. Asks none."""

import json
import re
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
_MARKS = re.compile(r"[`*]|\\(?=[<>])")


def rows_of(name: str) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines beside the benchmarks."""
    lines = (BENCHMARKS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def section(text: str, heading: str) -> str:
    """The part of a Markdown page under a heading, with what is below it; empty where none is."""
    head = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    if not head:
        return ""
    after = text[head.end() :]
    end = re.search(rf"^#{{1,{len(head[1])}}} ", after, re.MULTILINE)
    return after[: end.start()] if end else after


def missing(patterns: list[str], text: str, *, ordered: bool = False) -> list[str]:
    """The expressions that the text does not hold, in their order where that is wanted."""
    plain = " ".join(_MARKS.sub("", text).split())
    at, gone = 0, []
    for pattern in patterns:
        found = re.compile(pattern, re.IGNORECASE).search(plain, at)
        if found is None:
            gone.append(pattern)
        elif ordered:
            at = found.end()
    return gone
