"""Combinators for validation, from which Block Kit's rules are built."""

from collections.abc import Callable, Mapping
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]
"""Takes a value and its JSON pointer; adds a sentence to the problems for each mistake."""


def string(most: int | None = None, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.append(f"must be a string [json-pointer:{at}]")
        elif len(value) < least:
            problems.append(f"must be more than {least - 1} characters [json-pointer:{at}]")
        elif most is not None and len(value) > most:
            problems.append(f"must be less than {most + 1} characters [json-pointer:{at}]")

    return check


def boolean(value: Any, at: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.append(f"must be a boolean [json-pointer:{at}]")


def number(value: Any, at: str, problems: Problems) -> None:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(f"must be a number [json-pointer:{at}]")


def anything(value: Any, at: str, problems: Problems) -> None:
    """Any value."""


def mapping(value: Any, at: str, problems: Problems) -> None:
    """An object, whatever is in it."""
    if not isinstance(value, dict):
        problems.append(f"must be an object [json-pointer:{at}]")


def one_of(*choices: str | int) -> Check:
    """One of these values."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if isinstance(value, bool) or value not in choices:
            named = ", ".join(map(str, choices))
            problems.append(f"must be one of {named} [json-pointer:{at}]")

    return check


def items(inner: Check, most: int | None = None, least: int = 0) -> Check:
    """A list whose every item passes `inner`."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.append(f"must be an array [json-pointer:{at}]")
            return
        if most is not None and len(value) > most:
            problems.append(f"no more than {most} items allowed [json-pointer:{at}]")
        if len(value) < least:
            problems.append(f"no fewer than {least} items allowed [json-pointer:{at}]")
        for number_, item in enumerate(value):
            inner(item, f"{at}/{number_}", problems)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields and no others."""
    fields = {**required, **optional}

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append(f"must be an object [json-pointer:{at}]")
            return
        for name in required:
            if name not in value:
                problems.append(f"missing required field: {name} [json-pointer:{at}]")
        for name, inner in value.items():
            if name not in fields:
                problems.append(f"invalid additional property: {name} [json-pointer:{at}]")
            else:
                fields[name](inner, f"{at}/{name}", problems)

    return check


def typed(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with a `type`, which `variant` has checked."""
    return shape({"type": anything, **required}, optional)


def variant(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` selects the check."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append(f"must be an object [json-pointer:{at}]")
            return
        kind = value.get("type")
        inner = kinds.get(kind) if isinstance(kind, str) else None
        if inner is None:
            problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        else:
            inner(value, at, problems)

    return check


def only(name: str, inner: Check) -> Check:
    """An object of this one `type`."""
    return variant({name: inner})


def both(*checks: Check) -> Check:
    """All of these checks, in order."""

    def check(value: Any, at: str, problems: Problems) -> None:
        for inner in checks:
            inner(value, at, problems)

    return check


def any_field(*names: str) -> Check:
    """An object with at least one of these fields."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if isinstance(value, dict) and not any(name in value for name in names):
            problems.append(f"must define one of {', '.join(names)} [json-pointer:{at}]")

    return check
