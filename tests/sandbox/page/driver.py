"""A running sandbox, the app's end of it, and the page in a browser, for the page's tests."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from playwright.sync_api import Locator, Page
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[3]
MANIFEST = {
    "display_information": {"name": "Heron"},
    "features": {
        "agent_view": {
            "agent_description": "Answers for the tests.",
            "suggested_prompts": [{"title": "A start", "message": "Where do I start?"}],
        },
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "heron"},
        "slash_commands": [
            {"command": "/ask", "description": "Ask alone", "usage_hint": "a question"},
            {"command": "/form", "description": "Open a form"},
        ],
        "shortcuts": [
            {"name": "File this away", "callback_id": "file", "type": "message",
             "description": "Keeps it"},
        ],
    },
    "oauth_config": {"scopes": {"bot": [
        "app_mentions:read", "assistant:write", "channels:history", "channels:join",
        "channels:read", "chat:write", "commands", "groups:history", "groups:read", "im:history",
        "im:read", "im:write", "mpim:history", "mpim:read", "reactions:read", "reactions:write",
        "users:read",
    ]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["agent_session_stopped", "app_home_opened",
                                               "app_mention", "message.channels"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sandbox:
    """`python -m sandbox` as a process of its own, and calls to it."""

    def __init__(self, folder: Path) -> None:
        self.manifest = folder / "manifest.json"
        self.manifest.write_text(json.dumps(MANIFEST))
        self.port = free_port()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        self.start()

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--manifest", str(self.manifest)], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            try:
                self.world = self.http.get("/sandbox/world").json()
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError("the sandbox did not start")

    def stop(self) -> None:
        """Ends the process and waits for its end."""
        self.process.terminate()
        self.process.wait(10)

    @property
    def bot(self) -> str:
        """The app's user id."""
        return str(self.world["app"]["bot_user_id"])

    def act(self, call: str, **body: Any) -> dict[str, Any]:
        """One call of the control API, `as_` for `as`; it must succeed."""
        if "as_" in body:
            body["as"] = body.pop("as_")
        answer: dict[str, Any] = self.http.post(f"/sandbox/{call}", json=body).json()
        assert answer["ok"], answer
        return answer

    def api(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One call of the Web API by the app; it must succeed."""
        token = self.world["app"]["tokens"]["bot"]
        headers = {"Authorization": f"Bearer {token}"}
        response = self.http.post(f"/api/{method}", json=arguments, headers=headers)
        answer: dict[str, Any] = response.json()
        assert answer["ok"], answer
        return answer

    def messages(self, person: str, channel: str, thread: str = "") -> list[dict[str, Any]]:
        """What somebody reads in a channel, or in one thread of it."""
        query = {"as": person, "channel": channel} | ({"thread_ts": thread} if thread else {})
        found: list[dict[str, Any]] = self.http.get("/sandbox/messages", params=query).json()[
            "messages"
        ]
        return found

    def app_channel(self, person: str) -> str:
        """The id of somebody's direct message with the app."""
        view = self.http.get("/sandbox/view", params={"as": person}).json()
        return next(str(channel["id"]) for channel in view["channels"] if channel["is_app"])


class AppEnd:
    """The app on Socket Mode: acknowledges all it gets, with a payload where one is asked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        token = sandbox.world["app"]["tokens"]["app"]
        opened = sandbox.http.post(
            "/api/apps.connections.open", headers={"Authorization": f"Bearer {token}"}
        ).json()
        self.url: str = opened["url"]
        self.received: list[dict[str, Any]] = []
        self.answers: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda payload: None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.socket: ClientConnection = self._open.enter_context(connect(self.url))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.close()
        self._thread.join(5)

    def _serve(self) -> None:
        for raw in self.socket:
            envelope = json.loads(raw)
            if "envelope_id" not in envelope:
                continue
            payload = envelope["payload"]
            self.received.append(payload)
            acknowledged: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
            answer = self.answers(payload)
            if answer is not None:
                acknowledged["payload"] = answer
            self.socket.send(json.dumps(acknowledged))

    def wait_for(self, kind: str) -> dict[str, Any]:
        """The first payload of a type (`block_actions`, an event's type) that came or comes."""
        for _ in range(100):
            for payload in list(self.received):
                if kind in (payload.get("type"), payload.get("event", {}).get("type")):
                    return payload
            time.sleep(0.05)
        raise TimeoutError(f"no {kind} in {self.received}")


class Desk:
    """The page as somebody sees it."""

    def __init__(self, page: Page, sandbox: Sandbox) -> None:
        self.page = page
        self.sandbox = sandbox

    def open(self, person: str, channel: str, rest: str = "") -> "Desk":
        """Goes to a place by its address."""
        place = "/".join(part for part in (person, channel, rest) if part)
        self.page.goto(f"http://127.0.0.1:{self.sandbox.port}/#/{place}")
        self.page.get_by_test_id("people").wait_for(state="attached")
        return self

    def write(self, words: str, composer: str = "composer") -> None:
        """Types into a composer and sends."""
        self.page.get_by_test_id(composer).press_sequentially(words)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Enter")

    def message(self, words: str) -> Locator:
        """The message in the channel that says these words."""
        return self.page.locator("main").get_by_test_id("message").filter(has_text=words)

    def in_thread(self, words: str) -> Locator:
        """The message in the open thread that says these words."""
        return self.page.get_by_test_id("thread").get_by_test_id("message").filter(has_text=words)

    def tool(self, message: Locator, name: str) -> Locator:
        """One of the tools that appear on a message."""
        message.hover()
        return message.get_by_role("toolbar").get_by_role("button", name=re.compile(f"^{name}"))
