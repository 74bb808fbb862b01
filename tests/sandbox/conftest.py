"""A real sandbox on a free port, in the test's own event loop, with clients for its APIs."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.app_manifest import PERMISSIVE, App
from sandbox.options import Options
from sandbox.server import create_app
from sandbox.server_state import Site
from sandbox.workspace.world import DEFAULT_WORLD, load_world

SLACK_DATA = Path(__file__).parents[3] / "shared" / "slack"


@dataclass(slots=True)
class Bench:
    """A running sandbox and the means to talk to it."""

    site: Site
    url: str
    http: aiohttp.ClientSession

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """A control call that reads; `who` is sent as `as`."""
        async with self.http.get(f"{self.url}/sandbox/{path}", params=_named(query)) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """A control call that acts; `who` is sent as `as`."""
        async with self.http.post(f"{self.url}/sandbox/{path}", json=_named(body)) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def api(self, method: str, *, token: str | None = None, **args: Any) -> dict[str, Any]:
        """A Web API call with a JSON body."""
        headers = {"Authorization": f"Bearer {token or self.site.app.bot_token}"}
        url = f"{self.url}/api/{method}"
        async with self.http.post(url, json=args, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def say(self, text: str, who: str = "U0MARA", channel: str = "C0GENERAL") -> str:
        """Somebody says something; returns its ts."""
        said = await self.post("post", who=who, channel=channel, text=text)
        return str(said["ts"])

    def web_client(self) -> AsyncWebClient:
        """Slack's own client, pointed here."""
        return AsyncWebClient(token=self.site.app.bot_token, base_url=f"{self.url}/api/")

    @asynccontextmanager
    async def connected(self, app: AsyncApp) -> AsyncIterator[None]:
        """A Bolt app connected over Socket Mode."""
        handler = AsyncSocketModeHandler(app, self.site.app.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt's is not annotated
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call] # as above

    async def link(self) -> aiohttp.ClientWebSocketResponse:
        """A bare Socket Mode connection that has been greeted."""
        opened = await self.api("apps.connections.open", token=self.site.app.app_token)
        websocket = await self.http.ws_connect(opened["url"])
        hello = await websocket.receive_json()
        assert hello["type"] == "hello"
        return websocket


StartSandbox = Callable[..., Awaitable[Bench]]


@pytest.fixture
async def start_sandbox() -> AsyncIterator[StartSandbox]:
    """Starts sandboxes that end with the test: `await start_sandbox(app=…, options=…)`."""
    async with AsyncExitStack() as stack:

        async def start(
            app: App = PERMISSIVE, options: Options | None = None, world: Path = DEFAULT_WORLD
        ) -> Bench:
            return await stack.enter_async_context(_running(app, options or Options(), world))

        yield start


@pytest.fixture
async def bench(start_sandbox: StartSandbox) -> Bench:
    """The default workspace, with an app that may do everything."""
    return await start_sandbox()


@pytest.fixture
def slack_data() -> Path:
    """The folder of Slack's own descriptions, where it is at hand."""
    if not SLACK_DATA.is_dir():
        pytest.skip("Slack's data is not at ../shared/slack")
    return SLACK_DATA


@pytest.fixture
def eventually() -> Callable[..., Awaitable[None]]:
    """Waits, ten seconds at most, until a condition holds."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - waits for what sets no event
                await asyncio.sleep(0.005)

    return wait


@asynccontextmanager
async def _running(app: App, options: Options, world: Path) -> AsyncIterator[Bench]:
    site = Site(load_world(world), app, options)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    url = site.address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    config = uvicorn.Config(create_app(site), log_level="warning", timeout_graceful_shutdown=1)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[bound])
    async with aiohttp.ClientSession() as http:
        yield Bench(site, url, http)
        site.watchers.close()
        await site.sockets.close()
    await server.shutdown(sockets=[bound])


def _named(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"as" if name == "who" else name: value for name, value in arguments.items()}
