"""Handle a person opening the app's Home or messages tab."""

from collections.abc import Mapping
from typing import Any

from bot.services import BotServices


async def on_opened(services: BotServices, body: Mapping[str, Any]) -> None:
    """Queue the Home tab's update, or the suggested prompts of the messages tab."""
    event = body["event"]
    if event.get("tab") == "home":
        await services.jobs.configure_task("show_home").defer_async(person=event["user"])
    elif event.get("tab") == "messages" and event.get("channel"):
        await services.jobs.configure_task("suggest_prompts").defer_async(channel=event["channel"])
