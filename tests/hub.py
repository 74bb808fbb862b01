"""A server that answers as the Hugging Face hub does, and the storage that it redirects to."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Its files by `OWNER/REPO/resolve/REVISION/FILE`, and how the storage behaves.

    `breaks_at` are places of the bytes where one answer of the storage ends, each once. `sends` is
    what comes instead of a file's own bytes. `claims` is the size that is told.
    """

    url: str = ""
    storage_url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    in_git: set[str] = field(default_factory=set)  # small files, which are not redirected
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)
    breaks_at: list[int] = field(default_factory=list)
    sends: bytes | None = None
    claims: int | None = None
    ignores_ranges: bool = False
    tells_hash: bool = True
    asked: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)

    def add(self, path: str, content: bytes, revision: str = "main") -> None:
        """Put a file into a repository, `path` being OWNER/REPO/FILE; at its commit it is, too."""
        owner, repo, file = path.split("/", 2)
        for place in (revision, COMMIT):
            self.files[f"{owner}/{repo}/resolve/{place}/{file}"] = content

    @property
    def ranges(self) -> list[str | None]:
        """The range of each request for bytes."""
        return [asked for method, _, asked, _ in self.asked if method == "GET"]


@contextmanager
def serving_hub() -> Iterator[Hub]:
    """A hub on one port and its storage on another, as long as the block lasts."""
    hub = Hub()
    with ExitStack() as stack:
        hub.storage_url = stack.enter_context(_serving(_storage_of(hub)))
        hub.url = stack.enter_context(_serving(_hub_of(hub)))
        yield hub


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: object) -> None:
        pass

    def note(self) -> None:
        asked = self.headers["Range"], self.headers["Authorization"]
        self.hub.asked.append((self.command, self.path, *asked))

    def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def _hub_of(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        def do_HEAD(self) -> None:
            self.note()
            path = self.path.lstrip("/")
            if path in hub.errors:
                status, code = hub.errors[path]
                self.answer(status, {"X-Error-Code": code} if code else {})
            elif path not in hub.files:
                self.answer(404, {"X-Error-Code": "EntryNotFound"})
            elif path in hub.in_git:
                self._send_small(hub.files[path])
            else:
                self._redirect(path, hub.files[path])

        do_GET = do_HEAD

        def _send_small(self, body: bytes) -> None:
            blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
            self.answer(200, {"ETag": f'"{blob}"', "X-Repo-Commit": COMMIT}, body)

        def _redirect(self, path: str, body: bytes) -> None:
            told = {"X-Repo-Commit": COMMIT, "Location": f"{hub.storage_url}/{path}?signed=1"}
            told["X-Linked-Size"] = str(len(body) if hub.claims is None else hub.claims)
            if hub.tells_hash:
                told["X-Linked-Etag"] = f'"{hashlib.sha256(body).hexdigest()}"'
            self.answer(302, told)

    Handler.hub = hub
    return Handler


def _storage_of(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        def do_GET(self) -> None:
            self.note()
            body = hub.files[self.path.lstrip("/").partition("?")[0]]
            body = body if hub.sends is None else hub.sends
            first = 0
            headers = {"ETag": '"of-the-storage"'}
            asked = self.headers["Range"]
            if asked and not hub.ignores_ranges:
                first = int(asked.removeprefix("bytes=").rstrip("-"))
                headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
            headers["Content-Length"] = str(len(body) - first)
            end = len(body)
            if hub.breaks_at and first < hub.breaks_at[0]:
                end = hub.breaks_at.pop(0)
            self.answer(206 if "Content-Range" in headers else 200, headers, body[first:end])
            self.close_connection = True

    Handler.hub = hub
    return Handler
