"""The examples of conversation beside these tests, one object a line. Judges none."""

import json
from pathlib import Path
from typing import Any


def examples(name: str) -> list[dict[str, Any]]:
    """The lines of a file of JSON lines in this folder."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
