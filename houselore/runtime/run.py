"""Run `houselore run` and `houselore worker`: open everything, connect, close in order."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from rich.console import Console

from database.cancellation import end
from houselore.embedded.log_setup import start_log
from houselore.embedded.sandbox import Sandbox, sandbox_process
from houselore.errors import PartUnusable, WrongUse
from houselore.health.readiness import all_answer, ready_checks
from houselore.models.hub import pull_missing
from houselore.runtime.startup import docs_folder, indexed_at_start, welcome
from houselore.services import Services, open_services, reader_noted
from houselore.settings import Settings
from houselore.slack.connection import (
    events_app,
    is_connected,
    open_bot,
    sandbox_access,
    slack_access,
    socket_mode,
)
from houselore.web.http_server import bind, serving

_PORT = "`make run PORT=…` or `houselore run --port …`"


async def run_bot(settings: Settings, world: Path | None) -> None:
    """Run the bot until Ctrl-C, SIGTERM, or the loss of a part that it cannot work without."""
    await _until_stopped(_run(settings, world, Console(highlight=False)))


async def run_worker(settings: Settings) -> None:
    """Run the queue's jobs until Ctrl-C or SIGTERM."""
    await _until_stopped(_work(settings, Console(highlight=False)))


async def _run(settings: Settings, world: Path | None, console: Console) -> None:
    way, docs = settings.connection, docs_folder(settings)
    async with AsyncExitStack() as stack:
        main = stack.enter_context(bind(settings.host, settings.port, _PORT))
        reader = stack.enter_context(
            bind(settings.host, settings.reader_port, "HOUSELORE_HTTP_PORT")
        )
        stack.enter_context(reader_noted(settings))
        log = start_log(settings)
        sandbox = None
        if way == "sandbox":
            main.close()  # it was free, and is the sandbox's now
            sandbox = await stack.enter_async_context(sandbox_process(settings, world))
        if sandbox is None:  # first of all: a wrong token is told before anything starts
            access = await slack_access(settings)
        await pull_missing(settings)
        with console.status("Opening the house…"):
            services = await stack.enter_async_context(open_services(settings, migrate=True))
            if sandbox is not None:
                access = await sandbox_access(sandbox)
            bot = await stack.enter_async_context(open_bot(settings, services, access))
            indexed = await stack.enter_async_context(indexed_at_start(services, docs, settings))

        from bot.app import create_app
        from bot.jobs import run_worker as work
        from houselore.runtime.background import in_background, work_of_bot
        from houselore.web.app import create_web, health_routes

        app = create_app(bot)
        checks = ready_checks(services)
        if access.app_token is not None:
            handler = await stack.enter_async_context(socket_mode(app, access))
            checks["slack"] = lambda: is_connected(handler)
        health = health_routes(checks, optional=frozenset({"redis"}))
        if access.signing_secret is not None:
            await stack.enter_async_context(serving(events_app(app, health), main))
        web = create_web(services.database, services.links, health)
        await stack.enter_async_context(serving(web, reader))
        worker = asyncio.create_task(work(bot))
        stack.push_async_callback(end, worker)
        hears = partial(
            all_answer, [checks[part] for part in ("database", "slack") if part in checks]
        )
        await stack.enter_async_context(in_background(work_of_bot(settings, services, bot, hears)))
        welcome(console, settings, access, indexed, log)
        await _first_loss(worker, services, sandbox)


async def _work(settings: Settings, console: Console) -> None:
    if settings.connection == "sandbox":
        raise WrongUse("A worker needs Slack: set SLACK_BOT_TOKEN as for `houselore run`.")
    start_log(settings)
    access = await slack_access(settings)
    async with open_services(settings) as services, open_bot(settings, services, access) as bot:
        from bot.jobs import run_worker as work
        from houselore.runtime.background import in_background, work_of_worker

        console.print("Working. Stop with Ctrl-C.")
        worker = asyncio.create_task(work(bot))
        try:
            async with in_background(work_of_worker(services)):
                await _first_loss(worker, services, None)
        finally:
            await end(worker)


async def _first_loss(
    worker: "asyncio.Task[None]", services: Services, sandbox: Sandbox | None
) -> None:
    """Wait until a vital part ends, and raise what happened."""
    lost = asyncio.create_task(services.lost.wait())
    ended = asyncio.create_task(sandbox.ended() if sandbox else asyncio.Event().wait())
    try:
        await asyncio.wait({worker, lost, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        lost.cancel()
        ended.cancel()
    if worker.done():
        await worker
    raise PartUnusable(
        "The embedded servers have ended: start Houselore again."
        if services.lost.is_set()
        else "The sandbox has ended: start Houselore again."
    )


async def _until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run `work`; the first Ctrl-C or SIGTERM ends it in order, a second one at once."""
    task = asyncio.ensure_future(work)
    asked = asyncio.Event()

    def stop(number: int) -> None:
        if asked.is_set():
            os._exit(128 + number)  # the system ends our children
        asked.set()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
