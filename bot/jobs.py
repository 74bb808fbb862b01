"""The job queue: its tasks, their retries, and the workers that run them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from bot.admin import reindex
from bot.errors import SlackFailed
from bot.feedback import acknowledgement, backfill, comments, corrections, erasure
from bot.inbox.store import sweep
from bot.replies import ask_command, mention_reply, unprompted
from bot.reviews import home_tab, queue
from bot.services import BotServices
from database.cancellation import end, pause
from database.errors import DatabaseUnavailable

_CONCURRENCY = 4
_SWEEP_SECONDS = 10.0
_POLL_SECONDS = 1.0
_RESTART_SECONDS = 2.0
_LONGEST_WAIT = 60
_OLD_HOURS = 24
_CATCH_UP_TRIES = 5
_CATCH_UP_SECONDS = 60.0

_log = logging.getLogger(__name__)
_Act = Callable[[BotServices, int, int, int], Awaitable[None]]


class _Again(BaseRetryStrategy):
    """Retry after 1, 2, 4 … at most 60 seconds, forever: each task decides when to give up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, _LONGEST_WAIT)})


def make_jobs(connector: BaseConnector) -> App:
    """Return a job queue on `connector`. Open it, and register the tasks, before use."""
    return App(connector=connector)


def register_tasks(jobs: App, services: BotServices) -> None:
    """Register every task on the queue, bound to these services."""
    answers, index = _answers(services), _index(services)
    _register(jobs, services, "answer", answers, mention_reply.answer)
    _register(jobs, services, "answer_unasked", _unasked(services), unprompted.answer_unasked)
    _register(jobs, services, "answer_alone", answers, ask_command.answer_alone)
    _register(jobs, services, "share", answers, ask_command.share)
    _register(jobs, services, "reindex", index, reindex.reindex)
    _register(jobs, services, "rollback", index, reindex.roll_back)
    _register(jobs, services, "cancel", answers, reindex.cancel)  # never behind what it cancels

    _register(jobs, services, "keep_remark", answers, comments.keep_remark)
    _register(jobs, services, "save_reply", answers, corrections.save_reply)
    _register(jobs, services, "forget_me", answers, erasure.forget_me)
    _register(jobs, services, "review", answers, queue.review)

    @jobs.task(name="show_home", queue=answers, retry=2)
    async def show_home(person: str) -> None:
        await home_tab.show_home(services, person)

    @jobs.task(name="suggest_prompts", queue=answers, retry=2)
    async def suggest_prompts(channel: str) -> None:
        await home_tab.suggest_prompts(services, channel)

    @jobs.task(name="thank", queue=answers)
    async def thank(response_url: str, label: str, answer_id: int | None = None) -> None:
        await acknowledgement.thank(services, response_url, label, answer_id)

    @jobs.task(name="ask_why", queue=answers)
    async def ask_why(channel: str, ts: str, person: str) -> None:
        await acknowledgement.ask_why(services, channel, ts, person)


async def run_worker(services: BotServices, *, sweep_seconds: float = _SWEEP_SECONDS) -> None:
    """Run jobs until cancelled: one worker each for questions, unprompted answers and indexing.

    Every `sweep_seconds` requeue the rows whose worker crashed; the first time at once. Restart a
    worker that lost its database. Once, read back the votes that were cast while the bot was
    offline.
    """
    # Three workers, so that a long reindex never holds up a question.
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_sweeping(services, sweep_seconds))
        group.create_task(_catch_up(services))
        group.create_task(_keep_working(services.jobs, _answers(services), _CONCURRENCY))
        group.create_task(_keep_working(services.jobs, _unasked(services), 1))
        group.create_task(_keep_working(services.jobs, _index(services), 2))


# Workspaces may share a database, and no bot may do another's jobs: each has queues of its own.
def _answers(services: BotServices) -> str:
    return f"answers:{services.workspace}"


def _unasked(services: BotServices) -> str:
    return f"unasked:{services.workspace}"


def _index(services: BotServices) -> str:
    return f"index:{services.workspace}"


def _register(jobs: App, services: BotServices, name: str, queue: str, act: _Act) -> None:
    @jobs.task(name=name, queue=queue, retry=_Again(), pass_context=True)
    async def task(context: JobContext, inbox_id: int, deaths: int) -> None:
        await act(services, inbox_id, context.job.attempts, deaths)


async def _keep_working(jobs: App, queue: str, concurrency: int) -> None:
    while True:
        try:
            await _work(jobs, queue, concurrency)
        except (DatabaseUnavailable, psycopg.Error, ConnectorException, OSError):
            _log.exception("the %s worker lost its database; starting it again", queue)
        await pause(_RESTART_SECONDS)


async def _work(jobs: App, queue: str, concurrency: int) -> None:
    """Run one worker until it ends; stop it when this task is cancelled."""
    # In a task of its own, so that `end` can repeat a cancellation that the worker swallows.
    worker = asyncio.create_task(
        jobs.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            # Failed jobs stay for a day: the sweep counts them as crashes of their row.
            delete_jobs="successful",
            # The process around the worker handles the signals.
            install_signal_handlers=False,
            shutdown_graceful_timeout=5,
            fetch_job_polling_interval=_POLL_SECONDS,
        )
    )
    try:
        await asyncio.wait({worker})
    finally:
        await end(worker)


async def _keep_sweeping(services: BotServices, seconds: float) -> None:
    while True:
        try:
            given = await sweep(services)
            if given:
                _log.warning("%s open events were without a job; they have one again", given)
            await services.jobs.job_manager.delete_old_jobs(_OLD_HOURS, include_failed=True)
        except (DatabaseUnavailable, psycopg.Error, ConnectorException, OSError):
            _log.exception("the inbox could not be swept")
        await pause(seconds)


async def _catch_up(services: BotServices) -> None:
    for _ in range(_CATCH_UP_TRIES):
        try:
            await backfill.catch_up(services)
        except (SlackFailed, DatabaseUnavailable, OSError):
            _log.exception("the votes of the last days could not be read back")
            await asyncio.sleep(_CATCH_UP_SECONDS)
        else:
            return
