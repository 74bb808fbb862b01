"""What can go wrong while answering, in words for a person.

AnsweringError
├── ModelUnavailable   the chat model does not answer; the same question may work later
├── PullFailed         a model's file cannot be had from the hub
├── EvidenceChanged    what an answer rests on is being changed faster than it can be written
├── NotIndexed         there is no index yet: nothing has been indexed in this workspace
└── UnreadableWeights  the file of the confidence's weights holds none
"""


class AnsweringError(Exception):
    """The root of this package's errors; its text is a sentence that can be shown."""


class ModelUnavailable(AnsweringError):
    """The chat model does not answer; the same question may work later."""


class PullFailed(AnsweringError):
    """A model's file cannot be had from the hub, or cannot be kept here."""


class EvidenceChanged(AnsweringError):
    """What an answer rests on was changed or deleted while it was written, several times over."""


class NotIndexed(AnsweringError):
    """Nothing has been indexed in this workspace yet."""


class UnreadableWeights(AnsweringError):
    """The file that should hold the confidence's weights does not."""
