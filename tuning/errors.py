"""The package's errors, each with a text that can be shown to a person.

TuningError ├── CannotTrain       training cannot begin │   ├── ProviderRefused  a provider rejects
the key, the model or the data │   └── ProviderSilent   a provider does not respond now ├──
ModelPinned       the served model is pinned ├── NothingToFreeze   there is no example to freeze ├──
RolloutRefused    a canary cannot begin or end now ├── StorageUnusable   object storage is down or
refuses us, or our own disk does ├── TrainingFailed    training began and failed ├── UnknownDataset
no such dataset, or it is stale ├── UnknownExample    no example of that number ├── UnknownModel
no model of that name in this workspace's registry ├── UnknownWeights    no retrieval weights of
that number ├── UnusableAdapter   an adapter that is broken, or of another kind │   └──
MissingAdapter   one that does not exist, or that we may not read ├── UnusableName      not a valid
name of a model ├── UnusableExamples  a file of examples that cannot be read, or a format that
cannot hold them └── WeightsRefused    retrieval weights that did not pass, or are stale
"""


class TuningError(Exception):
    """Root of this package's errors; its text is a sentence that can be shown."""


class CannotTrain(TuningError):
    """Training cannot begin: the name is taken, there is nothing to learn, PyTorch is missing."""


class ProviderRefused(CannotTrain):
    """A provider rejects the key, the model or the data, and says why."""


class ProviderSilent(CannotTrain):
    """A provider does not respond now; a job that was begun there continues."""


class ModelPinned(TuningError):
    """The served model is pinned until somebody unpins it."""


class NothingToFreeze(TuningError):
    """There is no example that may be frozen."""


class RolloutRefused(TuningError):
    """A canary cannot begin or end now; nothing was changed."""


class StorageUnusable(TuningError):
    """Object storage does not respond, refuses us or lacks a file, or our own disk fails."""


class TrainingFailed(TuningError):
    """Training began and failed, or was cancelled."""


class UnknownDataset(TuningError):
    """There is no such dataset, or it is stale and has lost its content."""


class UnknownExample(TuningError):
    """There is no example of that number."""


class UnknownModel(TuningError):
    """There is no model of that name in this workspace's registry."""


class UnknownWeights(TuningError):
    """There are no retrieval weights of that number, or none are served."""


class UnusableAdapter(TuningError):
    """An adapter is missing, broken, or of a kind that cannot be served."""


class MissingAdapter(UnusableAdapter):
    """A file of an adapter, or of its base, does not exist here or cannot be read."""


class UnusableExamples(TuningError):
    """A file of examples cannot be read, or a format cannot hold them."""


class UnusableName(TuningError):
    """A model cannot be called so, since its name is also a folder's."""


class WeightsRefused(TuningError):
    """Retrieval weights did not pass the gate, or are stale; serving them needs a reason."""
