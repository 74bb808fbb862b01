"""What people review before anything is learned of it: the seam. Learns nothing, shows nothing.

What waits comes from elsewhere (`BotServices.reviews`), and only what a reviewer could have read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

APPROVE: Final = "review_approve"
EDIT: Final = "review_edit"
REJECT: Final = "review_reject"
"""The actions of the buttons; each button's value is the number of what it decides."""

Verdict = Literal["approve", "edit", "reject"]


@dataclass(frozen=True, slots=True)
class Eyes:
    """A reviewer: the readers they stand for, and the conversations they see.

    What nobody in Slack has said (an imported example) is for an `is_admin` alone.
    """

    person: str
    is_admin: bool
    readers: frozenset[str]
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An example to be reviewed.

    `sft`: `answer` is learned; `preference`: rather than `instead`; `kto`: as one that people found
    good, or bad, by `label`. `notes` is what the model was given; `is_second`: somebody else has
    reviewed it, and how is not told.
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
    """How far two reviewers agree on the examples that both reviewed: Cohen's kappa."""

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
    """What lies before a reviewer: the next examples, and how many wait; what documents lack.

    `second` counts the examples that a second look is wanted of.
    """

    next: Sequence[Waiting] = ()
    waiting: int = 0
    second: int = 0
    agreements: Sequence[Agreement] = ()
    gaps: Sequence[QuestionGap] = ()
    outdated: Sequence[StaleTitle] = ()


class Reviews(Protocol):
    """What is learned from, as people review it; each method raises ReviewRefused in words."""

    async def channels(self) -> frozenset[str]:
        """The conversations in which anything was said that is to be shown to anybody."""
        ...

    async def desk(self, eyes: Eyes) -> Desk:
        """What there is for these eyes."""
        ...

    async def find(self, eyes: Eyes, example: int) -> Waiting:
        """One example, if it is for these eyes."""
        ...

    async def decide(self, eyes: Eyes, example: int, verdict: Verdict, text: str = "") -> None:
        """Keep a verdict on an example that is for these eyes; an edit has the new answer."""
        ...
