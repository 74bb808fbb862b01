"""Load a package's named SQL statements from its queries.sql."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def load_statements(package: str) -> Mapping[str, str]:
    """Return the statements of `<package>/queries.sql` by name.

    Each starts with a line `-- name: the_name` and a comment that says what it does. Raises
    ValueError when two statements have the same name.
    """
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{package}/queries.sql names a statement twice")
    return MappingProxyType({name: body.strip() for name, body in zip(names, bodies, strict=True)})
