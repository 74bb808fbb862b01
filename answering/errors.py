"""What can go wrong while answering, in words for a person.

AnsweringError
├── ModelUnavailable   the chat model does not answer; the same question may work later
└── NotIndexed         there is no index yet: nothing has been indexed in this workspace
"""


class AnsweringError(Exception):
    """The root of this package's errors; its text is a sentence that can be shown."""


class ModelUnavailable(AnsweringError):
    """The chat model does not answer; the same question may work later."""


class NotIndexed(AnsweringError):
    """Nothing has been indexed in this workspace yet."""
