"""From a question to passages and the pages that they stand on, of a real index."""

import pytest

from answering.conversation.understand import Understood
from answering.errors import NotIndexed
from answering.evidence.retrieve import SearchIndex, retrieve
from answering.types.questions import Question
from retrieval.audience import Audience, everyone

HOME = everyone("home")


def understood(text: str, audience: Audience = HOME, reply: str = "") -> Understood:
    """A question that means what it says."""
    return Understood(Question(text, audience), text, reply=reply)


async def test_pages_are_whole_and_in_the_order_of_their_passages(index: SearchIndex) -> None:
    """With their chunks, so that a citation leads to the place."""
    inside = Audience("home", frozenset({"public", "channel:C9"}))
    found = await retrieve(index).ainvoke(understood("the salary band of level 5", inside))
    assert found.pages[0].title == "Salaries"
    assert {one.document_id for one in found.passages} == {one.document_id for one in found.pages}
    for page in found.pages:
        assert page.text.startswith(f"# {page.title}")
        assert page.chunk_at(0, len(page.text)) in {one.chunk_id for one in found.passages}


async def test_the_pages_are_the_audience_s(index: SearchIndex) -> None:
    """Of what it may not read neither passage nor page is loaded."""
    found = await retrieve(index).ainvoke(understood("the salary band of level 5"))
    assert {page.title for page in found.pages} <= {"Deploying"}
    assert "91,000" not in repr(found)


async def test_what_has_a_reply_is_not_searched(index: SearchIndex) -> None:
    """Thanks find nothing, though its words would."""
    found = await retrieve(index).ainvoke(understood("deploy", reply="You are welcome."))
    assert (found.passages, found.pages) == ((), ())


async def test_no_index_is_said(index: SearchIndex) -> None:
    """With the command that makes one."""
    with pytest.raises(NotIndexed, match="houselore index"):
        await retrieve(index).ainvoke(understood("When?", everyone("elsewhere")))
