"""The errors of answering.

AnsweringError
├── ModelUnavailable   the chat model does not answer; the same question may work later
├── PullFailed         a model's file cannot be downloaded from the hub
├── EvidenceChanged    the evidence changes faster than an answer can be written
├── NotIndexed         nothing has been indexed in this workspace yet
└── UnreadableWeights  the file of the confidence's weights is broken
"""


class AnsweringError(Exception):
    """The root of this package's errors. Its message is a sentence that can be shown to users."""


class ModelUnavailable(AnsweringError):
    """The chat model does not answer; the same question may work later."""


class PullFailed(AnsweringError):
    """A model's file cannot be downloaded from the hub, or cannot be stored here."""


class EvidenceChanged(AnsweringError):
    """The evidence was changed or deleted during every attempt to write the answer."""


class NotIndexed(AnsweringError):
    """Nothing has been indexed in this workspace yet."""


class UnreadableWeights(AnsweringError):
    """The file of the confidence's weights is missing or broken."""
