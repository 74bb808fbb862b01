"""Read files of regular expressions: one on each line, in sections, with named parts."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_NAMED = re.compile(r"([a-z]+) = (.+)")
_REFERENCE = re.compile(r"\{([a-z]+)\}")
_SECTION = re.compile(r"\[([a-z ]+)\]")


def read_phrases(path: Path) -> Iterator[str]:
    """Yield the lines of the file in order, with `{name}` replaced by the earlier `name = …`.

    Definitions, comments (`# …`) and empty lines are left out. Raises KeyError for an undefined
    name.
    """
    named: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("# "):
            continue
        whole = _REFERENCE.sub(lambda found: named[found[1]], line)
        if name := _NAMED.fullmatch(whole):
            named[name[1]] = name[2]
        else:
            yield whole


def read_sections(path: Path, flags: int = 0) -> Mapping[str, re.Pattern[str]]:
    """Return one pattern for each `[section]` of the file that matches any of its phrases."""
    sections: dict[str, list[str]] = {}
    for line in read_phrases(path):
        if section := _SECTION.fullmatch(line):
            phrases = sections.setdefault(section[1], [])
        else:
            phrases.append(f"(?:{line})")
    return {name: re.compile("|".join(all_), flags) for name, all_ in sections.items()}
