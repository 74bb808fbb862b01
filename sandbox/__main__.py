"""The command line: python -m sandbox."""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from sandbox.app_manifest import PERMISSIVE, App, load_manifest
from sandbox.errors import AddressError, SandboxError
from sandbox.options import Options
from sandbox.saved_state import Keeper
from sandbox.server import create_app
from sandbox.server_state import Site
from sandbox.workspace.world import DEFAULT_WORLD, World, load_world


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers."""

    # uvicorn would raise the signal again after shutdown, so that the process ended with its
    # status.
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `_serve`."""
        yield


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C or SIGTERM; return 2 if it cannot start."""
    options, args = _read(arguments)
    try:
        world = load_world(args.world)
        app = load_manifest(args.manifest) if args.manifest else PERMISSIVE
        bound = bind(options.host, options.port)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        asyncio.run(_serve(world, app, options, bound))
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises AddressError with a sentence that says what to do."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(128)
    except OverflowError as error:
        raise AddressError(f"{port} is not a port: use 1 to 65535.") from error
    except OSError as error:
        if error.errno in (98, 48):
            raise AddressError(
                f"Port {port} on {host} is in use: stop what runs there, or choose another --port."
            ) from error
        raise AddressError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return bound


async def _serve(world: World, app: App, options: Options, bound: socket.socket) -> None:
    site = Site(world, app, options)
    host, port = bound.getsockname()[:2]
    site.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    keeper = Keeper(site.workspace, site.views, options.state) if options.state else None
    config = uvicorn.Config(
        create_app(site), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, server, site)
    sys.stdout.write(f"Sandbox: {site.workspace.team_name} is open at {site.address}\n")
    sys.stdout.flush()
    await server.serve(sockets=[bound])
    if keeper is not None:
        keeper.save()


def _stop(server: uvicorn.Server, site: Site) -> None:
    """Stop the server, first ending the pages' streams."""
    # Otherwise the server would wait for the open streams.
    site.watchers.close()
    server.should_exit = True


def _read(arguments: list[str] | None) -> tuple[Options, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A Slack workspace on your own machine, to try and to test an app.",
    )
    add = parser.add_argument
    add("--port", type=int, default=3000, help="default 3000; 0 takes a free one")
    add("--host", default="127.0.0.1", help="default 127.0.0.1; any other opens it to others")
    add("--manifest", type=Path, help="the app's manifest (JSON); without it, an app that may all")
    add("--world", type=Path, default=DEFAULT_WORLD, help="the workspace (JSON)")
    add("--events", metavar="URL", help="deliver over HTTP to this URL instead of Socket Mode")
    add(
        "--speed", type=float, default=1.0, help="divide Slack's minutes by this (retries, streams)"
    )
    add("--patience", type=float, default=3.0, help="seconds the app has to acknowledge")
    add("--stream-seconds", type=float, help="how long a stream lives; default 300 / speed")
    add("--rate-limits", action="store_true", help="refuse calls past each method's tier")
    add("--state", type=Path, metavar="FILE", help="keep the workspace in this file")
    args = parser.parse_args(arguments)
    if args.speed <= 0 or args.patience <= 0:
        parser.error("--speed and --patience must be more than 0")
    options = Options(
        host=args.host,
        port=args.port,
        events_url=args.events,
        speed=args.speed,
        patience=args.patience,
        stream_life=args.stream_seconds,
        rate_limits=args.rate_limits,
        state=args.state,
    )
    return options, args


if __name__ == "__main__":
    sys.exit(main())
