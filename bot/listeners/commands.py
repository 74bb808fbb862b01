"""Handle slash commands: answer the quick ones at once, store the others for a job."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.admin.channel_settings import settle_channel
from bot.admin.experts import settle_experts
from bot.admin.slash_command import (
    EMPTY_ASK,
    HELP,
    LOOKING,
    describe,
    read_status,
    unknown,
    word_of,
)
from bot.errors import DatabaseDown, NameNotFound, SettingRefused, SlackFailed
from bot.feedback.erasure import WARNING, WHOM, confirmation
from bot.inbox.events import Command, Kind
from bot.inbox.store import store
from bot.rendering.mrkdwn import escape
from bot.services import BotServices


async def on_ask(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store the question; answer an empty one with an example."""
    command = Command.from_body(body)
    if not command.text:
        await ack(EMPTY_ASK)
        return
    await _store(services, command, "ask", ack, LOOKING)


async def on_houselore(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Handle a /houselore subcommand: reply at once, or store it for a job."""
    command = Command.from_body(body)
    match word_of(command.text):
        case "help":
            await ack(HELP)
        case "status":
            await _status(services, command, ack)
        case "channel":
            await _channel(services, command, ack)
        case "expert" | "experts":
            await _experts(services, command, ack)
        case "forget" if command.text.split()[1:] == ["me"]:
            await ack(text=WARNING, blocks=[dict(block) for block in confirmation()])
        case "forget":
            await ack(WHOM)
        case "reindex" | "cancel" | "rollback" as kind:
            await _store(services, command, kind, ack)
        case "unknown":
            await ack(unknown(command.text))


async def _channel(services: BotServices, command: Command, ack: AsyncAck) -> None:
    try:
        said = await settle_channel(services, command)
    except (DatabaseDown, SettingRefused, SlackFailed) as error:
        said = str(error)
    await ack(said)


async def _experts(services: BotServices, command: Command, ack: AsyncAck) -> None:
    try:
        said = await settle_experts(services, command)
    except NameNotFound as error:
        said = escape(str(error))
    except (DatabaseDown, SettingRefused, SlackFailed) as error:
        said = str(error)
    await ack(said)


async def _status(services: BotServices, command: Command, ack: AsyncAck) -> None:
    channel = None if command.is_direct else command.channel
    try:
        status = await read_status(services, command.person, channel)
    except (DatabaseDown, SlackFailed) as error:
        await ack(str(error))
        return
    await ack(describe(status, with_errors=False))


async def _store(
    services: BotServices, command: Command, kind: Kind, ack: AsyncAck, said: str = ""
) -> None:
    try:
        await store(services, command.incoming(kind))
    except DatabaseDown as error:
        await ack(str(error))
        return
    await ack(said)
