"""A chat model with what it is able to do and how the house talks."""

from dataclasses import dataclass, field
from typing import Literal

from langchain_core.language_models import BaseChatModel

from answering.model.voice import NO_VOICE, Voice

CONTEXT_TOKENS = 6_000
"""What a model that does not say how much it reads is trusted with."""
# Tokens. A small model that goes on for more than three sentences is repeating itself.
_MOST_WRITTEN = {"excerpts": 160, "sections": 600}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a chat model can do.

    One that reads `excerpts` is given one or two blocks and phrases a sentence; one that reads
    `sections` is given whole ones up to `context_tokens`, and may write paragraphs, lists and
    code. One that `rewrites` puts a follow-up into words of its own before the search.
    """

    reads: Literal["excerpts", "sections"] = "excerpts"
    rewrites: bool = False
    context_tokens: int = CONTEXT_TOKENS

    @property
    def max_tokens(self) -> int:
        """So many tokens it may write in an answer."""
        return _MOST_WRITTEN[self.reads]


SMALL = Abilities()


@dataclass(frozen=True, slots=True)
class HouseModel:
    """The chat model that answers, under the name that is stored with its answers.

    What is of its `voice` needs no support; its `guide` tells an able model how the house writes.
    """

    chat: BaseChatModel = field(repr=False)
    name: str
    abilities: Abilities = SMALL
    voice: Voice = NO_VOICE
    guide: str = ""

    @property
    def is_able(self) -> bool:
        """Whether it is given whole sections, and may write more than a sentence."""
        return self.abilities.reads == "sections"
