"""Call Slack's Web API over one HTTP session; retry only calls that are safe to repeat."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackFailed

# Calls that post text: repeating one that did arrive would post it twice.
_NOT_TWICE = ("chat.postMessage", "chat.postEphemeral", "chat.startStream", "chat.appendStream")
_FORMS = (
    "users.",
    "usergroups.",
    "conversations.info",
    "conversations.list",
    "conversations.members",
    "conversations.replies",
    "reactions.get",
)
_PAGE = 200
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, SlackClientError)


class SlackClient(AsyncWebClient):
    """Slack's Web API client; opens its session at the first call. Close it with `close`."""

    def __init__(self, token: str, base_url: str) -> None:
        super().__init__(
            token=token,
            base_url=base_url,
            retry_handlers=[
                AsyncRateLimitErrorRetryHandler(max_retry_count=5),
                _ConnectionRetries(),
                _ServerErrorRetries(),
            ],
        )

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method and return Slack's response. Raises SlackFailed."""
        given = {name: value for name, value in arguments.items() if value is not None}
        # Slack reads JSON only in methods that change something.
        sent = {"data": given} if method.startswith(_FORMS) else {"json": given}
        try:
            answer = await self.api_call(method, **sent)
        except SlackApiError as error:
            name = str(error.response.get("error", "")) if error.response else ""
            raise SlackFailed(
                f"Slack refused {method}: {name or 'no reason given'}.", name
            ) from error
        except _UNREACHABLE as error:
            raise SlackFailed(f"Slack could not be reached for {method}.") from error
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def pages(self, method: str, key: str, **arguments: Any) -> list[Any]:
        """Return all items under `key`, over all pages. Raises SlackFailed."""
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.call(method, limit=_PAGE, cursor=cursor, **arguments)
            found += page[key]
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if cursor is None:
                return found

    async def respond(self, url: str, message: Mapping[str, Any]) -> None:
        """Post to the response_url of a command or a button. Raises SlackFailed."""
        session = self._opened()
        try:
            async with session.post(url, json=dict(message)) as answer:
                if answer.status != 200:
                    raise SlackFailed(f"Slack refused an answer to a command ({answer.status}).")
        except _UNREACHABLE as error:
            raise SlackFailed("Slack could not be reached with an answer to a command.") from error

    async def api_call(self, *args: Any, **kwargs: Any) -> Any:
        """Call AsyncWebClient.api_call with the shared session."""
        self._opened()
        # slack_sdk opens and closes a session for each call where it finds none.
        return await super().api_call(*args, **kwargs)

    async def close(self) -> None:
        """Close the session; a later call opens a new one."""
        if self.session is not None:
            await self.session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self.session is None or self.session.closed:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        return self.session


def _may_repeat(request: HttpRequest) -> bool:
    """Return whether repeating the call is safe: it cannot post the same text twice."""
    return not request.url.endswith(_NOT_TWICE)


class _ServerErrorRetries(AsyncServerErrorRetryHandler):
    """Retry on a server error, except calls that may have posted something."""

    async def _can_retry_async(self, *, request: HttpRequest, **rest: Any) -> bool:
        return _may_repeat(request) and await super()._can_retry_async(request=request, **rest)


class _ConnectionRetries(AsyncConnectionErrorRetryHandler):
    """Retry on a broken connection, except calls that may have posted something."""

    async def _can_retry_async(self, *, request: HttpRequest, **rest: Any) -> bool:
        return _may_repeat(request) and await super()._can_retry_async(request=request, **rest)
