"""Generate docs/configuration.md from the settings class; a test compares the two."""

from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from houselore.settings import EMBEDDED, Settings, key_of

_HEAD = """\
# Configuration

Every setting is an environment variable, or a line `KEY=value` in a file `.env` in the folder that
Houselore is started in; the environment wins. A `HOUSELORE_` key that does not exist is refused, so
that a slip of the pen is noticed. None has to be set: `embedded:` starts a real server that comes
with the installation and ends with Houselore.

This page is written by `houselore settings-page` from `houselore/settings.py`.

| setting | default | what it is |
| --- | --- | --- |
"""


def settings_page() -> str:
    """Return the page's Markdown."""
    fields = Settings.model_fields
    return _HEAD + "".join(_row(name, field) for name, field in fields.items())


def _row(name: str, field: FieldInfo) -> str:
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    description = field.description or ""
    if choices:
        description += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
    return f"| `{key_of(name)}` | {_default(field.default)} | {description} |\n"


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = EMBEDDED  # a secret with a default is the URL of an embedded server
    if isinstance(value, tuple):
        value = ",".join(value)
    if value in (None, frozenset(), PydanticUndefined):
        return ""
    return f"`{value}`"
