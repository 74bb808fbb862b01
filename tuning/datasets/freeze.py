"""Freeze examples into a dataset: balanced, split, one JSON line each, reproducible byte for byte.

People appear under a hash of their id that differs between workspaces.
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
    """A dataset's bytes, their SHA-256, and their provenance.

    `counts` are examples by split and kind (`train/sft`). `people` are ids, which only the database
    keeps.
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
    """Balance, split and serialize examples, at most `most_per_person` of a kind from one person.

    The quota counts the people who decided an example. `share` is the part that is held out for the
    test.
    """
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
    """Return the examples in order of their keys, without those beyond their givers' quota.

    An example stays if at least one person who decided it has given fewer than `most_per_person` of
    its kind.
    """
    given: Counter[tuple[str, str]] = Counter()
    kept = []
    for example in sorted(examples, key=lambda one: one.key):
        givers = {(example.kind, label.person) for label in example.labels if label.decides}
        # Otherwise a few people who rate a lot would decide how the model talks.
        if givers and all(given[giver] >= most_per_person for giver in givers):
            continue
        given.update(givers)
        kept.append(example)
    return kept


def canonical(value: object) -> str:
    """Return JSON whose bytes depend only on the value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def alias(workspace: str, person: str) -> str:
    """Return the pseudonym of a person in a dataset's file."""
    # With the workspace, so that nobody can be matched between two workspaces' datasets.
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
        # Slack's channel id and timestamp would lead back to the conversation.
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
