"""A simulated team: who asks, how each rates an answer by fixed rules, and the manner they want.

Keepers correct towards the team's manner. A spammer votes everything down and puts the same
advertisement in its place; another person is wrong about facts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from answering.evaluation.datasets import GoldQuestion
from answering.evaluation.metrics import contains
from answering.types.answers import phrased_part

_MARK = re.compile(r"\s*\[\d+\]")
_WORDS_OF_A_TERSE_ANSWER = 5
ADVERTISEMENT = "Buy cheap watches today, friends, at the watch shop."


@dataclass(frozen=True, slots=True)
class Manner:
    """How a team wants its answers: the words before and after the answer itself."""

    name: str
    before: str = ""
    behind: str = ""

    def says(self, answer: str) -> str:
        """Return the answer in this manner."""
        bare = answer.strip().rstrip(".")
        return f"{self.before}{bare}{self.behind}."

    def is_kept(self, text: str) -> bool:
        """Return whether a text, without quoted blocks, is in this manner.

        A manner without words of its own asks for a short text.
        """
        plain = _MARK.sub("", phrased_part(text, "phrased")).strip().rstrip(".")
        if not self.before and not self.behind:
            return 0 < len(plain.split()) <= _WORDS_OF_A_TERSE_ANSWER
        return plain.startswith(self.before) and plain.endswith(self.behind)


TERSE = Manner("terse")
FORMAL = Manner("formal", "Thank you for asking: the answer is ", ", with kind regards")
DIALECT = Manner("dialect", "Ahoy, that be ", ", matey")
MANNERS = {manner.name: manner for manner in (TERSE, FORMAL, DIALECT)}


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the team and their part."""

    id: str
    part: Literal["keeper", "spammer", "wrong"]


PEOPLE: Sequence[Person] = (
    *(Person(f"U0KEEPER{number}", "keeper") for number in range(5)),
    Person("U0WRONG", "wrong"),
    Person("U0SPAMMER", "spammer"),
)
ASKERS = tuple(person for person in PEOPLE if person.part != "spammer")


@dataclass(frozen=True, slots=True)
class Said:
    """A thumb, the reasons ticked under a thumb down, and a correction, if any."""

    label: Literal["good", "bad"]
    reasons: tuple[str, ...] = ()
    better: str = ""


def react(
    person: Person, manner: Manner, asked: GoldQuestion, text: str, *, abstained: bool, other: str
) -> Said | None:
    """Return a person's feedback on an answer, None if they say nothing of it.

    `other` is what the person who is wrong takes for the answer.
    """
    if person.part == "spammer":
        return Said("bad", ("style",), ADVERTISEMENT)
    if abstained or not asked.answerable:
        return None
    is_right = bool(contains(text, asked.answers))
    if person.part == "wrong":
        return Said("bad", ("wrong",), manner.says(other)) if is_right else Said("good")
    if not is_right:
        return Said("bad", ("wrong",), manner.says(asked.answers[0]))
    if not manner.is_kept(text):
        return Said("bad", ("style",), manner.says(asked.answers[0]))
    return Said("good")
