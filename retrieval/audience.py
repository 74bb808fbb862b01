"""The audience of an answer: it decides which documents may be used."""

from dataclasses import dataclass

PUBLIC = "public"
"""The principal that stands for everyone in the workspace."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A workspace and the principals that everybody in a conversation has in common.

    A principal is `public`, `channel:C…`, `person:U…` or `group:S…`. A document may be used when
    the audience has one of the principals in its `readers`. `public` has to be named: guests from
    outside the workspace do not have it.
    """

    workspace: str
    readers: frozenset[str]


def everyone(workspace: str) -> Audience:
    """Return the audience for which only documents open to the whole workspace may be used."""
    return Audience(workspace, frozenset({PUBLIC}))
