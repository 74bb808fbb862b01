"""Votes on answers: one current label per person and answer, with its history.

The inbox stores each reaction and press. The label is computed from all of them, so events may
arrive twice or in any order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import AsyncConnection

from bot.inbox import store
from bot.inbox.events import Incoming
from bot.inbox.interactions import Press
from bot.services import BotServices
from bot.slack.reactions import Label, Thumbs
from database.statements import load_statements

Surface = Literal["reaction", "button"]

_SQL = load_statements("bot.feedback")


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote that was given or taken away; `name` tells a person's votes apart."""

    person: str
    surface: Surface
    name: str
    label: Label
    given: bool

    @classmethod
    def from_row(cls, person: str, payload: Mapping[str, Any]) -> "Vote":
        """Parse the vote in an inbox row."""
        return cls(
            person, payload["surface"], payload["name"], payload["label"], bool(payload["given"])
        )


def reaction_vote(thumbs: Thumbs, body: Mapping[str, Any]) -> Incoming | None:
    """Parse a reaction_added or reaction_removed event; None unless it is a vote on a message."""
    event = body["event"]
    item, reaction = event.get("item") or {}, event.get("reaction", "")
    label = thumbs.label_of(reaction)
    if label is None or item.get("type", "message") != "message" or "channel" not in item:
        return None
    payload = {
        "surface": "reaction",
        "name": reaction,
        "label": label,
        "given": event["type"] == "reaction_added",
        "at": event.get("event_ts", "0"),
    }
    return Incoming(
        body["event_id"], "vote", event["user"], item["channel"], item["ts"], payload=payload
    )


def button_vote(press: Press) -> Incoming | None:
    """Parse a press of a feedback button; None for an unknown value."""
    if press.value not in ("good", "bad"):
        return None
    payload = {
        "surface": "button",
        "name": "button",
        "label": press.value,
        "given": True,
        "at": press.at,
    }
    return Incoming(
        press.event_id, "vote", press.person, press.channel, press.message_ts, payload=payload
    )


async def record(services: BotServices, vote: Incoming, *, on_mine: bool) -> bool:
    """Record a vote; return False if it was recorded before or the message is no answer.

    `on_mine`: the message is known to be the bot's, even if it is not recorded as an answer yet.
    """
    async with services.database.connection() as connection:
        values = {"workspace": services.workspace, "channel": vote.channel, "ts": vote.ts}
        row = await (await connection.execute(_SQL["is_reply"], values)).fetchone()
        is_answer = on_mine or (row is not None and row[0])
        if not is_answer or not await store.store_with(connection, services, vote):
            return False
        await _settle(connection, values)
    return True


async def settle_votes(services: BotServices, channel: str, ts: str) -> None:
    """Recompute the labels of the answer this message shows from all its votes."""
    async with services.database.connection() as connection:
        values = {"workspace": services.workspace, "channel": channel, "ts": ts}
        await _settle(connection, values)


def current(votes: Iterable[Vote]) -> tuple[Label, Surface] | None:
    """Return one person's label after these votes, in order: the last vote that still stands.

    None before any vote; `none` when every vote was taken away.
    """
    standing: dict[tuple[Surface, str], Label] = {}
    last: Surface | None = None
    for vote in votes:
        thumb = (vote.surface, vote.name)
        # Removed first, so that a vote given again counts as the latest.
        standing.pop(thumb, None)
        if vote.given:
            standing[thumb] = vote.label
        last = vote.surface
    if last is None:
        return None
    if not standing:
        return "none", last
    (surface, _), label = list(standing.items())[-1]
    return label, surface


async def _settle(connection: AsyncConnection[Any], values: Mapping[str, Any]) -> None:
    # Locked, so that two events on one answer are settled one after the other.
    answer = await (await connection.execute(_SQL["lock_answer"], values)).fetchone()
    if answer is None:
        return
    votes: dict[str, list[Vote]] = {}
    for person, payload in await (await connection.execute(_SQL["votes"], values)).fetchall():
        votes.setdefault(person, []).append(Vote.from_row(person, payload))
    key = {"answer_id": answer[0]}
    rows = await (await connection.execute(_SQL["current_labels"], key)).fetchall()
    labels: dict[str, str] = dict(rows)
    for person, cast in votes.items():
        now = current(cast)
        if now is None or now[0] == labels.get(person, "none"):
            continue
        change = key | {"workspace": values["workspace"], "person": person}
        await connection.execute(_SQL["retire_label"], change)
        await connection.execute(_SQL["add_label"], change | {"label": now[0], "surface": now[1]})
