"""Objects below a URL, in S3, Google Cloud, Azure or a folder, each whole. Knows no adapter."""

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

# Somebody waits for an answer meanwhile; as it comes, it tries for three minutes.
_RETRIES = 2
_PATIENCE = timedelta(seconds=10)
_STATUS = re.compile(r"status code: (\d+)")
# Of an address: who asks there, and what it is signed by.
_SECRETS = re.compile(r"(?<=//)[^\s/]*@|\?\S*")
_PIECE = 8_000_000  # bytes: one request, which has 30 seconds unless the environment says otherwise


class Storage:
    """The objects below `url`, by their keys. Its keys are those of the environment.

    A folder (`file:///…`) has to be there: one that is not mounted is not made. Every method
    blocks, and raises StorageUnusable where the storage does not answer or refuses us.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def check(self) -> None:
        """Whether it answers and lets us look."""
        with self._explained(self._url) as store:
            next(iter(store.list(chunk_size=1)), None)

    def write(self, key: str, content: Path | bytes) -> None:
        """Put a file's content, or these bytes, at `key`: whole, or not at all."""
        with self._explained(f"{self._url}/{key}") as store:
            store.put(key, content)

    def read(self, key: str, to: Path, most: int) -> None:
        """Write what is at `key`, at most so many bytes, to the file `to`."""
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
        """The store; what goes wrong with it is said of `place`."""
        from obstore.exceptions import BaseError

        try:
            yield self._open()
        except (BaseError, ValueError, OSError) as error:
            raise StorageUnusable(_explain(place, error)) from None

    def _open(self) -> "ObjectStore":
        from obstore.store import from_url

        if self._url.startswith("file:"):
            # It makes folders below its root as they are needed, and so does not miss the root.
            if not Path(unquote(urlsplit(self._url).path)).is_dir():
                raise FileNotFoundError
            return from_url(self._url)
        retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": _PATIENCE}
        return from_url(self._url, retry_config=retry)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """What goes wrong on this machine's disk while `path` is written is said of it.

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
    status = _STATUS.search(said)  # a list that is refused is an error of no kind of its own
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
