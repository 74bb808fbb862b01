"""Progress of indexing while it runs, and its report at the end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """`done` of `total` documents are finished; `title` is the last one."""

    done: int
    total: int
    title: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A document or source that was not read; `reason` is a sentence that names it."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did: counts of documents, and `chunks`, the number of chunks written.

    `left_out` are files that are not documents (another format, a link out of the folder); they do
    not count as failures. `notes` are sentences about the index, such as that a new one is live.
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
        """Add two reports."""
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
        """Return the counts as text, such as `2 added, 1 changed, 40 unchanged.`"""
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
