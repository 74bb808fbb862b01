"""An OpenAI-compatible endpoint for embeddings, over real HTTP."""

import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Endpoint(BaseHTTPRequestHandler):
    """Answers with vectors of the text's length; knows the model `m` and the key `secret`.

    A text that says `shrink` or `nan` gets a vector with two numbers, or with one that is none.
    """

    def do_POST(self) -> None:
        """`/v1/embeddings` as OpenAI has it."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["model"] == "m" and self.headers["Authorization"] == "Bearer secret"
        data = [
            {"object": "embedding", "index": at, "embedding": self.vector(text)}
            for at, text in enumerate(asked["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "model": "m", "data": data, "usage": usage}
        body = json.dumps(answer if known else {"error": {"message": "no such model"}}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def vector(self, text: str) -> list[float]:
        """A text's vector."""
        whole = [3.0, 4.0, math.nan if "nan" in text else float(len(text))]
        return whole[:2] if "shrink" in text else whole

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def embeddings_endpoint() -> Iterator[str]:
    """The address of a running endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
