"""Collect feedback: turn rated answers into examples that wait for a review, and into remedies."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from database.database import Database
from database.statements import load_statements
from retrieval.audience import PUBLIC
from retrieval.indexing.golden_questions import Correction, keep_corrections
from tuning.feedback.attribution import Cause, attribute
from tuning.feedback.erasure import sweep
from tuning.feedback.examples import Example, learn
from tuning.feedback.rated_answers import RatedAnswer, read_judged
from tuning.feedback.remedies import correct, keep_causes
from tuning.feedback.source_spans import Search, ask_once

_SQL = load_statements("tuning.feedback")

Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of a collection: examples by kind, causes by answer, why answers were left out.

    `golden` counts the golden questions that corrections give, `withdrawn` the examples deleted.
    """

    examples: Mapping[str, int]
    causes: Mapping[int, Cause]
    golden: int
    left_out: Mapping[str, int]
    withdrawn: int


async def collect(
    database: Database,
    search: Search,
    redact: Redact,
    public_channels: frozenset[str] | None = frozenset(),
) -> Collected:
    """Bring examples and remedies up to date with today's feedback; reviews of examples stay.

    `public_channels` are those that Slack calls public. Answers given elsewhere are left out,
    unless an admin allowed training on their channel. None: it is unknown which channels are
    public, so their answers give nothing new, and examples made before stay. Every text goes
    through `redact` before it is stored. Raises what `search` raises.
    """
    await sweep(database)
    search = ask_once(search)  # a cause and its correction look for the same
    examples: dict[str, Example] = {}
    causes: dict[int, Cause] = {}
    corrections: list[Correction] = []
    left_out: Counter[str] = Counter()
    every = await read_judged(database)
    taken = [one for one in every if may_train(one, public_channels or frozenset())]
    if len(taken) < len(every):
        left_out["not from a public channel"] = len(every) - len(taken)
    # Slack did not say which channels are public, so what depends on that stays as it is.
    unknown = _unknown(every, taken) if public_channels is None else []
    for judged in taken:
        if judged.is_bad:
            causes[judged.id] = cause = await attribute(judged, search)
            if correction := await correct(judged, cause, search):
                corrections.append(correction)
        learned = learn(judged, causes.get(judged.id))
        if learned.left_out:
            left_out[learned.left_out] += 1
        for example in learned.examples:
            # The same answer to the same question counts once.
            examples.setdefault(example.key, example)
    redacted = [_redacted(one, redact) for one in examples.values()]
    withdrawn = await _keep(database, redacted, unknown)
    await keep_causes(database, causes, unknown)
    golden = await keep_corrections(database, corrections, unknown)
    kinds: Counter[str] = Counter(example.kind for example in examples.values())
    return Collected(kinds, causes, len(golden), left_out, withdrawn)


def may_train(judged: RatedAnswer, public_channels: frozenset[str]) -> bool:
    """Return whether an answer may be trained on: it was public, or an admin allowed its channel.

    Answers to one person alone never may.
    """
    readers = judged.audience.readers
    if any(reader.startswith("person:") for reader in readers):
        return False
    if judged.train_on or readers == {PUBLIC}:
        return True
    return PUBLIC in readers and judged.channel in public_channels


async def allow_training(database: Database, channel: str, by: str, *, allowed: bool) -> None:
    """Allow or forbid training on a channel."""
    values = {"channel": channel, "by": by, "train_on": allowed}
    await database.execute(_SQL["allow_training"], **values)


def _unknown(every: Iterable[RatedAnswer], taken: Collection[RatedAnswer]) -> list[int]:
    """Return the ids of the answers that may be trained on only if their channel is public."""
    known = {one.id for one in taken}
    return [
        one.id
        for one in every
        if one.id not in known and may_train(one, frozenset({one.channel or ""}))
    ]


def _redacted(example: Example, redact: Redact) -> Example:
    return replace(
        example,
        question=redact(example.question),
        prompt=tuple(replace(one, content=redact(one.content)) for one in example.prompt),
        chosen=redact(example.chosen),
        rejected=None if example.rejected is None else redact(example.rejected),
    )


async def _keep(database: Database, examples: list[Example], unknown: Collection[int]) -> int:
    """Store these examples, delete those no longer given, and return how many were deleted."""
    async with database.connection() as connection, connection.cursor() as cursor:
        await cursor.executemany(
            _SQL["keep_example"], [example.values(database.workspace) for example in examples]
        )
        keys = [example.key for example in examples]
        await cursor.execute(
            _SQL["drop_withdrawn"],
            {"workspace": database.workspace, "keys": keys, "open": list(unknown)},
        )
        return cursor.rowcount
