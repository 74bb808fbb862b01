"""A server that speaks OpenAI's protocol and says what a test has it say."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ERROR = b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'


@contextmanager
def openai_server(
    *words: str,
    status: int = 200,
    endless: bool = False,
    ended: str | None = None,
    breaks: bool = False,
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that says these words, streamed if asked to; its URL, and what it was asked.

    `endless` streams them over and over until nobody listens; `ended` is why a stream ends; one
    that `breaks` ends with an error in place of its end.
    """
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body | {"key": self.headers["Authorization"]})
            self.send_response(status)
            if body.get("stream"):
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):
                    for word in itertools.cycle(words) if endless else words:
                        self.wfile.write(_event(word).encode())
                    if breaks:
                        self.wfile.write(_ERROR)
                        return
                    end = _event("", ended) if ended else ""
                    self.wfile.write(f"{end}data: [DONE]\n\n".encode())
            else:
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(_reply("".join(words)).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


def _event(word: str, ended: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": word}, "finish_reason": ended}
    event = {"id": "1", "object": "chat.completion.chunk", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\n"


def _reply(words: str) -> str:
    message = {"role": "assistant", "content": words}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "1", "object": "chat.completion", "created": 1, "choices": [choice]})
