"""Check names of models, which also name a folder, a key in object storage and a server's model."""

import re

from tuning.errors import UnusableName

FETCHED = "fetched"
"""The folder of copies from object storage, beside the folders of the models."""

_NAME = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,63}")


def check_name(name: str) -> None:
    """Raise UnusableName if `name` cannot name a model."""
    if _NAME.fullmatch(name) is None or name == FETCHED:
        raise UnusableName(
            f"{name!r} is no name for a model: at most 63 letters, digits, `_`, `.` and `-`, no "
            f"dot in front, and not `{FETCHED}`."
        )
