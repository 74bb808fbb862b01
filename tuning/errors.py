"""What can go wrong while tuning, in words for a person.

TuningError
├── CannotTrain       a training that cannot begin
│   ├── ProviderRefused  a key, a model or data that a provider will not take
│   └── ProviderSilent   a provider that does not answer now
├── ModelPinned       the served model is to stay
├── NothingToFreeze   no example is there that may be frozen
├── RolloutRefused    a canary that cannot begin or end now
├── StorageUnusable   object storage that does not answer or refuses us, or a disk of ours that does
├── TrainingFailed    a training that began and did not end well
├── UnknownDataset    no such dataset, or one that lost its content
├── UnknownExample    no example of that number is there
├── UnknownModel      no model of that name is registered in this workspace
├── UnknownWeights    no weights of that number were learned for the search
├── UnusableAdapter   an adapter that is broken, or of another kind
│   └── MissingAdapter   one that is not there, or that we may not read
├── UnusableName      what a model cannot be called
├── UnusableExamples  a file of examples that cannot be read, or a form that cannot hold them
└── WeightsRefused    weights of the search that nobody should serve without a reason
"""


class TuningError(Exception):
    """The root of this package's errors; its text is a sentence that can be shown."""


class CannotTrain(TuningError):
    """A training that cannot begin: a name that is taken, nothing to learn, no PyTorch."""


class ProviderRefused(CannotTrain):
    """A provider will not take the key, the model or the data, and says why."""


class ProviderSilent(CannotTrain):
    """A provider does not answer now; what was begun there goes on."""


class ModelPinned(TuningError):
    """The served model is to stay until somebody lets it go."""


class NothingToFreeze(TuningError):
    """No example is there that may be frozen."""


class RolloutRefused(TuningError):
    """A canary that cannot begin or end now; nothing was changed."""


class StorageUnusable(TuningError):
    """Object storage does not answer, refuses us, lacks what should be there, or our disk does."""


class TrainingFailed(TuningError):
    """A training that began and did not end well: it failed, or was cancelled."""


class UnknownDataset(TuningError):
    """No such dataset is there, or it is stale and has lost its content."""


class UnknownExample(TuningError):
    """No example of that number is there."""


class UnknownModel(TuningError):
    """No model of that name is registered in this workspace."""


class UnknownWeights(TuningError):
    """No weights of that number were learned for the search, or none are served."""


class UnusableAdapter(TuningError):
    """An adapter that is not there, broken, or of a kind that cannot be served."""


class MissingAdapter(UnusableAdapter):
    """A file of an adapter, or of its base, is not on this machine or cannot be read here."""


class UnusableExamples(TuningError):
    """A file of examples that cannot be read, or a form that cannot hold them."""


class UnusableName(TuningError):
    """A model cannot be called so: the name is that of a folder, too."""


class WeightsRefused(TuningError):
    """Weights of the search that did not pass, or are stale: served only for a reason."""
