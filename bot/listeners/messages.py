"""Handle messages: questions, follow-ups in threads, edits and deletions."""

from collections.abc import Mapping
from typing import Any

from bot.admin.channel_settings import read_channel
from bot.feedback import corrections
from bot.inbox import store, threads
from bot.inbox.events import Deleted, Message, MessageEdited
from bot.inbox.intent import asks_anybody, asks_something, is_courtesy
from bot.inbox.threads import Said
from bot.services import BotServices
from bot.slack.directory import Myself


async def on_message(services: BotServices, body: Mapping[str, Any]) -> None:
    """Store a question to the bot; carry edits and deletions over to questions and corrections."""
    me = await services.directory.me()
    match body["event"].get("subtype"):
        case "message_changed":
            edited = MessageEdited.from_event(body)
            if edited is not None and edited.person != me.user:
                await _on_edit(services, edited)
        case "message_deleted":
            deleted = Deleted.from_event(body)
            if deleted is not None:
                await _on_deletion(services, deleted)
        case _:
            message = Message.from_event(body)
            if message is not None and message.person != me.user:
                await _on_said(services, message, me)


async def is_settled(services: BotServices, message: Message) -> bool:
    """Return whether it is only thanks in a thread of the bot, which needs no reply."""
    if not message.in_thread or not is_courtesy(message.text):
        return False
    return await store.takes_part(services, message.channel, message.root)


async def _on_said(services: BotServices, message: Message, me: Myself) -> None:
    if message.in_thread:
        said = Said(message.ts, message.text, by_me=False)
        await threads.note(services, message.channel, message.root, said)
    if await _is_asked(services, message, me):
        await store.store(services, message.question())
    elif await _is_for_anybody(services, message):
        await store.store(services, message.question("unasked"))


async def _is_asked(services: BotServices, message: Message, me: Myself) -> bool:
    """Return whether the message is for the bot: direct, a mention, or a question in its thread."""
    if message.is_direct or message.mentions(me.user):
        return not await is_settled(services, message)
    if not message.in_thread or message.is_for_others(me.user) or not asks_something(message.text):
        return False
    return await store.takes_part(services, message.channel, message.root)


async def _is_for_anybody(services: BotServices, message: Message) -> bool:
    """Return whether it asks anybody, in a channel that allows unprompted answers."""
    if message.is_direct or not asks_anybody(message.text):
        return False
    return (await read_channel(services, message.channel)).unasked


async def _on_edit(services: BotServices, edited: MessageEdited) -> None:
    await threads.forget(services, edited.channel, edited.root)
    await store.edit_question(services, edited)
    await corrections.revise(services, edited.channel, edited.ts, edited.text)


async def _on_deletion(services: BotServices, deleted: Deleted) -> None:
    await threads.forget(services, deleted.channel, deleted.root)
    await store.withdraw_question(services, deleted)
    await corrections.withdraw(services, deleted.channel, deleted.ts)
