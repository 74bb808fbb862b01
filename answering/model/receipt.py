"""Record a pulled file's hash, size and time, to detect later changes."""

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
    """A file's entity tag on the hub, which is its hash, and its size and time on this machine."""

    etag: str
    commit: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, place: Path) -> "Receipt | None":
        """Read the receipt of the file at `place`; None if there is no valid one."""
        try:
            return cls(**json.loads(_path(place).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, place: Path) -> None:
        """Write it next to the file."""
        _path(place).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def _path(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")


def state_of(place: Path, *, reads_all: bool = False) -> State:
    """Return whether a file is as it was pulled; `unverified` means that it was put there by hand.

    A file with its recorded size and time is hashed only if `reads_all`.
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
    """Return whether an entity tag is a hash: SHA-256 for large files, else Git's blob hash."""
    return re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", etag) is not None


def has_hash(file: Path, etag: str) -> bool:
    """Hash the whole file and return whether it matches the entity tag."""
    hasher = hashlib.sha256()
    if len(etag) == 40:
        hasher = hashlib.sha1(b"blob %d\0" % file.stat().st_size, usedforsecurity=False)
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            hasher.update(chunk)
    return hasher.hexdigest() == etag
