"""Read back the votes that were cast or removed in Slack while the bot was offline.

Only reactions can be read back. A press of a button while the bot is offline fails in Slack, and
the person sees it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from psycopg.rows import tuple_row

from bot.errors import SlackFailed
from bot.feedback import votes
from bot.inbox.events import Incoming
from bot.inbox.retry_policy import may_pass
from bot.services import BotServices
from bot.slack.reactions import Thumbs
from database import cancellation
from database.errors import DatabaseUnavailable
from database.statements import load_statements

_SQL = load_statements("bot.feedback")
_PAUSE = 1.3  # reactions.get may be called fifty times a minute
_JUST_AFTER = Decimal("0.000001")
_LOOK_SECONDS = 5.0
_ASLEEP_SECONDS = 60.0
_AGAIN_SECONDS = 60.0
_CLOSED = ("channel_not_found", "not_in_channel", "is_archived")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """One person's votes on a message, as the inbox has them."""

    standing: set[str] = field(default_factory=set)
    last: Decimal = Decimal(0)

    def hear(self, payload: Mapping[str, Any]) -> None:
        self.last = max(self.last, Decimal(str(payload["at"])))
        if payload["surface"] == "reaction":
            (self.standing.add if payload["given"] else self.standing.discard)(payload["name"])


async def catch_up(services: BotServices, *, pause: float = _PAUSE) -> int:
    """Compare last week's answers (200 at most) with Slack; return how many votes were missed.

    Wait `pause` seconds between two calls. Raises SlackFailed when Slack cannot be reached.
    """
    async with services.database.connection() as connection:
        values = {"workspace": services.workspace}
        answers = await (await connection.execute(_SQL["recent_answers"], values)).fetchall()
        forgotten = await (await connection.execute(_SQL["forgotten"], values)).fetchall()
    gone = frozenset(person for (person,) in forgotten)
    missed, asked = 0, False
    closed: set[str] = set()
    for channel, ts in answers:
        if channel in closed:
            continue
        if asked:
            await asyncio.sleep(pause)
        asked = True
        try:
            missed += await _compare(services, channel, ts, gone)
        except SlackFailed as error:
            if may_pass(error):
                raise
            # The channel's other answers cannot be read either.
            if error.error in _CLOSED:
                closed.add(channel)
            _log.info("the votes on %s in %s cannot be read: %s", ts, channel, error)
    if missed:
        _log.info("%s votes were cast or taken back while I was away", missed)
    return missed


async def keep_caught_up(
    services: BotServices,
    hears: Callable[[], Awaitable[bool]],
    *,
    look: float = _LOOK_SECONDS,
    again: float = _AGAIN_SECONDS,
    pause: float = _PAUSE,
) -> None:
    """Catch up each time `hears` turns true again, until cancelled.

    Ask `hears` every `look` seconds. Retry a failed catch-up after `again` seconds.
    """
    owed, before = False, time.time()
    while True:
        await cancellation.pause(look)
        # A machine that slept heard nothing either. An outage shorter than `look` loses nothing:
        # Slack delivers again what was not acknowledged.
        slept, before = time.time() - before > look + _ASLEEP_SECONDS, time.time()
        is_heard = await hears()
        owed = owed or slept or not is_heard
        if not (owed and is_heard):
            continue
        owed = False
        try:
            await catch_up(services, pause=pause)
        except (SlackFailed, DatabaseUnavailable, OSError) as error:
            _log.warning("the votes cast during an outage could not be read back: %s", error)
            owed = True
            await asyncio.sleep(again)
        before = time.time()


def missing(thumbs: Thumbs, standing: Set[str], there: Set[str]) -> list[tuple[str, bool]]:
    """Return one person's missed votes: (reaction, True) for given, (reaction, False) for removed.

    `standing` are the reactions that count by the inbox, `there` those that Slack shows now.
    """
    given = {name for name in there if thumbs.label_of(name) is not None}
    taken = [(name, False) for name in sorted(standing - there)]
    return taken + [(name, True) for name in sorted(given - standing)]


async def _compare(services: BotServices, channel: str, ts: str, gone: Set[str]) -> int:
    """Record the missed votes on a message and return how many; skip people who were erased."""
    before = Decimal(repr(time.time()))
    found = await _reactions(services, channel, ts)
    there = {person: names for person, names in found.items() if person not in gone}
    missed = 0
    for person, known in (await _known(services, channel, ts, there)).items():
        # A vote cast after the call has a later time, so it wins.
        at = max(before, known.last + _JUST_AFTER)
        for name, given in missing(services.thumbs, known.standing, there.get(person, set())):
            label = services.thumbs.label_of(name) or "none"
            cast = _Cast(person, name, given, label)
            vote = cast.vote(channel, ts, known.last, at)
            missed += await votes.record(services, vote, on_mine=True)
    return missed


async def _reactions(services: BotServices, channel: str, ts: str) -> dict[str, set[str]]:
    """Return the reactions on a message by person, without the bot's. Raises SlackFailed."""
    answer = await services.client.call("reactions.get", channel=channel, timestamp=ts, full="true")
    me = await services.directory.me()
    found: dict[str, set[str]] = {}
    for reaction in answer.get("message", {}).get("reactions") or ():
        for person in reaction["users"]:
            if person != me.user:
                found.setdefault(person, set()).add(reaction["name"])
    return found


async def _known(
    services: BotServices, channel: str, ts: str, people: Iterable[str]
) -> dict[str, _Known]:
    known = {person: _Known() for person in people}
    values = {"channel": channel, "ts": ts}
    votes = await services.database.fetch_all(_SQL["votes"], tuple_row, **values)
    for person, payload in votes:
        known.setdefault(person, _Known()).hear(payload)
    return known


@dataclass(frozen=True, slots=True)
class _Cast:
    """A reaction that somebody added or removed, and what it says of the answer."""

    person: str
    name: str
    given: bool
    label: str

    def vote(self, channel: str, ts: str, last: Decimal, at: Decimal) -> Incoming:
        """Return it as an event; `last` is the person's last known vote, `at` its own time."""
        payload = {
            "surface": "reaction",
            "name": self.name,
            "label": self.label,
            "given": self.given,
            "at": str(at),
        }
        # Built from what is known, so that two processes which find the same vote store it once.
        event_id = f"missed:{channel}:{ts}:{self.person}:{self.name}:{self.given}:{last}"
        return Incoming(event_id, "vote", self.person, channel, ts, payload=payload)
