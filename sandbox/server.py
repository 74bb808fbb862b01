"""The HTTP and WebSocket server of one sandbox, and the guard against foreign requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sandbox.control import ROUTES
from sandbox.delivery.responding import response_url
from sandbox.server_state import Site
from sandbox.web_api.endpoint import web_api

PAGE = Path(__file__).parent / "page"
POLICY = (
    "default-src 'self'; img-src 'self' https: data:; connect-src 'self' ws:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)


def create_app(site: Site) -> Starlette:
    """Return the ASGI application that serves a site, and closes it on shutdown."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await site.close()

    routes: list[BaseRoute] = [
        Route("/api/{method:path}", web_api, methods=["GET", "POST"]),
        WebSocketRoute("/link/", _link),
        Route("/response/{secret}", response_url, methods=["POST"]),
        Route("/archives/{channel}/{message}", _permalink),
        Route("/healthz", _health),
        *ROUTES,
        Mount("/", Page(directory=PAGE, html=True)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.add_middleware(Guard, host=site.options.host)
    app.state.site = site
    return app


class Page(StaticFiles):
    """The page's files, never cached, under a policy that lets the page load only its own."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with security headers."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class Guard:
    """Rejects requests to another host name than localhost, and requests from other pages.

    The first stops DNS rebinding, the second a web page that posts to a local port.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.only_loopback = _is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or reject it."""
        if scope["type"] in ("http", "websocket"):
            refusal = self._refusal(Headers(scope=scope))
            if refusal is not None:
                await _refuse(refusal, scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if self.only_loopback and not _is_loopback(_name(f"//{host}")):
            return "This sandbox answers only to localhost. Start it with --host to change that."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "Requests from other pages are refused."
        return None


async def _refuse(refusal: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).close(code=1008, reason=refusal[:100])
    else:
        answer = {"ok": False, "error": "forbidden", "detail": refusal}
        await JSONResponse(answer, status_code=403)(scope, receive, send)


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


async def _link(websocket: WebSocket) -> None:
    site: Site = websocket.app.state.site
    await site.sockets.serve(websocket)


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _permalink(request: Request) -> Response:
    """Redirect a message's address to the page, which shows it."""
    channel, message = request.path_params["channel"], request.path_params["message"]
    digits = message.removeprefix("p")
    ts = f"{digits[:-6]}.{digits[-6:]}"
    thread = request.query_params.get("thread_ts", "")
    safe = channel.isalnum() and digits.isdecimal()
    target = f"/#channel={channel}&ts={ts}" if safe else "/"
    if safe and thread.replace(".", "", 1).isdecimal():
        target += f"&thread_ts={thread}"
    return RedirectResponse(target)
