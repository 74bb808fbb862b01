"""JSON from an app, read without trust: a value of the wrong type reads as an empty one."""

from typing import Any


def mapping(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[dict[str, Any]]:
    """The objects in a list."""
    return [item for item in sequence(value) if isinstance(item, dict)]


def string(value: object) -> str:
    """The value if it is a string, a number as its digits, else nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def whole(value: object, least: int, most: int) -> int:
    """The value as a whole number between two bounds, both included."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(least, min(value, most))
    return least
