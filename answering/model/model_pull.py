"""Pull a model's files from the hub: resume, verify the hash, put them in place atomically."""

import asyncio
import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from answering.errors import PullFailed
from answering.model.hub import RemoteFile, ask_hub
from answering.model.hub_file import HubFile
from answering.model.receipt import Receipt, has_hash, state_of

OnBytes = Callable[[str, int, int], None]
"""Called with a file's name, its bytes received so far, and its size in bytes."""

_SPARE_BYTES = 200_000_000  # left free for other data on the disk
_TIMEOUT_S = 10.0  # without data; a Ctrl-C may take as long then
_PAUSES_S = (0.5, 1.0, 2.0, 4.0)  # before each retry, as long as no more bytes arrive
_PARTIAL = ".partial"


async def pull_model(
    file: HubFile, models: Path, on_bytes: OnBytes, endpoint: str | None = None
) -> Path:
    """Pull a model's files into the folder `models` unless they are there; return the first path.

    An interrupted transfer is resumed. A file is put in its place once it is complete and has the
    hub's hash. One process at a time pulls a file; others wait for it. Raises PullFailed, whose
    sentence says what to do.
    """
    ended = threading.Event()
    pull = _Pull(models, on_bytes, endpoint, ended)
    try:
        for part in file.parts():
            await asyncio.to_thread(pull.bring, part)
    finally:
        ended.set()  # a thread cannot be cancelled; it checks this after each chunk
    return file.parts()[0].place(models)


class _Ended(Exception):
    """The pull was cancelled."""


@dataclass(frozen=True, slots=True)
class _Pull:
    models: Path
    on_bytes: OnBytes
    endpoint: str | None
    ended: threading.Event = field(default_factory=threading.Event)

    def bring(self, file: HubFile) -> None:
        place = file.place(self.models)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with self._alone(place):
                remote = ask_hub(file, self.endpoint)
                if not _is_here(place, remote):
                    self._fetch(file, remote, place)
        except _Ended:
            return
        except OSError as error:
            raise PullFailed(
                f"{place} cannot be written ({error.strerror or error}): make room or mend the "
                "folder, and `houselore models pull` goes on."
            ) from error

    @contextmanager
    def _alone(self, place: Path) -> Iterator[None]:
        lock = os.open(place.with_name(f"{place.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(lock):
                if self.ended.wait(0.2):
                    raise _Ended
            yield
        finally:
            os.close(lock)

    def _fetch(self, file: HubFile, remote: RemoteFile, place: Path) -> None:
        partial = place.with_name(f"{place.name}.{remote.etag[:16]}{_PARTIAL}")
        _check_room(file, remote.size - _size(partial), place.parent)
        self._transfer(file, remote, partial)
        if not has_hash(partial, remote.etag):
            partial.unlink()
            raise PullFailed(
                f"{file} came with another hash than the hub tells, and was thrown away: pull it "
                "again; if that does not help, something between here and the hub alters it."
            )
        _put_in_place(partial, place, remote)

    def _transfer(self, file: HubFile, remote: RemoteFile, partial: Path) -> None:
        pauses = list(_PAUSES_S)
        while (have := _size(partial)) < remote.size:
            reason = self._receive(file, remote, partial, have)
            if (now := _size(partial)) >= remote.size:
                return
            if now > have:
                pauses = list(_PAUSES_S)
            if not pauses:
                raise PullFailed(
                    f"The transfer of {file} broke off at {now / 1e6:,.0f} of "
                    f"{remote.size / 1e6:,.0f} MB ({reason}): `houselore models pull {file}` goes "
                    "on from there."
                )
            if self.ended.wait(pauses.pop(0)):
                raise _Ended
            # Ask again, since the storage's URL is signed for about an hour only.
            remote = ask_hub(replace(file, revision=remote.commit), self.endpoint)

    def _receive(self, file: HubFile, remote: RemoteFile, partial: Path, have: int) -> str:
        """Append to the partial file until the transfer ends; return the reason why it ended."""
        headers = {**remote.headers, "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        get = httpx.stream(
            "GET", remote.url, headers=headers, timeout=_TIMEOUT_S, follow_redirects=True
        )
        try:
            with get as response, partial.open("ab") as out:
                if not _goes_on(response, have):
                    have = 0
                    out.truncate(0)
                for chunk in response.iter_raw():
                    have += len(chunk)
                    if have > remote.size:
                        raise PullFailed(f"More is sent for {file} than the hub says it has.")
                    out.write(chunk)
                    self.on_bytes(file.path, have, remote.size)
                    if self.ended.is_set():
                        raise _Ended
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return "it ended early"


def _goes_on(response: httpx.Response, have: int) -> bool:
    """Return whether the response continues after `have` bytes, or False if it starts over.

    Raises httpx.RemoteProtocolError for any other response.
    """
    if response.status_code == 206:
        first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
        if first == str(have):
            return True
        raise httpx.RemoteProtocolError("another part was sent than was asked for")
    if response.status_code != 200:
        raise httpx.RemoteProtocolError(f"the storage answers {response.status_code}")
    return not have


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check_room(file: HubFile, needed: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if needed + _SPARE_BYTES > free:
        raise PullFailed(
            f"{file} needs {needed / 1e9:,.1f} GB more, and {free / 1e9:,.1f} GB are free at "
            f"{folder}: make room, or set HOUSELORE_DATA_DIR to a larger disk."
        )


def _put_in_place(partial: Path, place: Path, remote: RemoteFile) -> None:
    with partial.open("rb") as written:
        os.fsync(written.fileno())  # otherwise a crash could leave the name without the bytes
    partial.replace(place)
    _write_receipt(place, remote)
    for left in place.parent.iterdir():
        if left.name.startswith(f"{place.name}.") and left.name.endswith(_PARTIAL):
            left.unlink()


def _write_receipt(place: Path, remote: RemoteFile) -> None:
    found = place.stat()
    Receipt(remote.etag, remote.commit, found.st_size, found.st_mtime_ns).write(place)


def _is_here(place: Path, remote: RemoteFile) -> bool:
    """Return whether the hub's file is in its place; a file put there by hand is verified."""
    receipt = Receipt.of(place)
    if receipt is not None and state_of(place) == "intact":
        return receipt.etag == remote.etag
    if _size(place) != remote.size or not has_hash(place, remote.etag):
        return False
    _write_receipt(place, remote)
    return True
