"""The interface between Slack and the review queue of training examples.

`BotServices.reviews` implements `Reviews`; it offers a reviewer only what they may read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

APPROVE: Final = "review_approve"
EDIT: Final = "review_edit"
REJECT: Final = "review_reject"
"""The buttons' action ids; a button's value is the example's id."""

Verdict = Literal["approve", "edit", "reject"]


@dataclass(frozen=True, slots=True)
class Eyes:
    """A reviewer's permissions: the `readers` they match and the channels they can see.

    Only an `is_admin` reviews examples that do not come from Slack (imported ones).
    """

    person: str
    is_admin: bool
    readers: frozenset[str]
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An example that awaits review.

    `sft`: train on `answer`; `preference`: prefer `answer` to `instead`; `kto`: people rated
    `answer` good (`label` True) or bad. `notes` is the evidence that the model was given.
    `is_second`: it is a second, independent review; the first verdict is not shown.
    """

    id: int
    kind: Literal["sft", "preference", "kto"]
    question: str
    notes: str
    answer: str
    instead: str | None
    label: bool | None
    cause: str | None
    is_second: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree on the examples both reviewed: Cohen's kappa, -1 to 1."""

    one: str
    other: str
    examples: int
    kappa: float


@dataclass(frozen=True, slots=True)
class QuestionGap:
    """A question that nothing answers, and how often it was asked, in these words or alike."""

    question: str
    asked: int


@dataclass(frozen=True, slots=True)
class StaleTitle:
    """The title of a document that so many people call outdated, and that did not change since."""

    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One reviewer's queue: the next examples, the number waiting, and the gaps in the documents.

    `second` counts the examples that await a second review.
    """

    next: Sequence[Waiting] = ()
    waiting: int = 0
    second: int = 0
    agreements: Sequence[Agreement] = ()
    gaps: Sequence[QuestionGap] = ()
    outdated: Sequence[StaleTitle] = ()


class Reviews(Protocol):
    """The review queue; each method raises ReviewRefused with a sentence for the reviewer."""

    async def channels(self) -> frozenset[str]:
        """Return the ids of the conversations from which examples or gaps come."""
        ...

    async def desk(self, eyes: Eyes) -> Desk:
        """Return the queue that this reviewer may see."""
        ...

    async def find(self, eyes: Eyes, example: int) -> Waiting:
        """Return one example. Raises ReviewRefused when this reviewer may not see it."""
        ...

    async def decide(self, eyes: Eyes, example: int, verdict: Verdict, text: str = "") -> None:
        """Save a verdict on an example this reviewer may see; `text` is an edit's new answer."""
        ...
