"""The sandbox as a test scripts it: people who write, react and press, and what they see."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
PATIENCE = 10.0

ADMIN, MEMBER, OTHER, GUEST, PARTNER = "U0MARA", "U0JONAS", "U0PRIYA", "U0OKORO", "U0WREN"
Message = dict[str, Any]


async def until(
    found: Callable[[], Awaitable[T | None]], what: str, seconds: float = PATIENCE
) -> T:
    """The first true value that `found` gives; fails with `what` was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = await found()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}; last saw {value!r}")
        await asyncio.sleep(0.03)


@dataclass(frozen=True)
class Scene:
    """A channel of its own in a running sandbox, over the control API."""

    http: aiohttp.ClientSession
    url: str
    channel: str
    bot: str
    tokens: dict[str, str]

    async def act(self, call: str, **arguments: Any) -> dict[str, Any]:
        """One call of the control API; fails when it was a mistake."""
        async with self.http.post(f"{self.url}/sandbox/{call}", json=arguments) as answer:
            result: dict[str, Any] = await answer.json()
        assert result.get("ok"), (call, arguments, result)
        return result

    async def see(self, what: str, **arguments: str) -> dict[str, Any]:
        """One look over the control API."""
        async with self.http.get(f"{self.url}/sandbox/{what}", params=arguments) as answer:
            result: dict[str, Any] = await answer.json()
        assert result.get("ok"), (what, arguments, result)
        return result

    async def say(
        self, text: str, person: str = MEMBER, channel: str | None = None, thread: str | None = None
    ) -> str:
        """Somebody writes; the message's ts. `@bot` in the text mentions the bot."""
        arguments = {"thread_ts": thread} if thread else {}
        text = text.replace("@bot", f"<@{self.bot}>")
        place = channel or self.channel
        posted = await self.act("post", **{"as": person}, channel=place, text=text, **arguments)
        return str(posted["ts"])

    async def messages(
        self, thread: str | None = None, channel: str | None = None, person: str = MEMBER
    ) -> list[Message]:
        """What a person sees in a channel, or in one thread with its root."""
        arguments = {"thread_ts": thread} if thread else {}
        place = channel or self.channel
        seen = await self.see("messages", **{"as": person}, channel=place, **arguments)
        messages: list[Message] = seen["messages"]
        return messages

    async def from_bot(
        self, thread: str | None = None, channel: str | None = None, person: str = MEMBER
    ) -> list[Message]:
        """The bot's messages that a person sees there."""
        seen = await self.messages(thread, channel, person)
        return [one for one in seen if one["user"] == self.bot and one["kind"] == "message"]

    async def reply(
        self, thread: str, channel: str | None = None, person: str = MEMBER, count: int = 1
    ) -> Message:
        """The bot's `count`-th reply in a thread, once it is whole."""

        async def whole() -> Message | None:
            mine = await self.from_bot(thread, channel, person)
            return mine[count - 1] if len(mine) >= count and not mine[-1]["streaming"] else None

        return await until(whole, f"reply {count} in {thread}")

    async def dm(self, person: str = MEMBER) -> str:
        """The direct message between a person and the bot."""
        opened = await self.act("dm", **{"as": person}, people=[self.bot])
        return str(opened["channel"]["id"])

    async def command(self, command: str, text: str, person: str = MEMBER) -> None:
        """A slash command in this channel."""
        await self.act(
            "command", **{"as": person}, channel=self.channel, command=command, text=text
        )

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The calls of a method that the bot has made, in any channel."""
        calls: list[dict[str, Any]] = (await self.see("calls", method=method))["calls"]
        return calls
