"""Tokenize examples for the reader, and group them into batches of similar length."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from retrieval.reader.pairs import join_pair
from tuning.reader.data.examples import ReaderExample

MOST_TOKENS = 256
NO_SPAN = -1


@dataclass(frozen=True, slots=True)
class Numbered:
    """A tokenized example; `second` is the first token of the block, and the span is of tokens.

    A span of 0 is the null: the block does not answer. NO_SPAN is ignored by the span loss.
    """

    ids: list[int]
    second: int
    start: int
    end: int
    answers: bool


def number_examples(examples: Sequence[ReaderExample], tokenizer: Tokenizer) -> list[Numbered]:
    """Tokenize the examples, in order; those of more than MOST_TOKENS tokens are left out."""
    numbered = []
    for at in range(0, len(examples), 1024):
        some = examples[at : at + 1024]
        pairs = [join_pair(one.question, one.headings, one.text) for one in some]
        encodings = tokenizer.encode_batch([(pair.question, pair.passage) for pair in pairs])
        for one, pair, encoding in zip(some, pairs, encodings, strict=True):
            found = _number(one, pair.offset, encoding)
            if found is not None:
                numbered.append(found)
    return numbered


def _number(example: ReaderExample, offset: int, encoding: Encoding) -> Numbered | None:
    if len(encoding.ids) > MOST_TOKENS:
        return None
    second = encoding.type_ids.index(1)
    if not example.answers:
        return Numbered(encoding.ids, second, 0, 0, False)
    if example.start is None or example.end is None:
        return Numbered(encoding.ids, second, NO_SPAN, NO_SPAN, True)
    start, end = example.start + offset, example.end + offset
    touched = [
        at
        for at in range(second, len(encoding.ids) - 1)
        if encoding.offsets[at][1] > start and encoding.offsets[at][0] < end
    ]
    return Numbered(encoding.ids, second, touched[0], touched[-1], True) if touched else None


def draw_batches(examples: Sequence[Numbered], size: int, seed: int) -> list[list[int]]:
    """Return all examples' positions in random batches of similar length, drawn by `seed`."""
    draw = random.Random(seed)  # noqa: S311 - a draw to repeat, no secret
    places = list(range(len(examples)))
    draw.shuffle(places)
    batches = []
    # Sort by length within 40 batches at a time: little padding, and batches still differ by
    # chance.
    for at in range(0, len(places), size * 40):
        database = sorted(places[at : at + size * 40], key=lambda one: len(examples[one].ids))
        pool_batches = [database[start : start + size] for start in range(0, len(database), size)]
        draw.shuffle(pool_batches)
        batches.extend(pool_batches)
    return batches
