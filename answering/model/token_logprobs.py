"""A model's tokens with their probabilities: how sure it is of what it claims. Asks no model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from answering.model.voice import Voice

_ARTICLES = frozenset(["the", "a", "an"])
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the natural logarithm of its probability.

    `others` has those of the likeliest tokens that could have stood in its place.
    """

    text: str
    logprob: float
    others: Mapping[str, float] = field(default_factory=dict)

    def logprob_beside(self, voice: Voice) -> float:
        """How likely it is where neither how a house talks nor how a word is written counts.

        What `others` there were of the voice, or an article, is no other claim; the same word in
        another case is this one.
        """
        word = self.text.strip().lower()
        same, manner = math.exp(self.logprob), 0.0
        for text, logprob in self.others.items():
            if text == self.text:
                continue
            other = text.strip().lower()
            if other and other == word:
                same += math.exp(logprob)
            elif other in _ARTICLES or voice.may_begin_with(other):
                manner += math.exp(logprob)
        if not same:
            return self.logprob
        return min(0.0, math.log(same) - math.log(max(_LEAST, 1 - manner)))


def tokens_of(chunk: BaseMessage) -> list[Token]:
    """A streamed chunk's tokens; [] where the endpoint tells no probabilities.

    The end's mark has no words and is left out.
    """
    content = (chunk.response_metadata.get("logprobs") or {}).get("content") or []
    return [
        Token(
            row["token"],
            float(row["logprob"]),
            {one["token"]: float(one["logprob"]) for one in row.get("top_logprobs") or ()},
        )
        for row in content
        if row.get("token")
    ]


def claim_logprobs(pieces: Sequence[tuple[str, Sequence[Token]]], voice: Voice) -> Iterator[float]:
    """The logarithms of the probabilities of what a reply claims, as far as they are known.

    `pieces` are its texts in order, each with its tokens. Without a voice they are the model's own,
    and so are those inside a word.
    """
    claims = voice.beside([text for text, _ in pieces])
    before = ""
    for (_, tokens), is_claim in zip(pieces, claims, strict=True):
        for token in tokens:
            begins = not (before[-1:].isalnum() and token.text[:1].isalnum())
            if is_claim:
                yield token.logprob_beside(voice) if voice.words and begins else token.logprob
            before = token.text
