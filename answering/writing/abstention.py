"""The bot's own phrases: for the closest text, a quotation, and for nothing found."""

import re
from collections.abc import Sequence

from retrieval.index.source_catalog import ReadableSource
from text.plain import shorten

_UNKNOWN = re.compile(r"\s*I (?:don['\u2019]t|do not) know\b", re.IGNORECASE)
_CLOSEST = "The closest I found:\n\n"
_QUOTED = "The source says:\n\n"
_NOTHING = (
    "I found nothing about \u201c{asked}\u201d in {places}. "
    "Try other words, or ask an admin to index the documents that say it."
)
BROKEN_OFF = "_The answer broke off here; its sources have the rest._"
"""Shown if the model did not finish."""
_ASKED_CHARACTERS = 100
_NAMED = 3


def say_closest(shown: str) -> str:
    """Introduce text that may not be the answer."""
    return _CLOSEST + shown


def say_quoted(shown: str) -> str:
    """Introduce a quotation that is shown because nothing the model wrote was supported."""
    return _QUOTED + shown


def says_unknown(text: str) -> bool:
    """Return whether a model says that it does not know, in the words the prompt tells it."""
    return _UNKNOWN.match(text) is not None


def say_where_nothing_was(asked: str, sources: Sequence[ReadableSource]) -> str:
    """Say that nothing was found: the question, and how many documents of which sources.

    `sources` are those that the whole audience may read.
    """
    words = shorten(" ".join(asked.split()), _ASKED_CHARACTERS)
    return _NOTHING.format(asked=words, places=_places(sources))


def _places(sources: Sequence[ReadableSource]) -> str:
    documents = sum(source.documents for source in sources)
    if not documents:
        return "what everyone here may read: so far that is no document"
    named = [source.name for source in sources[:_NAMED]]
    more = len(sources) - len(named)
    if more:
        named.append(f"{more} more")
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    number = f"the {documents:,} documents" if documents > 1 else "the one document"
    return f"{number} that everyone here may read ({listed})"
