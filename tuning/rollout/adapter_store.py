"""Store adapters in the data folder or in object storage; check their hashes when fetching."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuning.adapters.files import CONFIG, WEIGHTS, hash_adapter, hash_file
from tuning.adapters.names import FETCHED, check_name
from tuning.errors import UnusableAdapter
from tuning.hosted.jobs import hosted_id
from tuning.rollout.object_storage import Storage, written
from tuning.rollout.registry import Model
from tuning.training.loss_log import LOSSES
from tuning.voice.profile import VOICE

_FILES = (WEIGHTS, CONFIG, VOICE, LOSSES)
_MANIFEST = "manifest.json"
_LONGEST_MANIFEST = 65_536  # bytes; it is read before its true size is known


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file's entry in the manifest: SHA-256 and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class AdapterStore:
    """The adapters of an installation: in the data folder `data`, or below `url` for all machines.

    In object storage an adapter's address ends in the SHA-256 of its manifest, which lists the
    SHA-256 and size of each file: the registry, which holds the address, thereby fixes every byte.
    All methods block.
    """

    data: Path
    url: str | None = None

    @property
    def folder(self) -> Path:
        """Where adapters are trained, and where copies from object storage are kept."""
        return self.data / "adapters"

    def check(self) -> str:
        """Return in words where new adapters go. Raises StorageUnusable if it does not respond."""
        if self.url is None:
            return f"kept in {self.folder}"
        Storage(self.url).check()
        return f"kept at {self.url}, which answers"

    def put(self, name: str, adapter: Path) -> str:
        """Store the adapter in the folder `adapter` as `name`; return its address for the registry.

        Without a URL that is the folder itself. Raises StorageUnusable, UnusableAdapter and
        UnusableName.
        """
        check_name(name)
        if self.url is None:
            return str(adapter)
        files = [file for file in _FILES if (adapter / file).is_file()]
        kept = {
            file: {"sha256": hash_file(adapter / file), "size": (adapter / file).stat().st_size}
            for file in files
        }
        manifest = json.dumps(kept, sort_keys=True).encode()
        called, storage = f"{name}-{hashlib.sha256(manifest).hexdigest()}", Storage(self.url)
        for file in files:
            storage.write(f"{called}/{file}", adapter / file)
        # The manifest last, and then fetched as every process will: only a complete adapter is
        # registered.
        storage.write(f"{called}/{_MANIFEST}", manifest)
        place = f"{self.url.rstrip('/')}/{called}"
        self._fetch(place)
        return place

    def get(self, model: Model) -> Path | None:
        """Return the folder of a model's adapter on this machine, or None if it has none here.

        An adapter in object storage is fetched once; files that are not those registered are
        refused. Raises StorageUnusable and UnusableAdapter.
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
        """Return this machine's complete copy of the adapter at `place`."""
        called = place.rpartition("/")[2]
        folder = self.folder / FETCHED / called
        if _is_whole(folder):
            return folder
        with written(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with _alone(folder.with_name(f"{called}.lock")):
                # Another process may have fetched it while we waited for the lock.
                if not _is_whole(folder):
                    part = folder.with_name(f"{called}.part")
                    shutil.rmtree(part, ignore_errors=True)  # left by a killed process
                    part.mkdir()
                    _download(place, part)
                    # A broken copy may be in the way.
                    shutil.rmtree(folder, ignore_errors=True)
                    part.rename(folder)
        return folder


def _download(place: str, to: Path) -> None:
    root, _, called = place.rpartition("/")
    storage = Storage(root)
    storage.read(f"{called}/{_MANIFEST}", to / _MANIFEST, _LONGEST_MANIFEST)
    for file, kept in _manifest(to, place).items():
        storage.read(f"{called}/{file}", to / file, kept.size)
        if hash_file(to / file) != kept.sha256:
            raise _differs(place, file)


def _is_whole(folder: Path) -> bool:
    """Return whether the copy in `folder` is complete and every hash is right."""
    try:
        files = _manifest(folder, folder.name)
        return all(hash_file(folder / file) == kept.sha256 for file, kept in files.items())
    except (OSError, UnusableAdapter):
        return False


def _manifest(folder: Path, place: str) -> dict[str, _Kept]:
    """Return the files of a manifest, after checking that its hash is the one `place` ends in."""
    manifest = (folder / _MANIFEST).read_bytes()
    if hashlib.sha256(manifest).hexdigest() != place.rpartition("-")[2]:
        raise _differs(place, _MANIFEST)
    try:
        files: dict[str, dict[str, Any]] = json.loads(manifest)
        return {file: _Kept(**files[file]) for file in _FILES if file in files}
    except (ValueError, TypeError):  # put by another version
        raise _differs(place, _MANIFEST) from None


def _differs(place: str, file: str) -> UnusableAdapter:
    return UnusableAdapter(
        f"{place}/{file} is not what was put there (its SHA-256 differs), and is not served: "
        "register the adapter's folder under another name, or go back to another model."
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock file: one process, and one thread, at a time."""
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
