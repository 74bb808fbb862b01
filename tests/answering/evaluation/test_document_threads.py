"""Questions asked in their threads, and what of an answer is its reply. The answerer is a list."""

import pytest

from answering.evaluation.document_threads import ask_in_threads, without_marks
from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.evaluation.reply_rules import ReplyRules
from answering.types.questions import Turn

RULES = ReplyRules(("x",))
FIRST = DocumentQuestion("1", "When is lunch?", "prose", RULES)
OTHER = DocumentQuestion("2", "Where is tea?", "prose", RULES)
SECOND = DocumentQuestion("3", "and on Friday?", "follow_up", RULES, follow_up_of="1")
THIRD = DocumentQuestion("4", "and at home?", "follow_up", RULES, follow_up_of="3")
ALL = (FIRST, OTHER, SECOND, THIRD)


class Scripted:
    """Says "reply to ID", or nothing to a question whose id is in `silent`; notes what it got."""

    def __init__(self, *silent: str) -> None:
        self.silent = silent
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    async def respond(self, question: DocumentQuestion, thread: tuple[Turn, ...]) -> DocumentReply:
        """The reply."""
        self.asked.append((question.id, thread))
        said = "" if question.id in self.silent else f"reply to {question.id}"
        return DocumentReply(question.id, said, abstained=False)


async def test_a_follow_up_has_the_thread_before_it() -> None:
    """The questions and replies before it, oldest first; another question has none of them."""
    bot = Scripted()
    replies = [reply async for reply in ask_in_threads(bot.respond, ALL, ALL)]
    assert [reply.id for reply in replies] == ["1", "2", "3", "4"]
    before = (Turn("person", "When is lunch?"), Turn("bot", "reply to 1"))
    then = (Turn("person", "and on Friday?"), Turn("bot", "reply to 3"))
    assert bot.asked == [("1", ()), ("2", ()), ("3", before), ("4", (*before, *then))]


async def test_what_it_follows_is_asked_though_not_chosen() -> None:
    """First, once, and without being among the replies."""
    bot = Scripted()
    replies = [reply async for reply in ask_in_threads(bot.respond, (SECOND, THIRD), ALL)]
    assert [reply.id for reply in replies] == ["3", "4"]
    assert [id_ for id_, _ in bot.asked] == ["1", "3", "4"]


async def test_silence_is_no_turn() -> None:
    """As in Slack, where a message has words."""
    bot = Scripted("1")
    assert [reply.id async for reply in ask_in_threads(bot.respond, (SECOND,), ALL)] == ["3"]
    assert bot.asked[-1] == ("3", (Turn("person", "When is lunch?"),))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("At noon [1]. In the garden [2].", "At noon. In the garden."),
        ("> At noon. [1]", "> At noon."),
        ("Take row [3] of it [1]", "Take row [3] of it"),
        ("Use `rows [1]` [1]", "Use `rows [1]`"),
        (
            "Like so [2]:\n\n```\nrows[1]\nrows [2]\n```\n",
            "Like so:\n\n```\nrows[1]\nrows [2]\n```",
        ),
        ("See [1](https://x.example)", "See [1](https://x.example)"),
    ],
)
def test_marks_are_no_part_of_a_reply(text: str, left: str) -> None:
    """The numbers of two sources go; other brackets and code stay."""
    assert without_marks(text, {1, 2}) == left
