"""From what people said to examples that wait for a review. Trains nothing, reviews nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from psycopg_pool import AsyncConnectionPool

from retrieval.audience import PUBLIC
from retrieval.statements import load_statements
from tuning.attribution import Cause, Search, attribute
from tuning.examples import Example, learn
from tuning.forgetting import sweep
from tuning.judged import Judged, read_judged

_SQL = load_statements("tuning")

Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a collection: examples by kind, causes by answer, and what was left out, why."""

    examples: Mapping[str, int]
    causes: Mapping[int, Cause]
    left_out: Mapping[str, int]
    withdrawn: int


async def collect(
    pool: AsyncConnectionPool,
    workspace: str,
    search: Search,
    redact: Redact,
    public_channels: frozenset[str] | None = frozenset(),
) -> Collected:
    """Bring the examples up to date with what people say now; reviews of those that stay, stay.

    `public_channels` are those that Slack calls public; what was said anywhere else is left out,
    unless an admin allowed it for its channel. With None it is not known which are public: nothing
    is taken from them, and what was taken before stays. Every text goes through `redact` before it
    is kept. Raises what `search` raises.
    """
    await sweep(pool, workspace)
    examples: dict[str, Example] = {}
    causes: dict[int, Cause] = {}
    left_out: Counter[str] = Counter()
    unknown: list[int] = []
    for judged in await read_judged(pool, workspace):
        if not may_train(judged, public_channels or frozenset()):
            left_out["not from a public channel"] += 1
            if public_channels is None and may_train(judged, frozenset({judged.channel or ""})):
                unknown.append(judged.id)
            continue
        if judged.is_bad:
            causes[judged.id] = await attribute(judged, search)
        learned = learn(judged, causes.get(judged.id))
        if learned.left_out:
            left_out[learned.left_out] += 1
        for example in learned.examples:
            examples.setdefault(example.key, example)
    withdrawn = await _keep(
        pool, workspace, [_redacted(one, redact) for one in examples.values()], unknown
    )
    kinds: Counter[str] = Counter(example.kind for example in examples.values())
    return Collected(kinds, causes, left_out, withdrawn)


def may_train(judged: Judged, public_channels: frozenset[str]) -> bool:
    """Whether what was said may be learned from: it was public, or an admin allowed its channel.

    What was said to one person alone never is.
    """
    readers = judged.audience.readers
    if any(reader.startswith("person:") for reader in readers):
        return False
    if judged.train_on or readers == {PUBLIC}:
        return True
    return PUBLIC in readers and judged.channel in public_channels


async def allow_training(
    pool: AsyncConnectionPool, workspace: str, channel: str, by: str, *, allowed: bool
) -> None:
    """Say of a channel whether what is said there may be learned from."""
    values = {"workspace": workspace, "channel": channel, "by": by, "train_on": allowed}
    async with pool.connection() as connection:
        await connection.execute(_SQL["allow_training"], values)


def _redacted(example: Example, redact: Redact) -> Example:
    return replace(
        example,
        question=redact(example.question),
        prompt=tuple(replace(one, content=redact(one.content)) for one in example.prompt),
        chosen=redact(example.chosen),
        rejected=None if example.rejected is None else redact(example.rejected),
    )


async def _keep(
    pool: AsyncConnectionPool, workspace: str, examples: list[Example], unknown: list[int]
) -> int:
    """Store these and drop what they no longer hold; how many were dropped."""
    async with pool.connection() as connection, connection.cursor() as cursor:
        await cursor.executemany(
            _SQL["keep_example"], [example.values(workspace) for example in examples]
        )
        keys = [example.key for example in examples]
        await cursor.execute(
            _SQL["drop_withdrawn"], {"workspace": workspace, "keys": keys, "open": unknown}
        )
        return cursor.rowcount
