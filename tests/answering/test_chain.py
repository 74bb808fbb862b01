"""The chain as one Runnable: what LangChain does with any, on real parts and a scripted model."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.runnables import Runnable, RunnableConfig

from answering.chain import ChainParts, answer_chain
from answering.conversation.understand import Understood
from answering.errors import NotIndexed
from answering.evidence.retrieve import SearchIndex
from answering.types.progress import Finished, Progress, SourcesFound, Words
from answering.types.questions import Question
from retrieval.audience import Audience, everyone
from tests.answering.answering_chain import chain_parts
from tests.openai_server import openai_server

STEPS = ["understand", "retrieve", "read", "decide", "write", "check"]
HOME = everyone("home")
DEPLOY = Question("When do we deploy to production?", HOME)
SAID = "We deploy to production on Tuesdays. [1]"


@pytest.fixture
def chain(index: SearchIndex) -> Iterator[Runnable[Question, Progress]]:
    """The chain over the fixture's index, its model always saying the same."""
    with openai_server("We deploy to production ", "on Tuesdays.") as (url, _):
        yield answer_chain(chain_parts(index.database, index.embedder, url))


class Watching(AsyncCallbackHandler):
    """Notes of each run its name, input, output, tags and metadata, in the order they began."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.tags: dict[str, list[str]] = {}
        self.metadata: dict[str, dict[str, Any]] = {}
        self.models: list[Any] = []
        self._names: dict[UUID, str] = {}

    async def on_chain_start(
        self, serialized: Any, inputs: Any, *, run_id: UUID, **given: Any
    ) -> None:
        """A run begins."""
        name = self._names[run_id] = str(given.get("name"))
        self.began.append(name)
        self.inputs[name] = inputs
        self.tags[name] = list(given.get("tags") or [])
        self.metadata[name] = dict(given.get("metadata") or {})

    async def on_chain_end(self, outputs: Any, *, run_id: UUID, **given: Any) -> None:
        """It has ended; only now is it known what a step that streams was given."""
        self.outputs[self._names[run_id]] = outputs
        if "inputs" in given:
            self.inputs[self._names[run_id]] = given["inputs"]

    async def on_chat_model_start(self, serialized: Any, messages: Any, **given: Any) -> None:
        """The model is sent these."""
        self.models.append(messages)

    def told(self) -> str:
        """All that it has seen."""
        return repr((self.inputs, self.outputs, self.metadata, self.models))


async def test_a_question_is_one_call(chain: Runnable[Question, Progress]) -> None:
    """What it gives is the whole answer."""
    done = await chain.ainvoke(DEPLOY)
    assert isinstance(done, Finished)
    assert done.answer.text == SAID


async def test_what_it_streams_ends_with_the_answer(chain: Runnable[Question, Progress]) -> None:
    """What was read, then words, which together are its text."""
    steps = [step async for step in chain.astream(DEPLOY)]
    assert [type(step) for step in steps] == [SourcesFound, Words, Finished]
    assert steps[1] == Words(SAID)


async def test_many_questions_are_one_batch(chain: Runnable[Question, Progress]) -> None:
    """In their order, as many at once as the config allows."""
    other = Question("Who painted the Mona Lisa?", HOME)
    done = await chain.abatch([DEPLOY, other, DEPLOY], RunnableConfig(max_concurrency=2))
    shown = [one.answer.shown for one in done if isinstance(one, Finished)]
    assert shown == ["phrased", "not_found", "phrased"]


async def test_the_steps_are_seen_by_their_names(chain: Runnable[Question, Progress]) -> None:
    """In the order in which they stand in the chain, with what they were given and gave."""
    seen: list[str] = []
    given: dict[str, Any] = {}
    async for event in chain.astream_events(DEPLOY, version="v2"):
        if event["event"] == "on_chain_start" and event["name"] in STEPS:
            seen.append(event["name"])
        if event["event"] == "on_chain_end":
            given[event["name"]] = event["data"].get("output")
    assert seen == STEPS
    assert [type(one) for one in given["understand"]] == [Understood]
    assert given["retrieve"].passages and given["read"].excerpts
    assert given["decide"].verdict == "answer"
    assert isinstance(given["answer"], Finished)


async def test_a_handler_sees_input_and_output_of_each_step(
    chain: Runnable[Question, Progress],
) -> None:
    """And what the model is sent."""
    watching = Watching()
    done = await chain.ainvoke(DEPLOY, RunnableConfig(callbacks=[watching]))
    assert [name for name in watching.began if name in STEPS] == STEPS
    assert set(STEPS) | {"answer"} <= set(watching.outputs)
    assert watching.inputs["understand"] == DEPLOY
    assert watching.inputs["retrieve"] == watching.outputs["understand"][0]
    assert watching.inputs["read"] == watching.outputs["retrieve"]
    assert watching.inputs["decide"] == watching.outputs["read"]
    assert watching.inputs["write"] == [watching.outputs["decide"]]
    assert watching.inputs["check"] == watching.outputs["write"]
    assert watching.outputs["check"] == watching.outputs["answer"] == done
    assert "Tuesdays" in repr(watching.models)


async def test_tags_and_metadata_arrive_at_each_step(chain: Runnable[Question, Progress]) -> None:
    """So that a trace can be found again."""
    watching = Watching()
    config = RunnableConfig(
        callbacks=[watching], tags=["slack"], metadata={"channel": "C1"}, run_name="mine"
    )
    await chain.ainvoke(DEPLOY, config)
    for step in STEPS:
        assert "slack" in watching.tags[step], step
        assert watching.metadata[step]["channel"] == "C1", step


async def test_a_handler_never_sees_another_audience_s_text(
    index: SearchIndex, chain: Runnable[Question, Progress]
) -> None:
    """Neither passages nor pages, notes or messages hold what the asker may not read."""
    watching = Watching()
    config = RunnableConfig(callbacks=[watching])
    question = "What is the salary band of level 5? When do we deploy?"
    await chain.ainvoke(Question(question, HOME), config)
    assert "Tuesdays" in watching.told()
    assert "91,000" not in watching.told()
    inside = Audience("home", frozenset({"public", "channel:C9"}))
    await chain.ainvoke(Question(question, inside), config)
    assert "91,000" in watching.told()


async def test_questions_at_once_do_not_meet(chain: Runnable[Question, Progress]) -> None:
    """The chain keeps nothing between them."""
    inside = Question(DEPLOY.text, Audience("home", frozenset({"public", "channel:C9"})))
    other = Question("What is the salary band of level 5?", inside.audience)
    asked = [DEPLOY, other, inside, Question("Thanks!", HOME)] * 3
    done = await asyncio.gather(*(chain.ainvoke(one) for one in asked))
    texts = [one.answer.text for one in done if isinstance(one, Finished)]
    assert texts == texts[:4] * 3
    assert "91,000" in texts[1] and texts[0] == texts[2] == SAID


async def test_it_can_be_tried_again(index: SearchIndex) -> None:
    """By LangChain's own `with_retry`, which asks anew after an error."""
    parts = chain_parts(index.database, index.embedder, "http://127.0.0.1:9/v1")
    watching = Watching()
    again = answer_chain(parts).with_retry(
        retry_if_exception_type=(NotIndexed,), stop_after_attempt=2, wait_exponential_jitter=False
    )
    with pytest.raises(NotIndexed):
        await again.ainvoke(
            Question("When?", everyone("elsewhere")), RunnableConfig(callbacks=[watching])
        )
    assert watching.began.count("retrieve") == 2
    done = await again.ainvoke(DEPLOY)
    assert isinstance(done, Finished)


async def test_an_error_is_the_chain_s_own(parts: ChainParts) -> None:
    """It comes out as it was raised, whichever step it is of."""
    with pytest.raises(NotIndexed, match="houselore index"):
        await answer_chain(parts).ainvoke(Question("When?", everyone("elsewhere")))
