"""Comments that say why an answer is bad: one current comment per person and answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg import AsyncConnection

from bot.feedback import corrections, rated_answer
from bot.feedback.rated_answer import Said
from bot.inbox.events import Incoming
from bot.inbox.interactions import Submission
from bot.inbox.store import InboxRow
from bot.services import BotServices
from database.statements import load_statements

REASONS: Final[Mapping[str, str]] = {
    "wrong": "It is wrong",
    "outdated": "It is outdated",
    "incomplete": "It is incomplete",
    "style": "It is not our style",
    "unfounded": "It is not found in what it cites",
}
"""The reasons to choose from, and how the form words them."""

_SQL = load_statements("bot.feedback")
_NOTED = "Thank you. I have noted what is wrong with this answer."
_NOTED_BETTER = "Thank you. I have noted this, with your better answer."


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: reasons (keys of REASONS), a text, and a better answer; each may be empty."""

    reasons: tuple[str, ...] = ()
    note: str = ""
    better: str = ""

    @classmethod
    def from_submission(cls, submission: Submission) -> "Remark":
        """Parse the submitted form."""
        # The form's block ids are the names of the attributes.
        chosen = submission.chosen("reasons")
        return cls(
            tuple(reason for reason in REASONS if reason in chosen),
            submission.text("note"),
            submission.text("better"),
        )

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Remark":
        """Parse the comment in an inbox row's payload."""
        return cls(tuple(payload["reasons"]), payload["note"], payload["better"])

    @property
    def is_empty(self) -> bool:
        """Return whether all fields are empty."""
        return self == Remark()

    def incoming(self, submission: Submission, answer_id: int) -> Incoming:
        """Return the comment as an inbox event."""
        payload = {
            "answer_id": answer_id,
            "reasons": list(self.reasons),
            "note": self.note,
            "better": self.better,
        }
        return Incoming(submission.event_id, "remark", submission.person, payload=payload)


async def keep_remark(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Save a comment, if its person can see the answer, and tell them.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    await rated_answer.keep(services, inbox_id, tries + deaths, _keep)


async def read_remark(services: BotServices, answer_id: int, person: str) -> Remark:
    """Return this person's current comment on the answer, empty if there is none."""
    async with services.database.connection() as connection:
        remark = await _current(connection, answer_id, person)
        better = await corrections.typed(connection, answer_id, person)
    return replace(remark, better=better)


async def _keep(services: BotServices, row: InboxRow) -> Said:
    remark = Remark.from_payload(row.payload)
    judged = await rated_answer.judged_by_id(services, int(row.payload["answer_id"]))
    if judged is None:
        raise rated_answer.not_seen()
    async with rated_answer.held(services, judged, row.person) as connection:
        key = {"workspace": services.workspace, "answer_id": judged.id, "person": row.person}
        await _write(connection, key, replace(remark, better=""))
        await corrections.set_typed(
            connection, services.workspace, judged.id, row.person, remark.better
        )
    place = replace(row, channel=judged.channel or "", thread_ts=judged.thread_ts or "")
    return place, _NOTED_BETTER if remark.better else _NOTED


async def _write(connection: AsyncConnection[Any], key: Mapping[str, Any], remark: Remark) -> None:
    # A repeated job must not add to the history.
    if await _current(connection, key["answer_id"], key["person"]) == remark:
        return
    await connection.execute(_SQL["retire_remark"], key)
    if not remark.is_empty:
        said = {"reasons": list(remark.reasons), "note": remark.note}
        await connection.execute(_SQL["add_remark"], dict(key) | said)


async def _current(connection: AsyncConnection[Any], answer_id: int, person: str) -> Remark:
    key = {"answer_id": answer_id, "person": person}
    row = await (await connection.execute(_SQL["current_remark"], key)).fetchone()
    return Remark(tuple(row[0]), row[1]) if row else Remark()
