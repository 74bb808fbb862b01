"""Events over both transports: acknowledged, retried, waiting for an app that is away."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from sandbox.options import Options

Start = Callable[..., Awaitable[Any]]
Eventually = Callable[..., Awaitable[None]]
FAST = Options(speed=2000, patience=0.1)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, list[Any], dict[str, Any]]]:
    """An app over HTTP that keeps its requests and answers as `answers` says."""
    got: list[Any] = []
    answers: dict[str, Any] = {"status": 200, "headers": {}, "delay": 0}

    async def take(request: web.Request) -> web.Response:
        got.append((dict(request.headers), await request.read()))
        await asyncio.sleep(answers["delay"])
        return web.Response(status=answers["status"], headers=answers["headers"])

    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/slack/events", got, answers
    await runner.cleanup()


async def last(bench: Any) -> dict[str, Any]:
    """The latest delivery."""
    found: dict[str, Any] = (await bench.get("deliveries"))["deliveries"][-1]
    return found


async def test_an_acknowledged_event_comes_once(bench: Any, eventually: Eventually) -> None:
    """Socket Mode: an envelope acknowledged is done."""
    link = await bench.link()
    await bench.say("hello")
    envelope = await link.receive_json()
    assert envelope["type"] == "events_api" and envelope["retry_attempt"] == 0
    assert envelope["accepts_response_payload"] is False
    await link.send_json({"envelope_id": envelope["envelope_id"]})
    record = bench.site.delivery.records[-1]
    await eventually(lambda: record.acknowledged)
    assert [attempt["status"] for attempt in (await last(bench))["attempts"]] == ["acknowledged"]


async def test_unacknowledged_events_are_retried(
    start_sandbox: Start, eventually: Eventually
) -> None:
    """Three retries, each with its number and reason, then the event is given up."""
    bench = await start_sandbox(options=FAST)
    link = await bench.link()
    await bench.say("hello")
    tries = [await link.receive_json() for _ in range(4)]
    assert [envelope["retry_attempt"] for envelope in tries] == [0, 1, 2, 3]
    assert tries[1]["retry_reason"] == "timeout"
    assert len({envelope["payload"]["event_id"] for envelope in tries}) == 1
    assert len({envelope["envelope_id"] for envelope in tries}) == 4
    record = bench.site.delivery.records[-1]
    await eventually(lambda: len(record.attempts) == 4)
    assert not record.acknowledged


async def test_events_wait_for_an_app_that_is_away(
    start_sandbox: Start, eventually: Eventually
) -> None:
    """What happens while no connection is open arrives as a retry when one opens."""
    bench = await start_sandbox(options=Options(speed=FAST.speed))
    await bench.say("anyone there?")
    record = bench.site.delivery.records[-1]
    await eventually(lambda: bool(record.attempts))
    link = await bench.link()
    envelope = await link.receive_json()
    assert envelope["retry_attempt"] == 1
    await link.send_json({"envelope_id": envelope["envelope_id"]})
    await eventually(lambda: record.acknowledged)


async def test_events_that_wait_can_be_given_up(
    start_sandbox: Start, eventually: Eventually
) -> None:
    """What was given up while no connection was open does not arrive when one opens."""
    bench = await start_sandbox(options=Options(speed=FAST.speed))
    await bench.say("anyone there?")
    record = bench.site.delivery.records[-1]
    await eventually(lambda: bool(record.attempts))
    await bench.http.delete(f"{bench.url}/sandbox/deliveries")
    link = await bench.link()
    await bench.say("and now?")
    envelope = await link.receive_json()
    assert envelope["payload"]["event"]["text"] == "and now?"


async def test_a_connection_that_dies_gives_back_its_events(
    bench: Any, eventually: Eventually
) -> None:
    """An event sent to a connection that closes unacknowledged goes to the next one."""
    link = await bench.link()
    await bench.say("hello")
    first = await link.receive_json()
    await link.close()
    await eventually(lambda: not bench.site.sockets.connections)
    again = await (await bench.link()).receive_json()
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    assert again["retry_attempt"] >= 1


async def test_redelivered_and_delayed_by_faults(bench: Any) -> None:
    """The redeliver fault sends the same event again although it was acknowledged."""
    await bench.post("faults", redeliver=2, delay_ms=1)
    link = await bench.link()
    await bench.say("hello")
    seen = []
    for _ in range(3):
        envelope = await link.receive_json()
        await link.send_json({"envelope_id": envelope["envelope_id"]})
        seen.append((envelope["payload"]["event_id"], envelope["retry_attempt"]))
    assert len({event_id for event_id, _ in seen}) == 1
    assert [attempt for _, attempt in seen] == [0, 1, 2]


async def test_connections_and_tickets(bench: Any) -> None:
    """Ten connections at most, a ticket opens one, and each event goes to one of them."""
    links = [await bench.link() for _ in range(10)]
    opened = await bench.api("apps.connections.open", token=bench.site.app.app_token)
    eleventh = await bench.http.ws_connect(opened["url"])
    assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
    with pytest.raises(Exception, match="403"):
        await bench.http.ws_connect(opened["url"])
    await bench.say("hello")
    waiting = [asyncio.create_task(link.receive_json()) for link in links]
    done, pending = await asyncio.wait(waiting, timeout=1, return_when="FIRST_COMPLETED")
    assert len(done) == 1 and len(pending) == 9
    for task in pending:
        task.cancel()


async def test_a_dropped_connection(bench: Any) -> None:
    """The disconnect fault closes the WebSocket; `refresh` says so first."""
    link = await bench.link()
    await bench.post("faults", disconnect=True)
    assert (await link.receive()).type.name in ("CLOSE", "CLOSED", "CLOSING")
    link = await bench.link()
    await bench.post("faults", disconnect="refresh")
    assert (await link.receive_json())["reason"] == "refresh_requested"


async def test_signed_requests(start_sandbox: Start, receiver: Any, eventually: Eventually) -> None:
    """Over HTTP an event is JSON with a signature that the app's secret verifies."""
    url, got, _ = receiver
    bench = await start_sandbox(options=Options(events_url=url))
    await bench.say("hello")
    await eventually(lambda: bool(got))
    headers, body = got[0]
    signed = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    digest = hmac.new(bench.site.app.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    assert json.loads(body)["event"]["text"] == "hello"
    assert "X-Slack-Retry-Num" not in headers


async def test_http_retries_say_why(
    start_sandbox: Start, receiver: Any, eventually: Eventually
) -> None:
    """A 500 and a slow app are retried with their number and reason."""
    url, got, answers = receiver
    answers["status"] = 500
    bench = await start_sandbox(
        options=Options(events_url=url, speed=FAST.speed, patience=FAST.patience)
    )
    await bench.say("hello")
    await eventually(lambda: len(got) == 4)
    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in got]
    assert retries == [None, "1", "2", "3"]
    assert got[1][0]["X-Slack-Retry-Reason"] == "http_error"
    answers |= {"status": 200, "delay": 0.2}
    await bench.say("slow")
    await eventually(lambda: len(got) >= 6)
    assert got[5][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_no_retry_when_the_app_says_so(
    start_sandbox: Start, receiver: Any, eventually: Eventually
) -> None:
    """X-Slack-No-Retry on a failed answer ends the retries."""
    url, got, answers = receiver
    answers |= {"status": 500, "headers": {"X-Slack-No-Retry": "1"}}
    bench = await start_sandbox(options=Options(events_url=url, speed=FAST.speed))
    await bench.say("hello")
    record = bench.site.delivery.records[-1]
    await eventually(lambda: bool(record.attempts))
    await asyncio.sleep(0.05)
    assert len(got) == len(record.attempts) == 1


async def test_an_app_that_is_not_there(start_sandbox: Start, eventually: Eventually) -> None:
    """A refused connection is retried like any failure."""
    url = "http://127.0.0.1:9/slack/events"
    bench = await start_sandbox(options=Options(events_url=url, speed=FAST.speed))
    await bench.say("hello")
    record = bench.site.delivery.records[-1]
    await eventually(lambda: len(record.attempts) == 4)
    assert {attempt["status"] for attempt in record.attempts} == {"connection_failed"}
