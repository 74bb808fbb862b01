"""Connect the bot to Slack by Socket Mode, the Events API, or the sandbox."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from houselore.embedded.sandbox import Sandbox
from houselore.errors import PartUnusable, WrongUse
from houselore.services import Services
from houselore.settings import Settings

if TYPE_CHECKING:  # seconds of imports, which can wait until the servers start
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.app.async_app import AsyncApp
    from starlette.applications import Starlette
    from starlette.routing import Route

    from bot.services import BotServices
    from houselore.slack.reviews import TeamReviews

EVENTS_PATH = "/slack/events"

_REFUSED = {
    "invalid_auth": "it is not a valid token",
    "not_authed": "it is empty",
    "account_inactive": "its app was uninstalled or its user removed",
    "token_revoked": "it was revoked",
    "token_expired": "it has expired",
    "not_allowed_token_type": "it is a token of another kind",
    "missing_scope": "it lacks the scope connections:write",
}


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """A workspace's tokens and API URL; `page` is its address for a browser, if known."""

    api_url: str
    team: str
    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    page: str | None = None


async def sandbox_access(sandbox: Sandbox) -> SlackAccess:
    """Return the access to the sandbox once it answers. Raises WrongUse and ServerDidNotStart."""
    workspace = await sandbox.workspace()
    return SlackAccess(
        api_url=f"{workspace.url}/api/",
        team=workspace.name,
        bot_token=workspace.bot_token,
        app_token=workspace.app_token,
        page=workspace.url,
    )


async def slack_access(settings: Settings) -> SlackAccess:
    """Check each configured token once and return the access. Raises WrongUse and PartUnusable."""
    if settings.slack_bot_token is None:
        raise WrongUse("SLACK_BOT_TOKEN is not set.")
    url = settings.slack_api_url.rstrip("/") + "/"
    bot_token = settings.slack_bot_token.get_secret_value()
    team, _ = await _try_token(url, "auth.test", bot_token, "SLACK_BOT_TOKEN")
    app_token = signing_secret = None
    if settings.slack_app_token is not None:
        app_token = settings.slack_app_token.get_secret_value()
        await _try_token(url, "apps.connections.open", app_token, "SLACK_APP_TOKEN")
    elif settings.slack_signing_secret is not None:
        signing_secret = settings.slack_signing_secret.get_secret_value()
    return SlackAccess(url, team, bot_token, app_token, signing_secret)


@asynccontextmanager
async def open_bot(
    settings: Settings, services: Services, access: SlackAccess
) -> "AsyncIterator[BotServices]":
    """Open the bot's services, with its job queue and its tasks."""
    from procrastinate import PsycopgConnector

    from bot.jobs import make_jobs, register_tasks
    from bot.services import BotServices
    from bot.slack.reactions import Thumbs
    from database.pool import confined_to

    confine = confined_to(settings.workspace)
    jobs = make_jobs(PsycopgConnector(conninfo=services.database_url, configure=confine))
    bot = BotServices(
        database=services.database,
        redis=services.redis,
        answerer=services.answerer,
        embedder=services.embedder,
        jobs=jobs,
        slack_token=access.bot_token,
        slack_api_url=access.api_url,
        signing_secret=access.signing_secret,
        admins=settings.admins,
        thumbs=Thumbs(frozenset(settings.good_reactions), frozenset(settings.bad_reactions)),
        reviews=_reviews(settings, services),
        unlearn=partial(_unlearn, settings, services),
    )
    register_tasks(jobs, bot)
    try:
        async with jobs.open_async():
            yield bot
    finally:
        await bot.client.close()


async def _unlearn(settings: Settings, services: Services, person: str) -> None:
    """Erase a person from the training data, and what trainings on this machine kept of them."""
    from houselore.services import open_adapters
    from tuning.feedback.erasure import forget
    from tuning.training.stages import sweep_adapters

    await forget(services.database, person)
    folder = open_adapters(settings).folder
    await sweep_adapters(services.database, folder)


def _reviews(settings: Settings, services: Services) -> "TeamReviews | None":
    """Return the review queue, None if training on feedback is off."""
    from houselore.people.members import open_redactor
    from houselore.slack.reviews import TeamReviews

    if not settings.train_on_feedback:
        return None
    return TeamReviews(services.database, partial(open_redactor, settings))


@asynccontextmanager
async def socket_mode(
    app: "AsyncApp", access: SlackAccess
) -> "AsyncIterator[AsyncSocketModeHandler]":
    """Keep a Socket Mode connection while the block runs; it reconnects by itself."""
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(app, access.app_token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above


async def is_connected(handler: "AsyncSocketModeHandler") -> bool:
    """Return whether Socket Mode is connected now."""
    return bool(await handler.client.is_connected())


def events_app(app: "AsyncApp", health: "Sequence[Route]") -> "Starlette":
    """Return the app of the Events API at `/slack/events`, with the health checks."""
    from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
    from starlette.applications import Starlette
    from starlette.routing import Route

    events = Route(EVENTS_PATH, AsyncSlackRequestHandler(app, path=EVENTS_PATH), methods=["POST"])
    return Starlette(routes=[*health, events])


async def granted_scopes(settings: Settings) -> set[str]:
    """Return the scopes of the bot's token. Raises WrongUse and PartUnusable."""
    if settings.slack_bot_token is None:
        return set()
    url = settings.slack_api_url.rstrip("/") + "/"
    token = settings.slack_bot_token.get_secret_value()
    _, scopes = await _try_token(url, "auth.test", token, "SLACK_BOT_TOKEN")
    return set(scopes.split(",")) - {""}


async def _try_token(api_url: str, method: str, token: str, setting: str) -> tuple[str, str]:
    """Call `method` with the token; return the workspace's name and the token's scopes.

    Raises WrongUse for a refused token, and PartUnusable.
    """
    import aiohttp

    headers = {"Authorization": f"Bearer {token}"}
    timeout = aiohttp.ClientTimeout(total=15)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(api_url + method, headers=headers) as response,
        ):
            answer = await response.json(content_type=None)
            scopes = response.headers.get("x-oauth-scopes", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise PartUnusable(
            f"Slack cannot be reached at {api_url} ({type(error).__name__}): check the network and "
            "HOUSELORE_SLACK_API_URL."
        ) from error
    if not answer.get("ok"):
        name = str(answer.get("error", "unknown"))
        raise WrongUse(
            f"Slack refuses {setting}: {_REFUSED.get(name, name)}. Copy it again from "
            "https://api.slack.com/apps."
        )
    return str(answer.get("team", "")), scopes.replace(" ", "")
