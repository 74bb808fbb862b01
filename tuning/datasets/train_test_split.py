"""Split examples into a training and a test part without leakage.

Examples that share a thread, a document or a question, directly or through others, stay together.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tuning.feedback.examples import Example, plain

TEST_SHARE = 0.2


def test_keys(examples: Sequence[Example], share: float = TEST_SHARE) -> frozenset[str]:
    """Return the keys of the test examples: at most this share of all.

    A group larger than what is left of the test part goes to training.
    """
    groups = _groups(examples)
    left = round(share * len(examples))
    chosen: set[str] = set()
    # A hash instead of a random draw: the same examples are always split the same way.
    for root in sorted(groups, key=_hash):
        if len(groups[root]) <= left:
            chosen.update(groups[root])
            left -= len(groups[root])
    return frozenset(chosen)


def _groups(examples: Sequence[Example]) -> dict[str, list[str]]:
    """Return the connected components as lists of keys, each under its root (union-find)."""
    parents: dict[str, str] = {}

    def root_of(node: str) -> str:
        parents.setdefault(node, node)
        while parents[node] != node:
            # Path halving keeps the trees flat.
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for example in examples:
        first, *others = map(root_of, _nodes(example))
        for other in others:
            # The lesser name becomes the root, so that roots do not depend on the order of the
            # examples.
            one, two = sorted((root_of(first), root_of(other)))
            parents[two] = one
    groups: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        groups[root_of(next(_nodes(example)))].append(example.key)
    return groups


def _nodes(example: Example) -> Iterator[str]:
    yield f"thread:{example.thread}"
    yield f"question:{plain(example.question)}"
    for source in example.sources:
        yield f"document:{source.document_id}"


def _hash(node: str) -> str:
    return hashlib.sha256(node.encode()).hexdigest()
