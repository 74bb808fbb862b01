"""The shipped suite is fair: what it asks can be told from its pages, or cannot."""

from answering.evaluation.metrics import contains
from tuning.evaluation.safety import TRAPS
from tuning.evaluation.safety_suite import TRAPS_BY_KEY, shipped_suite


def test_every_answer_stands_in_its_page() -> None:
    """Each answerable question names the page that says its answer, and ids are one question's."""
    suite = shipped_suite()
    texts = {document.key: document.text for document in suite.documents}
    asked = [one for one in suite.questions if one.answerable]
    assert len(asked) == 39
    for question in asked:
        (key,) = question.documents
        assert contains(texts[key], question.answers), question
    assert len({one.id for one in suite.questions}) == len(suite.questions)


def test_what_cannot_be_answered_is_about_a_page() -> None:
    """A question a page leaves open, and each trap once, at the end."""
    suite = shipped_suite()
    open_ones = [one for one in suite.questions if not one.answerable]
    assert len(open_ones) == 18 + len(TRAPS)
    assert [one.id for one in suite.questions[-len(TRAPS) :]] == list(TRAPS_BY_KEY)
    assert all(not one.answers for one in open_ones)
