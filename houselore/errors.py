"""The front door's errors; each message says what happened and what to do. Prints none of them.

HouseloreError          exit 1: ours, or the machine's
├── WrongUse            exit 2: the user can mend it by asking differently
├── ServerDidNotStart   an embedded server, or a model on it or at an endpoint
│   └── ModelUnusable   a model that no other try would start
├── DatabaseUnusable    down, too old, lacks pgvector, not migrated
└── PartUnusable        Redis, the chat model, the embedder, Slack or the sandbox
"""


class HouseloreError(Exception):
    """Something failed; str() is one sentence for a person."""

    exit_code = 1


class WrongUse(HouseloreError):
    """A setting or an argument that cannot be right."""

    exit_code = 2


class ServerDidNotStart(HouseloreError):
    """An embedded server ended early or never answered, or a model cannot be had now."""


class ModelUnusable(ServerDidNotStart):
    """A model whose adapter is not what was registered, or fits no server: it stays so."""


class DatabaseUnusable(HouseloreError):
    """The database cannot be reached, or is not what Houselore needs."""


class PartUnusable(HouseloreError):
    """A part other than the database cannot be reached or refused us."""
