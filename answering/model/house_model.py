"""A chat model with its abilities, its voice and the style guide."""

from dataclasses import dataclass, field
from typing import Literal

from langchain_core.language_models import BaseChatModel

from answering.model.voice import NO_VOICE, Voice

CONTEXT_TOKENS = 6_000
"""The context window assumed for a model whose window is unknown, in tokens."""
# Tokens. A small model that writes more than three sentences is repeating itself.
_MOST_WRITTEN = {"excerpts": 160, "sections": 600}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a chat model can do.

    A model that reads `excerpts` gets a few blocks and phrases a sentence. One that reads
    `sections` gets whole sections up to `context_tokens`, and may write paragraphs, lists and code.
    One that `rewrites` rephrases a follow-up before the search.
    """

    reads: Literal["excerpts", "sections"] = "excerpts"
    rewrites: bool = False
    context_tokens: int = CONTEXT_TOKENS

    @property
    def max_tokens(self) -> int:
        """Return the most tokens it may write in an answer."""
        return _MOST_WRITTEN[self.reads]


SMALL = Abilities()


@dataclass(frozen=True, slots=True)
class HouseModel:
    """The chat model that answers, under the name that is stored with its answers.

    Words of its `voice` need no support by a note. `guide` is the style guide for its prompt.
    """

    chat: BaseChatModel = field(repr=False)
    name: str
    abilities: Abilities = SMALL
    voice: Voice = NO_VOICE
    guide: str = ""

    @property
    def is_able(self) -> bool:
        """Return whether it gets whole sections, and may write more than a sentence."""
        return self.abilities.reads == "sections"
