"""Build the Bolt app that handles Slack's events, over Socket Mode or HTTP."""

import logging
import secrets

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_token_skipped

from bot.listeners import register_listeners
from bot.services import BotServices

_log = logging.getLogger("bot.slack")
# Bolt finds SLACK_BOT_TOKEN in the environment, and warns that `authorize` is preferred to it.
_log.addFilter(lambda record: record.getMessage() != warning_token_skipped())


def create_app(services: BotServices) -> AsyncApp:
    """Return the app, with a listener for every event in the manifest.

    An event is acknowledged only after its listener has returned, so an acknowledged event is
    stored.
    """

    # Bolt calls this for each event; `me()` asks Slack once and keeps the answer.
    async def authorize() -> AuthorizeResult:
        me = await services.directory.me()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=me.team,
            bot_id=me.bot,
            bot_user_id=me.user,
            bot_token=services.slack_token,
        )

    app = AsyncApp(
        name="houselore",
        logger=_log,
        # Without a secret nothing may come over HTTP: an empty one could be signed with by anybody.
        signing_secret=services.signing_secret or secrets.token_hex(32),
        authorize=authorize,
        # Acknowledge after the listener, so that Slack redelivers what could not be stored.
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )
    app.client.base_url = services.client.base_url
    register_listeners(app, services)
    return app
