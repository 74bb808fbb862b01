"""Read the files below a folder, or one file, as documents.

A symbolic link is followed only if its target is inside the folder.
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

from retrieval.audience import PUBLIC
from retrieval.converters.registry import READER, SUFFIXES, read_bytes
from retrieval.documents import Document
from retrieval.errors import EmptyDocument, SourceNotFound, UnreadableDocument
from retrieval.sources.source import Listed

MOST_BYTES = 50 * 1024 * 1024
_SKIPPED_FOLDERS = frozenset(("node_modules", "__pycache__"))


class FilesSource:
    """The documents below `path`: Markdown, HTML, text, PDF and DOCX. Hidden files are skipped.

    A file's key is its path relative to `path`, with `/`; its URL is `url_prefix` plus the key.
    """

    kind = "files"

    def __init__(
        self,
        path: Path,
        readers: frozenset[str] = frozenset({PUBLIC}),
        url_prefix: str | None = None,
    ) -> None:
        # Path.resolve raises for a link that leads to itself; realpath returns it, and `listing`
        # then reports that it is not there.
        self._path = Path(os.path.realpath(Path(path).expanduser()))
        self._root = self._path.parent if self._path.is_file() else self._path
        self.location = str(self._path)
        self.readers = readers
        self.url_prefix = url_prefix

    def listing(self) -> Iterator[Listed]:
        """List every file with its version: converter version, times, size and URL prefix.

        Raises SourceNotFound if the path is missing or cannot be entered.
        """
        if not self._path.exists():
            raise SourceNotFound(f"{self._path} is not there. Check the path and try again.")
        if not os.access(self._path, os.R_OK):
            raise SourceNotFound(f"{self._path} may not be read. Check who owns it.")
        if self._path.is_file():
            yield from self._listed(self._path)
            return
        if not self._path.is_dir():
            raise SourceNotFound(f"{self._path} is neither a file nor a folder. Check the path.")
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(
                f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS
            )
            for name in folders:
                if not os.access(Path(folder, name), os.R_OK | os.X_OK):
                    key = self._key(Path(folder, name))
                    yield Listed(key, "", f"{key} is a folder that may not be entered.")
            for name in sorted(files):
                if not name.startswith("."):
                    yield from self._listed(Path(folder, name))

    def read(self, key: str) -> Document:
        """Convert the file `key` to a document. Raises UnreadableDocument or EmptyDocument."""
        path = self._root / key
        if why := self._led_astray(path):
            raise UnreadableDocument(f"{key} {why}")
        try:
            status = path.stat()
            if status.st_size > MOST_BYTES:
                raise UnreadableDocument(
                    f"{key} has {status.st_size / 1024**2:.0f} MB; the most is "
                    f"{MOST_BYTES // 1024**2} MB. Split it, or leave it out."
                )
            data = path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableDocument(f"{key} cannot be opened: {reason}.") from error
        content = read_bytes(data, key)
        if not content.text.strip():
            raise EmptyDocument(f"{key} is empty: there is no text in it.")
        return Document(
            key=key,
            title=content.title,
            text=content.text,
            version=self._version(status),
            url=None if self.url_prefix is None else self.url_prefix + quote(key),
            readers=self.readers,
            modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
        )

    def _key(self, path: Path) -> str:
        """Return the path relative to the folder; bytes that are not UTF-8 become `?`."""
        return path.relative_to(self._root).as_posix().encode(errors="replace").decode()

    def _listed(self, path: Path) -> Iterator[Listed]:
        key = self._key(path)
        if why := self._left_out(path):
            yield Listed(key, "", f"{key} {why}")
            return
        with contextlib.suppress(FileNotFoundError):  # deleted since the folder was listed
            yield Listed(key, self._version(path.stat()))

    def _left_out(self, path: Path) -> str | None:
        """Return why this file is not a document; None if it is one."""
        # os.walk enters no linked folder, so only the file itself can be a link.
        if path.is_symlink() and (why := self._led_astray(path)):
            return why
        if path.exists() and not path.is_file():
            return "is not a file."
        if path.suffix.lower() not in SUFFIXES:
            return "is neither Markdown, HTML, text, PDF nor DOCX."
        if path.as_posix() != path.as_posix().encode(errors="replace").decode():
            return "has a name that is not UTF-8. Rename it."
        return None

    def _led_astray(self, path: Path) -> str | None:
        """Return why a link may not be followed; None if it may, or if it is no link."""
        try:
            inside = path.resolve().is_relative_to(self._root)
        except (RuntimeError, OSError):  # a loop of links; the error depends on the Python version
            return "is a link that leads nowhere."
        return None if inside else "is a link that leads out of the folder."

    def _version(self, status: os.stat_result) -> str:
        prefix = crc32((self.url_prefix or "").encode())
        return f"{READER}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_size}-{prefix:08x}"
