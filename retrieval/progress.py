"""What indexing tells while it works and when it is done. Shows it to nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """`done` of `total` documents have been dealt with, the last of them `title`."""

    done: int
    total: int
    title: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A document (or a whole source) that was not read; `reason` is a sentence that names it."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Numbers of documents; `chunks` is how many were written; `left_out` are no failures.

    `notes` are sentences about the index itself, such as that a new one is in use.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    chunks: int = 0
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0
    left_out: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: "IndexReport") -> "IndexReport":
        """Two reports as one."""
        return IndexReport(
            added=self.added + other.added,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            deleted=self.deleted + other.deleted,
            chunks=self.chunks + other.chunks,
            failures=self.failures + other.failures,
            seconds=self.seconds + other.seconds,
            left_out=self.left_out + other.left_out,
            notes=self.notes + other.notes,
        )

    def describe(self) -> str:
        """The numbers in a row, such as `2 added, 1 changed, 40 unchanged`."""
        counts = {
            "added": self.added,
            "changed": self.changed,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
            "not read": len(self.failures),
        }
        said = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
        return f"{said or 'No documents'}."


OnProgress = Callable[[IndexProgress], Awaitable[None]]
"""Called after each document."""
