"""What we say ourselves: that it is the closest, a quotation, or where nothing was found."""

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
"""What is said where a model did not come to its end."""
_ASKED_CHARACTERS = 100
_NAMED = 3


def say_closest(shown: str) -> str:
    """What was found where it may not be the answer, which is said."""
    return _CLOSEST + shown


def say_quoted(shown: str) -> str:
    """What was found where the model that was asked has said nothing that it supports."""
    return _QUOTED + shown


def says_unknown(text: str) -> bool:
    """Whether a model says, in the words it is told to use, that it does not know."""
    return _UNKNOWN.match(text) is not None


def say_where_nothing_was(asked: str, sources: Sequence[ReadableSource]) -> str:
    """That nothing was found, with what was looked for, in how many documents and of what sources.

    `sources` are those that everyone who reads this may read.
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
