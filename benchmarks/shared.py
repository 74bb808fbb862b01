"""Locate the benchmark data, and write results."""

import gzip
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared")) / "data"
RESULTS = Path(__file__).parent / "results"


def rows(name: str) -> list[dict[str, Any]]:
    """Read a file of JSON lines in the benchmark data, gzipped or not.

    Exits with a sentence if it is missing.
    """
    path = DATA / name
    if not path.is_file():
        sys.exit(f"The measuring data is not here: {path} (set SHARED_DATA to its folder).")
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def write_result(name: str, result: Mapping[str, object]) -> None:
    """Write a result as JSON beside the benchmarks, and print it."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")
