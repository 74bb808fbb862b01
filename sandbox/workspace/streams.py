"""Streamed messages, which an agent appends to and Slack closes after five minutes."""

import asyncio
import time
from typing import Any

from sandbox.workspace.messages import Blocks, Message, Stream
from sandbox.workspace.workspace import Workspace


class Streams:
    """The running streams, and the timers that close them."""

    def __init__(self, workspace: Workspace, seconds: float) -> None:
        self.workspace = workspace
        self.seconds = seconds
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}

    def start(self, message: Message) -> None:
        """Make a message a stream, and start the timer that closes it."""
        message.stream = Stream(started=time.monotonic())
        self._timers[message.channel, message.ts] = asyncio.get_running_loop().call_later(
            self.seconds, self.expire, message
        )

    def append(self, message: Message, chunks: Blocks) -> None:
        """Append chunks: text grows, a task's card is replaced by its new state."""
        if message.stream is not None:
            for chunk in chunks:
                _add(message.stream.parts, chunk)
            message.text = message.stream.markdown
            message.blocks = [dict(part) for part in message.stream.parts]

    def finish(self, message: Message, blocks: Blocks) -> None:
        """Close a stream, adding the blocks at its end."""
        message.blocks = [*message.blocks, *blocks]
        self._close(message)

    def expire(self, message: Message) -> None:
        """Close a stream that has grown too old, as Slack does."""
        if message.is_streaming:
            self._close(message)
            self.workspace.redraw(message)

    def running(self) -> list[Message]:
        """Return the messages that are streaming now."""
        return [
            self.workspace.channels[channel].messages[ts]
            for channel, ts in self._timers
            if ts in self.workspace.channels[channel].messages
        ]

    def close(self) -> None:
        """Cancel the timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _close(self, message: Message) -> None:
        if message.stream is not None:
            message.stream.open = False
        timer = self._timers.pop((message.channel, message.ts), None)
        if timer is not None:
            timer.cancel()


def _add(parts: Blocks, chunk: dict[str, Any]) -> None:
    match chunk["type"]:
        case "markdown_text":
            if parts and parts[-1]["type"] == "markdown":
                parts[-1]["text"] += chunk["text"]
            else:
                parts.append({"type": "markdown", "text": chunk["text"]})
        case "task_update":
            _set(parts, "task_card", chunk["id"], _card(chunk))
        case "plan_update":
            _set(parts, "plan", None, {"type": "plan", "title": chunk["title"]})
        case "blocks":
            parts.extend(chunk["blocks"])


def _set(parts: Blocks, kind: str, task_id: str | None, block: dict[str, Any]) -> None:
    for number, part in enumerate(parts):
        if part["type"] == kind and part.get("task_id") == task_id:
            parts[number] = part | block
            return
    parts.append(block)


def _card(chunk: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = {
        "type": "task_card",
        "task_id": chunk["id"],
        "title": chunk["title"],
        "status": chunk["status"],
    }
    for field in ("details", "output"):
        if field in chunk:
            section = {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": chunk[field]}],
            }
            card[field] = {"type": "rich_text", "elements": [section]}
    if "sources" in chunk:
        card["sources"] = chunk["sources"]
    return card
