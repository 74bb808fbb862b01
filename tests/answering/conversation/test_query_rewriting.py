"""A follow-up on its own feet, by real HTTP endpoints that answer well, badly and never."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from answering.conversation.query_rewriting import rewrite
from answering.model.chat_model import open_chat_model
from answering.types.questions import Question, Turn
from retrieval.audience import everyone

ASKED = Question(
    "And who approves it?",
    everyone("home"),
    (Turn("person", "When do we deploy?"), Turn("bot", "On Tuesdays. [1]")),
)


@contextmanager
def endpoint(words: str, status: int = 200) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """An OpenAI-compatible endpoint that says these words, and what it was asked."""
    asked: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            message = {"role": "assistant", "content": words}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            reply = {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]}
            body = json.dumps({**reply, "created": 1}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


async def test_an_able_model_is_given_the_thread_and_its_words_are_searched_for() -> None:
    """The conversation is in what the model reads; the quotation marks around its words go."""
    with endpoint('"Who approves a deployment?"') as (url, asked):
        assert await rewrite(open_chat_model(url), ASKED) == "Who approves a deployment?"
    assert "When do we deploy?" in json.dumps(asked[0])


async def test_a_first_question_asks_no_model() -> None:
    """Nothing is before it that it could mean."""
    with endpoint("Something else?") as (url, asked):
        first = Question("When do we deploy?", everyone("home"))
        assert await rewrite(open_chat_model(url), first) == "When do we deploy?"
    assert asked == []


@pytest.mark.parametrize(
    ("words", "status"), [("", 200), ("…", 200), ("word " * 200, 200), ("Who?", 500), ("Who?", 401)]
)
async def test_what_is_no_question_leaves_it_as_it_was(words: str, status: int) -> None:
    """Nothing, no words, a lecture and an error cost the rewriting and not the answer."""
    with endpoint(words, status) as (url, _):
        assert await rewrite(open_chat_model(url), ASKED) == ASKED.text
