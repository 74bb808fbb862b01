"""The real slack_bolt against the sandbox, over Socket Mode and over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from sandbox.app_manifest import load_manifest, read_manifest
from sandbox.options import Options

Start = Callable[..., Awaitable[Any]]
Eventually = Callable[..., Awaitable[None]]


def plain(text: str) -> dict[str, str]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": plain("Good"), "value": "up"},
            "negative_button": {"text": plain("Bad"), "value": "down"},
        }
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Form"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Why"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
EVENTS = ["app_mention", "message.channels", "reaction_added", "app_home_opened"]
APP = read_manifest(
    {
        "display_information": {"name": "Echo"},
        "features": {
            "bot_user": {"display_name": "echo"},
            "app_home": {"home_tab_enabled": True},
            "slash_commands": [{"command": "/echo", "description": "x", "should_escape": True}],
            "shortcuts": [
                {"name": "Go", "callback_id": "go", "type": "global"},
                {"name": "Keep", "callback_id": "keep", "type": "message"},
            ],
        },
        "oauth_config": {
            "scopes": {"bot": ["chat:write", "app_mentions:read", "commands", "assistant:write"]}
        },
        "settings": {
            "event_subscriptions": {"bot_events": EVENTS},
            "interactivity": {"is_enabled": True},
        },
    }
)


def echo(bench: Any, seen: list[Any]) -> AsyncApp:
    """A Bolt app that does a little of everything."""
    app = AsyncApp(client=bench.web_client(), signing_secret=bench.site.app.signing_secret)

    @app.event("app_mention")
    async def mentioned(event: Any, body: Any, client: Any) -> None:
        at = {"channel": event["channel"], "thread_ts": event["ts"]}
        await client.assistant_threads_setStatus(
            channel_id=event["channel"], thread_ts=event["ts"], status="thinks"
        )
        stream = await client.chat_stream(
            **at,
            recipient_team_id=body["team_id"],
            recipient_user_id=event["user"],
            buffer_size=1,
        )
        await stream.append(markdown_text="**Echo** ")
        await stream.append(markdown_text="there")
        await stream.stop(blocks=[FEEDBACK])
        seen.append("streamed")

    @app.event("message")
    async def said(event: Any) -> None:
        seen.append(("message", event["text"]))

    @app.event("reaction_added")
    async def reacted(event: Any) -> None:
        seen.append(("reaction", event["reaction"], event["item"]["channel"]))

    @app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        home = {"type": "home", "blocks": [{"type": "header", "text": plain("Home")}]}
        await client.views_publish(user_id=event["user"], view=home)
        seen.append("home")

    @app.command("/echo")
    async def command(ack: Any, command: Any, client: Any, respond: Any) -> None:
        await ack(f"you said {command['text']}")
        if command["text"] == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        await respond("and later", response_type="in_channel")

    @app.action("feedback")
    async def feedback(ack: Any, action: Any, respond: Any) -> None:
        await ack()
        seen.append(("feedback", action["value"]))
        await respond("thank you", replace_original=False)

    @app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        text = view["state"]["values"]["why"]["text"]["value"]
        if text == "no":
            await ack(response_action="errors", errors={"why": "Say more."})
        else:
            await ack()
            seen.append(("form", text))

    @app.view_closed("form")
    async def closed(ack: Any) -> None:
        await ack()
        seen.append("closed")

    @app.shortcut("go")
    async def go(ack: Any) -> None:
        await ack()
        seen.append("go")

    @app.shortcut("keep")
    async def keep(ack: Any, shortcut: Any) -> None:
        await ack()
        seen.append(("keep", shortcut["message"]["text"]))

    return app


@asynccontextmanager
async def over_http(bench: Any, app: AsyncApp, bound: socket.socket) -> AsyncIterator[None]:
    """The Bolt app behind its ASGI adapter, under uvicorn."""
    config = uvicorn.Config(AsyncSlackRequestHandler(app), log_level="warning", lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[bound])
    yield
    await server.shutdown(sockets=[bound])


@pytest.fixture(params=["socket", "http"])
async def pair(request: Any, start_sandbox: Start) -> AsyncIterator[tuple[Any, list[Any]]]:
    """A sandbox and what the Bolt app has seen, over each transport."""
    seen: list[Any] = []
    if request.param == "socket":
        bench = await start_sandbox(app=APP)
        async with bench.connected(echo(bench, seen)):
            yield bench, seen
        return
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{bound.getsockname()[1]}/slack/events"
    bench = await start_sandbox(app=APP, options=Options(events_url=url))
    async with over_http(bench, echo(bench, seen), bound):
        yield bench, seen


async def newest(bench: Any, who: str = "U0MARA", thread: str = "") -> dict[str, Any]:
    """The newest message of #general, or of a thread in it."""
    query = {"thread_ts": thread} if thread else {}
    answer = await bench.get("messages", who=who, channel="C0GENERAL", **query)
    message: dict[str, Any] = answer["messages"][-1]
    return message


