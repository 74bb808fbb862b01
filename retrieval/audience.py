"""Who will read an answer, and so what may be used for it. Does not ask Slack who that is."""

from dataclasses import dataclass

PUBLIC = "public"
"""The reader that stands for everyone in the workspace."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The workspace and the readers that every person in a conversation stands for.

    A reader is `public`, `channel:C…`, `person:U…` or `group:S…`. A document may be used when one
    of its readers is among the audience's. `public` is not added by itself: outsiders lack it.
    """

    workspace: str
    readers: frozenset[str]


def everyone(workspace: str) -> Audience:
    """The audience of what the whole workspace may read."""
    return Audience(workspace, frozenset({PUBLIC}))
