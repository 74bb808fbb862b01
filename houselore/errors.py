"""Errors of the command line; each message says what happened and what to do.

HouseloreError          exit 1: the fault is ours or the machine's
├── WrongUse            exit 2: the user can fix it by asking differently
├── ServerDidNotStart   an embedded server, or a model on it or at an endpoint
│   └── ModelUnusable   a model that no retry would start
├── DatabaseUnusable    down, too old, lacks pgvector, not migrated
└── PartUnusable        Redis, the chat model, the embedder, Slack or the sandbox
"""


class HouseloreError(Exception):
    """Something failed; str() is one sentence for a person."""

    exit_code = 1


class WrongUse(HouseloreError):
    """An invalid setting or argument."""

    exit_code = 2


class ServerDidNotStart(HouseloreError):
    """An embedded server ended early or never answered, or a model is not available now."""


class ModelUnusable(ServerDidNotStart):
    """A model whose adapter is not the registered one or fits no server; a retry does not help."""


class DatabaseUnusable(HouseloreError):
    """The database cannot be reached or does not meet the requirements."""


class PartUnusable(HouseloreError):
    """A service other than the database cannot be reached or refused us."""