async def test_a_mention_is_answered_in_a_stream(pair: Any, eventually: Eventually) -> None:
    """The whole way: mention, status, stream, feedback pressed, a thank-you for one person."""
    bench, seen = pair
    ts = await bench.say("@echo hello")
    await eventually(lambda: "streamed" in seen)
    reply = await newest(bench, thread=ts)
    assert reply["text"] == "**Echo** there" and not reply["streaming"]
    assert "<strong>Echo</strong>" in reply["html"] and 'data-action-id="feedback"' in reply["html"]
    at = {"channel": "C0GENERAL", "ts": reply["ts"]}
    pressed = await bench.post("press", who="U0MARA", **at, action_id="feedback", value="positive")
    assert pressed == {"ok": True}
    await eventually(lambda: ("feedback", "up") in seen)
    await bench.post("react", who="U0MARA", **at, emoji="thumbsup")
    await eventually(lambda: ("reaction", "+1", "C0GENERAL") in seen)
    messages = bench.site.workspace.channels["C0GENERAL"].messages
    await eventually(lambda: any(one.text == "thank you" for one in messages.values()))
    thanks = await newest(bench, thread=ts)
    assert thanks["ephemeral"] and thanks["text"] == "thank you"


async def test_a_command_and_a_form(pair: Any, eventually: Eventually) -> None:
    """The acknowledgement's text is for one person, response_url speaks to all; the form checks."""
    bench, seen = pair
    asked = {"channel": "C0GENERAL", "command": "/echo"}
    assert await bench.post("command", who="U0MARA", **asked, text="hi @jonas") == {"ok": True}
    messages = bench.site.workspace.channels["C0GENERAL"].messages
    await eventually(lambda: any(one.text == "and later" for one in messages.values()))
    texts = {one.text: one.only_for for one in messages.values()}
    assert texts["you said hi <@U0JONAS|jonas>"] == "U0MARA"
    assert texts["and later"] is None
    await bench.post("command", who="U0MARA", **asked, text="form")
    await eventually(lambda: bench.site.views.top("U0MARA") is not None)
    view = (await bench.get("view", who="U0MARA"))["modal"]
    form = {"who": "U0MARA", "view_id": view["id"]}
    assert "why" in (await bench.post("submit", **form, values={}))["errors"]
    short = await bench.post("submit", **form, values={"why": {"text": "no"}})
    assert short["errors"] == {"why": "Say more."}
    assert await bench.post("submit", **form, values={"why": {"text": "yes"}}) == {"ok": True}
    assert ("form", "yes") in seen
    assert (await bench.get("view", who="U0MARA"))["modal"] is None
    gone = await bench.post("submit", **form, values={})
    assert gone["error"] == "view_not_found"


async def test_home_shortcuts_and_closing(pair: Any, eventually: Eventually) -> None:
    """Opening the home publishes it; shortcuts reach the app; so does closing a modal."""
    bench, seen = pair
    await bench.post("open", who="U0MARA", tab="home")
    await eventually(lambda: "home" in seen)
    assert "Home" in (await bench.get("home", who="U0MARA"))["view"]["html"]
    assert (await bench.post("shortcut", who="U0MARA", callback_id="go"))["ok"]
    ts = await bench.say("keep this")
    kept = {"channel": "C0GENERAL", "ts": ts, "callback_id": "keep"}
    assert (await bench.post("shortcut", who="U0MARA", **kept))["ok"]
    assert "go" in seen and ("keep", "keep this") in seen
    asked = {"channel": "C0GENERAL", "command": "/echo", "text": "form"}
    await bench.post("command", who="U0MARA", **asked)
    await eventually(lambda: bench.site.views.top("U0MARA") is not None)
    view = bench.site.views.top("U0MARA")
    assert (await bench.post("close", who="U0MARA", view_id=view.id))["ok"]
    assert "closed" in seen


async def test_reconnecting_after_a_drop(start_sandbox: Start, eventually: Eventually) -> None:
    """Bolt comes back when Slack asks it to, and hears what is said then."""
    seen: list[Any] = []
    bench = await start_sandbox(app=APP)
    async with bench.connected(echo(bench, seen)):
        first = bench.site.sockets.connections[0]
        await bench.post("faults", disconnect="refresh")
        await eventually(
            lambda: (
                bool(bench.site.sockets.connections)
                and bench.site.sockets.connections[0] is not first
            )
        )
        await bench.say("still there?")
        await eventually(lambda: ("message", "still there?") in seen)


async def test_an_app_that_does_not_answer(start_sandbox: Start) -> None:
    """A command that nobody acknowledges ends in operation_timeout."""
    bench = await start_sandbox(app=APP, options=Options(patience=0.05))
    command = {"channel": "C0GENERAL", "command": "/echo", "text": "x"}
    answer = await bench.post("command", who="U0MARA", **command)
    assert (answer["ok"], answer["error"]) == (False, "operation_timeout")
    unknown = await bench.post("command", who="U0MARA", channel="C0GENERAL", command="/nothing")
    assert unknown["error"] == "unknown_command"


async def test_the_houses_own_manifest() -> None:
    """The manifest in the repository is one that the sandbox reads."""
    path = Path(__file__).parents[2] / "bot" / "manifest.json"
    app = await asyncio.to_thread(load_manifest, path)
    assert app.bot_name == "houselore" and app.hears("app_mention") and app.agent
    assert {command.command for command in app.commands} == {"/ask", "/houselore"}
