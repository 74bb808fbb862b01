"""Provide the review queue of training examples to the bot."""

from collections.abc import Awaitable, Callable

from bot.errors import ReviewRefused
from bot.review_protocol import Agreement, Desk, Eyes, QuestionGap, StaleTitle, Verdict, Waiting
from database.database import Database
from tuning.errors import TuningError
from tuning.feedback.remedies import gaps, outdated
from tuning.review.queue import Queued, agreements, queue
from tuning.review.queue import review as keep_review
from tuning.review.reviewer_view import Reviewable, channels_asked, reviewable

_NEXT = 3
_MOST_CURES = 5
_GONE = "That example is gone, or was never yours to review."

Redactor = Callable[[], Awaitable[Callable[[str], str]]]
"""Opens a function that redacts people, addresses, numbers and secrets in a text."""


class TeamReviews:
    """One workspace's review queue; implements `bot.review_protocol.Reviews`."""

    def __init__(self, database: Database, redactor: Redactor) -> None:
        self._database, self._redactor = database, redactor

    async def channels(self) -> frozenset[str]:
        """Return the ids of the conversations from which examples or gaps come."""
        return await channels_asked(self._database)

    async def desk(self, eyes: Eyes) -> Desk:
        """Return the next examples to review, or those that need a second review if none wait."""
        mine = await self._visible(eyes)
        waiting = [one for one in mine if one.state == "waiting"]
        second = [
            one
            for one in mine
            if one.state != "waiting"
            and len(one.reviewers) == 1
            and eyes.person not in one.reviewers
        ]
        seen = (waiting or second)[:_NEXT]
        found = await queue(self._database, None, [one.id for one in seen])
        asked = await gaps(self._database, eyes.channels, _MOST_CURES)
        stale = await outdated(*(self._database, eyes.readers, eyes.channels), _MOST_CURES)
        return Desk(
            next=[_waiting(one, is_second=not waiting) for one in found],
            waiting=len(waiting),
            second=len(second),
            agreements=[
                Agreement(one.one, one.other, one.examples, one.kappa)
                for one in await agreements(self._database)
            ],
            gaps=[QuestionGap(one.question, one.asked) for one in asked],
            outdated=[StaleTitle(one.title, one.people) for one in stale],
        )

    async def find(self, eyes: Eyes, example: int) -> Waiting:
        """Return one example. Raises ReviewRefused when this reviewer may not see it."""
        if all(one.id != example for one in await self._visible(eyes)):
            raise ReviewRefused(_GONE)
        (found,) = await queue(self._database, None, [example])
        return _waiting(found, is_second=found.state != "waiting")

    async def decide(self, eyes: Eyes, example: int, verdict: Verdict, text: str = "") -> None:
        """Save a verdict on an example; an edit is redacted first. Raises ReviewRefused."""
        # The button's value comes from outside: check again that the reviewer may see the example.
        await self.find(eyes, example)
        chosen = (await self._redactor())(text) if verdict == "edit" else None
        try:
            await keep_review(self._database, example, eyes.person, verdict, chosen)
        except TuningError as error:
            raise ReviewRefused(str(error)) from None

    async def _visible(self, eyes: Eyes) -> list[Reviewable]:
        every = await reviewable(self._database)
        return [one for one in every if one.is_for(eyes.channels, is_admin=eyes.is_admin)]


def _waiting(one: Queued, *, is_second: bool) -> Waiting:
    told = one.prompt[-1].content if one.prompt else ""
    return Waiting(
        id=one.id,
        kind=one.kind,
        question=one.question,
        notes=told.rpartition("\n\nQuestion: ")[0].removeprefix("Notes:\n"),
        answer=one.chosen,
        instead=one.rejected,
        label=one.label,
        cause=one.cause,
        is_second=is_second,
    )
