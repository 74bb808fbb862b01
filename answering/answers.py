"""An answer and the record of it in Postgres. Does not make answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Citation:
    """The n-th source of an answer: the sentence that was used, and where it stands."""

    n: int
    document_id: int
    chunk_id: int
    title: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: Markdown with `[n]` marks, its citations, and how it came about.

    `messages` are the exact messages the model was sent (role and content), empty when no model was
    asked; `abstained` is true when the reply only quotes the nearest text, or says that there is none.
    `timings_ms`: milliseconds by step (`retrieve`, `condense`, `first_token`, `total`).
    """

    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    model: str
    generation: int
    prompt_version: str
    messages: tuple[Mapping[str, str], ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
