"""A frozen dataset: balanced, split, with one line an example. The same examples, the same bytes.

Nobody's id is in it: people are told apart by a hash that differs from workspace to workspace.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tuning.datasets.train_test_split import TEST_SHARE, test_keys
from tuning.feedback.examples import Example

FORMAT = "house-data-1"
MOST_PER_PERSON = 50


@dataclass(frozen=True, slots=True)
class Frozen:
    """A dataset's bytes, their SHA-256, and what they are made of.

    `counts` are examples by split and kind (`train/sft`); `people` ids, for the database alone.
    """

    content: bytes
    hash: str
    counts: Mapping[str, int]
    lineage: Mapping[str, Any]
    people: tuple[str, ...]
    documents: tuple[int, ...]


def freeze(
    workspace: str,
    examples: Sequence[Example],
    most_per_person: int = MOST_PER_PERSON,
    share: float = TEST_SHARE,
) -> Frozen:
    """Freeze examples; of one kind at most `most_per_person` count that only the same few gave."""
    kept = balance(examples, most_per_person)
    tested = test_keys(kept, share)
    lines = [_line(workspace, one, "test" if one.key in tested else "train") for one in kept]
    content = "".join(canonical(line) + "\n" for line in lines).encode()
    return Frozen(
        content=content,
        hash=hashlib.sha256(content).hexdigest(),
        counts=dict(sorted(Counter(f"{one['split']}/{one['kind']}" for one in lines).items())),
        lineage=_lineage(kept, most_per_person, share, len(examples) - len(kept)),
        people=tuple(sorted({person for one in kept for person in one.people})),
        documents=tuple(sorted({s.document_id for one in kept for s in one.sources})),
    )


def balance(examples: Sequence[Example], most_per_person: int) -> list[Example]:
    """The examples in order of their keys, without those of people who gave their share already.

    An example stays as long as one of those who decided it has given fewer than that of its kind.
    """
    given: Counter[tuple[str, str]] = Counter()
    kept = []
    for example in sorted(examples, key=lambda one: one.key):
        givers = {(example.kind, label.person) for label in example.labels if label.decides}
        if givers and all(given[giver] >= most_per_person for giver in givers):
            continue
        given.update(givers)
        kept.append(example)
    return kept


def canonical(value: object) -> str:
    """JSON whose bytes depend on the value alone."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def alias(workspace: str, person: str) -> str:
    """What a person is called in a file."""
    return hashlib.sha256(f"{workspace}\0{person}".encode()).hexdigest()[:12]


def _line(workspace: str, example: Example, split: str) -> dict[str, Any]:
    return {
        "key": example.key,
        "split": split,
        "kind": example.kind,
        "origin": example.origin,
        "cause": example.cause,
        "question": example.question,
        "prompt": [asdict(one) for one in example.prompt],
        "chosen": example.chosen,
        "rejected": example.rejected,
        "label": example.label,
        "thread": hashlib.sha256(example.thread.encode()).hexdigest()[:12],
        "readers": sorted(_reader(workspace, one) for one in example.readers),
        "sources": [
            {"document": one.document_id, "hash": one.hash, "version": one.version}
            for one in sorted(example.sources, key=lambda one: one.document_id)
        ],
        "labels": sorted(
            (
                {
                    "person": alias(workspace, one.person),
                    "label": one.label,
                    "role": one.role,
                    "decides": one.decides,
                }
                for one in example.labels
            ),
            key=canonical,
        ),
        "model": example.model,
        "prompt_version": example.prompt_version,
    }


def _reader(workspace: str, reader: str) -> str:
    kind, _, name = reader.partition(":")
    return f"person:{alias(workspace, name)}" if kind == "person" else reader


def _lineage(kept: Sequence[Example], most: int, share: float, over: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "most_per_person": most,
        "test_share": share,
        "left_out_by_balance": over,
        "answers": sorted({one.answer_id for one in kept if one.answer_id is not None}),
        "documents": {
            str(source.document_id): source.hash for one in kept for source in one.sources
        },
        "models": dict(sorted(Counter(one.model for one in kept).items())),
        "prompt_versions": dict(sorted(Counter(one.prompt_version for one in kept).items())),
        "origins": dict(sorted(Counter(one.origin for one in kept).items())),
        "causes": dict(sorted(Counter(one.cause or "none" for one in kept).items())),
    }
