"""The questions in a message, each with what it follows up: the first step of the chain."""

from answering.conversation.understand import Understood, understand
from answering.model.chat_model import open_chat_model
from answering.model.house_model import Abilities, HouseModel
from answering.types.questions import Question, Turn
from retrieval.audience import everyone
from tests.answering.answering_chain import NOBODY
from tests.openai_server import openai_server

HOME = everyone("home")
SMALL = HouseModel(open_chat_model(NOBODY), "m")
THREAD = (
    Turn("person", "When do we deploy to production?"),
    Turn("bot", "On Tuesdays. [1]"),
)


async def read(text: str, *thread: Turn) -> list[Understood]:
    """What a message means to a house whose model is not asked."""
    return await understand(SMALL).ainvoke(Question(text, HOME, thread))


async def test_a_question_means_what_it_says() -> None:
    """Without a thread there is nothing behind it."""
    (one,) = await read("When do we deploy?")
    assert (one.asked, one.before, one.background, one.reply) == ("When do we deploy?", "", "", "")
    assert one.in_context == "When do we deploy?"


async def test_a_follow_up_has_the_question_before_it() -> None:
    """And the beginning of its answer, to search by."""
    (one,) = await read("And who must approve it?", *THREAD)
    assert one.before == "When do we deploy to production?"
    assert one.in_context == "When do we deploy to production? And who must approve it?"
    assert one.background.endswith("On Tuesdays. [1]")


async def test_a_new_subject_is_not_dragged_back() -> None:
    """A question that stands alone is searched alone, though it is asked in a thread."""
    (one,) = await read("How many days of parental leave do contractors get?", *THREAD)
    assert (one.before, one.background) == ("", "")


async def test_thanks_ask_nothing() -> None:
    """They have a reply of their own."""
    (one,) = await read("thanks!", *THREAD)
    assert one.reply


async def test_two_questions_are_two() -> None:
    """Each is looked up by itself, in the order in which they are asked."""
    found = await read("When do we deploy to production? Where is lunch served?")
    assert len(found) == 2
    assert "deploy" in found[0].asked and "lunch" in found[1].asked


async def test_an_able_model_puts_a_follow_up_into_words_of_its_own() -> None:
    """Then its words are searched for; without a thread it is not asked."""
    with openai_server("Who approves ", "a deployment?") as (url, asked):
        model = HouseModel(open_chat_model(url), "m", Abilities("sections", rewrites=True))
        (one,) = await understand(model).ainvoke(Question("And who approves it?", HOME, THREAD))
        assert one.asked == one.in_context == "Who approves a deployment?"
        (one,) = await understand(model).ainvoke(Question("Who approves it?", HOME))
        assert one.asked == "Who approves it?"
    assert len(asked) == 1
