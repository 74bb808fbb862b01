"""A file of regular expressions, one a line, in sections, some of them named. Searches none."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_NAMED = re.compile(r"([a-z]+) = (.+)")
_REFERENCE = re.compile(r"\{([a-z]+)\}")
_SECTION = re.compile(r"\[([a-z ]+)\]")


def read_phrases(path: Path) -> Iterator[str]:
    """The lines of the file in order, `{name}` replaced by what `name = …` before it says.

    Lines that name something, comments (`# …`) and empty lines are left out. Raises KeyError for a
    name that nothing was said of.
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
    """The phrases below each `[section]` of the file as one expression that any of them matches."""
    sections: dict[str, list[str]] = {}
    for line in read_phrases(path):
        if section := _SECTION.fullmatch(line):
            phrases = sections.setdefault(section[1], [])
        else:
            phrases.append(f"(?:{line})")
    return {name: re.compile("|".join(all_), flags) for name, all_ in sections.items()}
