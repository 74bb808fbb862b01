"""People who say what they think of an answer, and what the database then holds of it."""

from collections.abc import Mapping
from typing import Any

from database.database import Database
from tests.bot.slack_client import MEMBER, Message, Scene, until


async def answered(scene: Scene, channel: str | None = None) -> Message:
    """The bot's answer to a member's question in a channel."""
    ts = await scene.say("@bot how do we deploy?", channel=channel)
    return await scene.reply(ts, channel)


async def rows(database: Database, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query finds."""
    async with database.connection() as connection:
        return await (await connection.execute(query, values)).fetchall()


async def holds(database: Database, query: str, expected: list[tuple[Any, ...]]) -> None:
    """Waits until a query finds this."""

    async def found() -> bool:
        return await rows(database, query) == expected

    await until(found, f"{expected} by {query}")


async def form(scene: Scene, person: str = MEMBER) -> Mapping[str, Any]:
    """The form that lies before somebody, once it does."""

    async def modal() -> Mapping[str, Any] | None:
        shown: Mapping[str, Any] | None = (await scene.see("view", **{"as": person}))["modal"]
        return shown

    return await until(modal, f"a form for {person}")


async def has_form(scene: Scene, person: str = MEMBER) -> bool:
    """Whether a form lies before somebody now."""
    return (await scene.see("view", **{"as": person}))["modal"] is not None


async def send(
    scene: Scene,
    view: Mapping[str, Any],
    person: str = MEMBER,
    reasons: tuple[str, ...] | None = None,
    **texts: str,
) -> dict[str, Any]:
    """Fills in the form and sends it; what is None or missing stays as it stood there."""
    values: dict[str, dict[str, Any]] = {name: {name: said} for name, said in texts.items()}
    if reasons is not None:
        values["reasons"] = {"reasons": list(reasons)}
    return await scene.act("submit", **{"as": person}, view_id=view["id"], values=values)


async def told(
    scene: Scene, words: str, thread: str | None = None, person: str = MEMBER
) -> Message:
    """What only this person is told with these words, in a thread or the channel."""

    async def found() -> Message | None:
        seen = await scene.from_bot(thread, person=person)
        mine = [one for one in seen if one["ephemeral"] and words in one["html"]]
        return mine[0] if mine else None

    return await until(found, f"“{words}” for {person}")
