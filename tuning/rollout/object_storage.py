"""Read and write whole objects below a URL: S3, Google Cloud, Azure or a folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tuning.errors import StorageUnusable

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

# Somebody may be waiting for an answer; the default is to retry for three minutes.
_RETRIES = 2
_PATIENCE = timedelta(seconds=10)
_STATUS = re.compile(r"status code: (\d+)")
# User names, passwords and signatures in a URL, which must not appear in messages.
_SECRETS = re.compile(r"(?<=//)[^\s/]*@|\?\S*")
_PIECE = 8_000_000  # bytes a request, which has 30 seconds unless the environment says otherwise


class Storage:
    """The objects below `url`, by key; credentials come from the environment.

    A folder (`file:///…`) has to exist: one that is not mounted is not created. All methods block,
    and raise StorageUnusable if the storage does not respond or refuses us.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def check(self) -> None:
        """Check that the storage responds and lets us list objects."""
        with self._explained(self._url) as store:
            next(iter(store.list(chunk_size=1)), None)

    def write(self, key: str, content: Path | bytes) -> None:
        """Write a file's content, or these bytes, to the object `key` atomically."""
        with self._explained(f"{self._url}/{key}") as store:
            store.put(key, content)

    def read(self, key: str, to: Path, most: int) -> None:
        """Write the object `key`, at most `most` bytes, to the file `to`."""
        with written(to), to.open("wb") as file:
            for piece in self._pieces(key, most):
                file.write(piece)

    def _pieces(self, key: str, most: int) -> Iterator[bytes]:
        place = f"{self._url}/{key}"
        with self._explained(place) as store:
            size = store.head(key)["size"]
            if size > most:
                raise StorageUnusable(
                    f"{place} has {size:,} bytes where {most:,} were put, and is not fetched: "
                    "register the adapter's folder under another name."
                )
            for start in range(0, size, _PIECE):
                length = min(_PIECE, size - start)
                yield bytes(store.get_range(key, start=start, length=length))

    @contextmanager
    def _explained(self, place: str) -> Iterator["ObjectStore"]:
        """Yield the store, and translate its errors into StorageUnusable that names `place`."""
        from obstore.exceptions import BaseError

        try:
            yield self._open()
        except (BaseError, ValueError, OSError) as error:
            raise StorageUnusable(_explain(place, error)) from None

    def _open(self) -> "ObjectStore":
        from obstore.store import from_url

        if self._url.startswith("file:"):
            # obstore creates missing folders, the root included: it would not notice an unmounted
            # one.
            if not Path(unquote(urlsplit(self._url).path)).is_dir():
                raise FileNotFoundError
            return from_url(self._url)
        retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": _PATIENCE}
        return from_url(self._url, retry_config=retry)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Translate errors of this machine's disk while `path` is written.

    Raises StorageUnusable.
    """
    try:
        yield
    except OSError as error:
        raise StorageUnusable(
            f"{path} cannot be written ({error.strerror}): make room on that disk, and let "
            "Houselore's user write there."
        ) from None


def _explain(place: str, error: Exception) -> str:
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    said = (str(error).splitlines() or [type(error).__name__])[0]
    status = _STATUS.search(said)  # a refused list has no error class of its own
    code = status[1] if status else None
    if isinstance(error, FileNotFoundError) or code == "404":
        return (
            f"{place} is not there: check the URL, that a shared folder is mounted, and that "
            "nobody has deleted it."
        )
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or code in ("401", "403"):
        return (
            f"{place} is refused to us: check the storage's keys in the environment, and what they "
            "may do there: list and read, and write where adapters are made."
        )
    said = _SECRETS.sub("", said)[:200]
    return (
        f"{place} cannot be reached ({said}): check HOUSELORE_ADAPTERS and the storage's keys and "
        "endpoint in the environment."
    )
