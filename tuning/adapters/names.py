"""The name of a model as that of a folder, a storage's key and a server's model. Registers none."""

import re

from tuning.errors import UnusableName

FETCHED = "fetched"
"""The folder of copies from object storage, beside those that are called as models are."""

_NAME = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,63}")


def check_name(name: str) -> None:
    """Raises UnusableName for what is no name for a model."""
    if _NAME.fullmatch(name) is None or name == FETCHED:
        raise UnusableName(
            f"{name!r} is no name for a model: at most 63 letters, digits, `_`, `.` and `-`, no "
            f"dot in front, and not `{FETCHED}`."
        )
