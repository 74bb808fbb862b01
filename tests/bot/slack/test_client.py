"""Calls to Slack: waited for when limited, repeated when harmless, never said twice."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SlackFailed
from bot.slack.client import SlackClient


class Answers:
    """A server that gives these answers in turn, then ok."""

    def __init__(self, *answers: web.StreamResponse | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next answer; an Exception breaks the connection."""
        self.asked.append(request.path)
        answer = self.answers.pop(0) if self.answers else web.json_response({"ok": True})
        if isinstance(answer, Exception):
            assert request.transport is not None
            request.transport.close()
            raise answer
        return answer


async def served(answers: Answers) -> tuple[web.AppRunner, str]:
    """The server, and its address."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", answers.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"


async def call(answers: Answers, method: str) -> None:
    """One call against these answers."""
    runner, url = await served(answers)
    client = SlackClient("xoxb-test", url)
    try:
        await client.call(method, channel="C1")
    finally:
        await client.close()
        await runner.cleanup()


async def test_a_limit_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with Retry-After 12 waits for 12 seconds and a little more, then asks again."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    limited = web.json_response({"ok": False}, status=429, headers={"Retry-After": "12"})
    answers = Answers(limited)
    await call(answers, "chat.postMessage")
    assert len(answers.asked) == 2
    assert 12 <= max(slept) < 13


@pytest.mark.parametrize(
    ("method", "asked"), [("chat.update", 2), ("users.info", 2), ("chat.startStream", 1)]
)
async def test_what_may_have_arrived_is_not_said_twice(method: str, asked: int) -> None:
    """After a server error only calls that change nothing more the second time are repeated."""
    answers = Answers(web.json_response({"ok": False, "error": "x"}, status=500))
    if asked == 1:
        with pytest.raises(SlackFailed):
            await call(answers, method)
    else:
        await call(answers, method)
    assert len(answers.asked) == asked


@pytest.mark.parametrize(("method", "asked"), [("chat.update", 2), ("chat.postMessage", 1)])
async def test_a_broken_connection(method: str, asked: int) -> None:
    """A call whose connection broke is repeated only where that is harmless."""
    answers = Answers(ConnectionResetError())
    if asked == 1:
        with pytest.raises(SlackFailed):
            await call(answers, method)
    else:
        await call(answers, method)
    assert len(answers.asked) == asked


async def test_a_refusal_keeps_slacks_name() -> None:
    """A refusal is an error with Slack's own name for it, in a sentence."""
    refused = web.json_response({"ok": False, "error": "not_in_channel"})
    with pytest.raises(SlackFailed, match=r"refused chat\.update: not_in_channel") as caught:
        await call(Answers(refused), "chat.update")
    assert caught.value.error == "not_in_channel"


async def test_one_session_serves_all_calls() -> None:
    """Calls share one session, which a call after close opens anew."""
    runner, url = await served(Answers())
    client = SlackClient("xoxb-test", url)
    await client.call("auth.test")
    first = client.session
    await client.call("auth.test")
    assert client.session is first
    await client.close()
    await client.call("auth.test")
    assert isinstance(client.session, aiohttp.ClientSession)
    await client.close()
    await runner.cleanup()
