"""Adapters where each process finds them, checked: in the data folder or in object storage.

Loads no weights and serves none.
"""

import fcntl
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuning.adapters import CONFIG, WEIGHTS, hash_adapter, hash_file
from tuning.errors import UnusableAdapter
from tuning.hosted import hosted_id
from tuning.losses import LOSSES
from tuning.registry import Model
from tuning.storage import Storage
from tuning.voice import VOICE

_FILES = (WEIGHTS, CONFIG, VOICE, LOSSES)
_MANIFEST = "manifest.json"
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class AdapterStore:
    """The adapters of an installation: in the data folder `data`, or below `url` for all machines.

    In object storage an adapter's place ends in the SHA-256 of its manifest, which has the SHA-256
    of each file: the registry, which keeps the place, says what every byte has to be. Its methods
    block.
    """

    data: Path
    url: str | None = None

    @property
    def folder(self) -> Path:
        """Where adapters are made, and where copies of those in object storage are kept."""
        return self.data / "adapters"

    def check(self) -> str:
        """Where new adapters go, in words. Raises StorageUnusable where nobody answers there."""
        if self.url is None:
            return f"kept in {self.folder}"
        Storage(self.url).check()
        return f"kept at {self.url}, which answers"

    def put(self, name: str, adapter: Path) -> str:
        """Keep the adapter in the folder `adapter` as `name`; its place, for the registry.

        Without a URL that is the folder itself. Else it is uploaded, its manifest last, and fetched
        again as every process will, so that a place is known only of what is whole. Raises
        StorageUnusable and UnusableAdapter.
        """
        if self.url is None:
            return str(adapter)
        hashes = {file: hash_file(adapter / file) for file in _FILES if (adapter / file).is_file()}
        manifest = json.dumps(hashes, sort_keys=True).encode()
        called = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)[:_LONGEST_NAME]
        place = f"{self.url.rstrip('/')}/{called}-{hashlib.sha256(manifest).hexdigest()}"
        storage = Storage(place)
        for file in hashes:
            storage.write(file, adapter / file)
        storage.write(_MANIFEST, manifest)
        self._fetch(place)
        return place

    def get(self, model: Model) -> Path | None:
        """The folder of a model's adapter on this machine; None where it has none of its own.

        One in object storage is fetched once; whatever is not what was registered is refused.
        Raises StorageUnusable and UnusableAdapter.
        """
        if model.adapter is None or hosted_id(model.adapter) is not None:
            return None
        is_stored = "://" in model.adapter
        folder = self._fetch(model.adapter) if is_stored else self.data / model.adapter
        if model.adapter_hash is not None and hash_adapter(folder) != model.adapter_hash:
            raise UnusableAdapter(
                f"The adapter of {model.name} in {folder} is not the one that was registered (its "
                "SHA-256 differs), and is not served: put the files back, or register these under "
                "another name."
            )
        return folder

    def _fetch(self, place: str) -> Path:
        """This machine's copy of what is at `place`, whole or an error."""
        called = place.rpartition("/")[2]
        folder = self.folder / "fetched" / called
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f"{called}.lock")):
            if not _is_whole(folder):
                part = folder.with_name(f"{called}.part")
                shutil.rmtree(part, ignore_errors=True)  # of a process that was killed
                part.mkdir()
                _download(place, part)
                shutil.rmtree(folder, ignore_errors=True)
                part.rename(folder)
        return folder


def _download(place: str, to: Path) -> None:
    storage = Storage(place)
    storage.read(_MANIFEST, to / _MANIFEST)
    for file in _hashes(to, place):
        storage.read(file, to / file)
    for file, wanted in _hashes(to, place).items():
        if hash_file(to / file) != wanted:
            raise _differs(place, file)


def _is_whole(folder: Path) -> bool:
    """Whether the copy in `folder` is there, and every file is what its name says."""
    try:
        hashes = _hashes(folder, folder.name)
        return all(hash_file(folder / file) == wanted for file, wanted in hashes.items())
    except (OSError, UnusableAdapter):
        return False


def _hashes(folder: Path, place: str) -> dict[str, str]:
    """The files of a manifest and their SHA-256, once it is the one that `place` ends in."""
    manifest = (folder / _MANIFEST).read_bytes()
    if hashlib.sha256(manifest).hexdigest() != place.rpartition("-")[2]:
        raise _differs(place, _MANIFEST)
    hashes: dict[str, str] = json.loads(manifest)
    return {file: hashes[file] for file in _FILES if file in hashes}


def _differs(place: str, file: str) -> UnusableAdapter:
    return UnusableAdapter(
        f"{place}/{file} is not what was put there (its SHA-256 differs), and is not served: "
        "register the adapter's folder under another name, or go back to another model."
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time, and one thread."""
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
