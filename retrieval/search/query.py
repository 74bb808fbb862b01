"""A search query: the question and its background, as weighted terms and as a vector."""

import math
from dataclasses import dataclass

from retrieval.embeddings.embedder import Embedder
from retrieval.lexical.analyzer import query_terms
from text.plain import clean

_MOST_ASKED = 1_200  # characters: a little more than the embedder reads
# Measured: high enough that follow-ups find their subject, low enough that a change of subject is
# hardly disturbed (docs/log.md).
_BACKGROUND_WEIGHT = 0.4
_BACKGROUND_TERMS_WEIGHT = 0.24


@dataclass(frozen=True, slots=True)
class Query:
    """The text to search for, "" if it has no words, and the conversation before it."""

    text: str
    background: str = ""

    @classmethod
    def of(cls, text: str, background: str = "") -> "Query":
        """Make a query; of very long texts only both ends are used."""
        return cls(_searchable(text), _searchable(background))

    def terms(self) -> dict[str, float]:
        """Return the terms with their weights: 1 for the question's, 0.24 for the background's."""
        weights = dict.fromkeys(query_terms(self.text), 1.0)
        for term in query_terms(self.background):
            weights[term] = weights.get(term, 0.0) + _BACKGROUND_TERMS_WEIGHT
        return weights

    async def vector(self, embedder: Embedder) -> list[float]:
        """Return the question's vector plus 0.4 times the background's, scaled to length 1.

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
