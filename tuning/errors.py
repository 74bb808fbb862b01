"""What can go wrong while tuning, in words for a person.

TuningError
├── ModelPinned       the served model is to stay
├── RolloutRefused    a canary that cannot begin or end now
├── UnknownModel      no model of that name is registered in this workspace
└── UnusableAdapter   an adapter that is not there, broken, or of another kind
"""


class TuningError(Exception):
    """The root of this package's errors; its text is a sentence that can be shown."""


class ModelPinned(TuningError):
    """The served model is to stay until somebody lets it go."""


class RolloutRefused(TuningError):
    """A canary that cannot begin or end now; nothing was changed."""


class UnknownModel(TuningError):
    """No model of that name is registered in this workspace."""


class UnusableAdapter(TuningError):
    """An adapter that is not there, broken, or of a kind that cannot be served."""
