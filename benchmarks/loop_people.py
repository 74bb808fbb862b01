"""A simulated team: who asks, what each says of an answer by rule, and how they want it. No chance.

Whoever keeps the house's manner corrects towards it. One person votes down everything and puts the
same advertisement in its place; another is simply wrong about facts.
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
    """How a team wants its answers: what stands before and behind the words that answer."""

    name: str
    before: str = ""
    behind: str = ""

    def says(self, answer: str) -> str:
        """The answer in this manner."""
        bare = answer.strip().rstrip(".")
        return f"{self.before}{bare}{self.behind}."

    def is_kept(self, text: str) -> bool:
        """Whether a text, without blocks that it quotes, is in this manner.

        Without words around it, whether it is short.
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
    """Somebody of a team, by the part they play."""

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
    """A thumb, the reasons that were ticked under a thumb down, and a better answer, if any."""

    label: Literal["good", "bad"]
    reasons: tuple[str, ...] = ()
    better: str = ""


def react(
    person: Person, manner: Manner, asked: GoldQuestion, text: str, *, abstained: bool, other: str
) -> Said | None:
    """What a person says of an answer; nothing of one that was not given.

    `other` is what somebody takes for the answer who is simply wrong.
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
