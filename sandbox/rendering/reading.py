"""Read untrusted JSON from an app: a value of the wrong type reads as an empty one."""

from typing import Any


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list."""
    return [item for item in sequence(value) if isinstance(item, dict)]


def string(value: object) -> str:
    """Return a string as it is, a number as its digits, anything else as an empty string."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def whole(value: object, least: int, most: int) -> int:
    """Return the value as an integer between two bounds, inclusive."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(least, min(value, most))
    return least
