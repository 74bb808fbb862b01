"""Play rollouts in the real database with simulated answers and thumbs."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

from answering.types.answers import Answer
from answering.types.questions import Question
from benchmarks.loop_office import CHANNELS, Office
from benchmarks.loop_people import Said
from benchmarks.loop_rollouts import End, Rates
from retrieval.audience import everyone
from tuning.errors import RolloutRefused
from tuning.rollout.canary import look_at_rollout, start_rollout, stop_rollout

Drawn = tuple[bool, bool, bool]
"""Whether an answer is disliked by its asker, refused, unsupported."""
Draw = Callable[[str, Random], Drawn]
"""Draws one answer of the named model."""

SHARE = 0.8
MOST = 1_200
_LOOK_EVERY = 50
_ASKERS = tuple(f"U0ASKER{number}" for number in range(10))


def drawn_from(rates: dict[str, Rates]) -> Draw:
    """Return a draw of random answers at each model's rates."""

    def draw(model: str, lot: Random) -> Drawn:
        of = rates[model]
        return (
            lot.random() < of.disliked,
            lot.random() < of.refused,
            lot.random() < of.unsupported,
        )

    return draw


async def play_in_database(office: Office, canary: str, draw: Draw, seed: int) -> End:
    """Put a model on canary in most channels until it is decided, for at most 1,200 answers.

    Each answer is stored, voted on and counted by the code that does so in service. A canary that
    is undecided at the end is stopped. Raises UnknownModel, ModelPinned and RolloutRefused.
    """
    lot = Random(seed)  # noqa: S311 - a simulation, not a secret
    rollout = await start_rollout(office.database, canary, SHARE, by="the benchmark")
    for given in range(1, MOST + 1):
        channel, asker = lot.choice(CHANNELS), lot.choice(_ASKERS)
        model = rollout.model_for(channel, str(given))
        await _keep(office, model, draw(model, lot), channel, asker)
        if given % _LOOK_EVERY == 0:
            looked = await look_at_rollout(office.database)
            if looked is not None and looked[1].end != "go on":
                return End(looked[1].end, given)
    with suppress(RolloutRefused):  # the last look ended it
        await stop_rollout(office.database, "the benchmark", "it took too long")
    return End("go on", MOST)


async def _keep(office: Office, model: str, drawn: Drawn, channel: str, asker: str) -> None:
    disliked, refused, unsupported = drawn
    number = next(office.numbers)
    answer = Answer(
        text="At noon. [1]",
        citations=(),
        abstained=refused,
        model=model,
        generation=1,
        prompt_version="loop",
        withheld="At midnight." if unsupported else "",
    )
    question = Question(f"When is lunch {number}?", everyone(office.workspace))
    served = await office.keep(answer, question, asker, channel, f"{number}.000000")
    if disliked:
        await office.say(served, asker, Said("bad"))
