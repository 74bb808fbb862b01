"""What a pulled file was when it was put in its place, so that a later change is seen."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

_CHUNK_BYTES = 1 << 20

State = Literal["intact", "unverified", "missing", "altered"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file's entity tag on the hub, which is a hash of it, and its size and time here."""

    etag: str
    commit: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, place: Path) -> "Receipt | None":
        """The receipt of the file at `place`; None where none can be read."""
        try:
            return cls(**json.loads(_path(place).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, place: Path) -> None:
        """Put it beside the file."""
        _path(place).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def _path(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")


def state_of(place: Path, *, reads_all: bool = False) -> State:
    """Whether a file is there as it was pulled; `unverified` where it was put there by hand.

    One with the size and time that it was left with is not read again unless `reads_all`.
    """
    if not place.is_file():
        return "missing"
    receipt = Receipt.of(place)
    if receipt is None:
        return "unverified"
    found = place.stat()
    if found.st_size != receipt.size:
        return "altered"
    if found.st_mtime_ns == receipt.mtime_ns and not reads_all:
        return "intact"
    return "intact" if has_hash(place, receipt.etag) else "altered"


def can_verify(etag: str) -> bool:
    """Whether an entity tag is a hash: SHA-256 in large storage, Git's of a blob otherwise."""
    return re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", etag) is not None


def has_hash(file: Path, etag: str) -> bool:
    """Whether a file is the one that an entity tag is the hash of; it is read whole."""
    hasher = hashlib.sha256()
    if len(etag) == 40:
        hasher = hashlib.sha1(b"blob %d\0" % file.stat().st_size, usedforsecurity=False)
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            hasher.update(chunk)
    return hasher.hexdigest() == etag
