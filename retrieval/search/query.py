"""What is searched for: a question, and what was said just before it. Searches nothing."""

import math
from dataclasses import dataclass

from retrieval.embeddings.embedder import Embedder
from retrieval.lexical.analyzer import query_terms
from text.plain import clean

_MOST_ASKED = 1_200  # characters: a little more than the embedder reads
# A follow-up finds what it means and a new subject is hardly led astray (docs/log.md).
_BACKGROUND_WEIGHT = 0.4
_BACKGROUND_TERMS_WEIGHT = 0.24


@dataclass(frozen=True, slots=True)
class Query:
    """Words to search for, empty where there are none, and the conversation they stand in."""

    text: str
    background: str = ""

    @classmethod
    def of(cls, text: str, background: str = "") -> "Query":
        """A question and its background as they are searched for; of very long ones both ends."""
        return cls(_searchable(text), _searchable(background))

    def terms(self) -> dict[str, float]:
        """The terms to search for with their weights, those of the background below 1."""
        weights = dict.fromkeys(query_terms(self.text), 1.0)
        for term in query_terms(self.background):
            weights[term] = weights.get(term, 0.0) + _BACKGROUND_TERMS_WEIGHT
        return weights

    async def vector(self, embedder: Embedder) -> list[float]:
        """The question's vector, drawn towards its background's; its length is 1.

        Raises EmbedderUnavailable.
        """
        if not self.background:
            return await embedder.aembed_query(self.text)
        asked, before = await embedder.aembed_documents([self.text, self.background])
        drawn = [a + _BACKGROUND_WEIGHT * b for a, b in zip(asked, before, strict=True)]
        length = math.sqrt(sum(x * x for x in drawn)) or 1.0
        return [x / length for x in drawn]


def _searchable(text: str) -> str:
    words = clean(text).strip()
    if len(words) > _MOST_ASKED:
        half = _MOST_ASKED // 2
        words = f"{words[:half]}\n{words[-half:]}"
    return words if any(character.isalnum() for character in words) else ""
