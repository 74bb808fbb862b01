"""Deliver to the app over HTTP, with signed requests as the Events API sends."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.delivery.transport import Attempt, Kind, Reply


class Webhook:
    """Delivers events, commands and interactions to one URL."""

    def __init__(self, url: str, signing_secret: str, patience: float) -> None:
        self.url = url
        self.signing_secret = signing_secret
        self.patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: Kind, payload: dict[str, Any], attempt: Attempt) -> Reply:
        """Post once; the reply's status is Slack's name for what went wrong."""
        content_type, body = _encode(kind, payload)
        headers = sign(self.signing_secret, body) | {"Content-Type": content_type}
        if attempt.number:
            headers |= {
                "X-Slack-Retry-Num": str(attempt.number),
                "X-Slack-Retry-Reason": attempt.reason,
            }
        try:
            async with (
                asyncio.timeout(self.patience),
                self._client().post(self.url, data=body, headers=headers) as response,
            ):
                text = await response.text()
        except TimeoutError:
            return Reply("http_timeout")
        except (aiohttp.ClientError, OSError, UnicodeDecodeError):
            return Reply("connection_failed")
        if not 200 <= response.status < 300:
            may_retry = response.headers.get("X-Slack-No-Retry") != "1"
            return Reply("http_error", payload=response.status, may_retry=may_retry)
        return Reply("acknowledged", acknowledged=True, payload=_decode(text))

    async def ready(self, seconds: float) -> bool:
        """Return True: HTTP has no connection to wait for."""
        return True

    async def close(self) -> None:
        """Close the connections that are kept open."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def sign(secret: str, body: bytes) -> dict[str, str]:
    """Return the headers that prove to an app that a request is Slack's."""
    now = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256)
    return {
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def _encode(kind: Kind, payload: dict[str, Any]) -> tuple[str, bytes]:
    match kind:
        case "events_api":
            return "application/json", json.dumps(payload).encode()
        case "slash_commands":
            fields = {key: _text(value) for key, value in payload.items()}
            return "application/x-www-form-urlencoded", urlencode(fields).encode()
        case "interactive":
            form = urlencode({"payload": json.dumps(payload)})
            return "application/x-www-form-urlencoded", form.encode()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decode(text: str) -> Any:
    """Decode the body of an acknowledgement: JSON, text, or None."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text}
