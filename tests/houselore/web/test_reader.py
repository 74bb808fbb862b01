"""The reader page shows a document safely, with the cited passage marked."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from houselore.web.reader import reader_page, render_document

_TEXT = """# Holidays

Everyone has thirty days.

- Ask your lead.
- Note it in the calendar.

| country | days |
| --- | --- |
| Spain | 14 |
| Italy | 12 |
"""


def _span(words: str) -> tuple[int, int]:
    start = _TEXT.index(words)
    return start, start + len(words)


def test_the_cited_paragraph_is_the_target() -> None:
    """The paragraph that holds the passage is marked, and where the link leads."""
    html = render_document(_TEXT, _span("thirty days"))
    assert '<p class="cited" id="cited">Everyone has thirty days.</p>' in html
    assert html.count("cited") == 2


def test_a_list_item_and_a_table_row_are_marked_alone() -> None:
    """The smallest block that holds the passage is marked, not the list or the table around it."""
    html = render_document(_TEXT, _span("Note it"))
    assert '<li class="cited" id="cited">Note it' in html
    assert "<li>Ask" in html
    html = render_document(_TEXT, _span("| Italy | 12 |"))
    assert html.count("<tr") == 3
    assert html.count('<tr class="cited" id="cited">') == 1


def test_a_passage_over_several_blocks_marks_them_all_with_one_target() -> None:
    """A heading, a paragraph and a list are all marked; the page scrolls to the first."""
    html = render_document(_TEXT, (0, _TEXT.index("- Note")))
    assert html.count('class="cited"') == 3
    assert html.count('id="cited"') == 1
    assert html.startswith('<h1 class="cited" id="cited">')


def test_a_document_cannot_act() -> None:
    """Markup, scripts, pictures and addresses that run code are shown as text."""
    html = render_document(
        "<script>alert(1)</script>\n\n<b onclick=x>b</b> [a](javascript:alert(1)) ![p](http://e/p)",
        None,
    )
    assert "<script" not in html
    assert "<b" not in html.replace("<br", "")
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_a_title_is_escaped() -> None:
    """The title comes from a file's content or name."""
    page = reader_page("</title><script>x", "text", None, datetime(2026, 1, 1, tzinfo=UTC))
    assert "<script" not in page
    assert "has changed since" in page


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_no_text_and_no_offsets_break_the_page(text: str, start: int, end: int) -> None:
    """Whatever the document and wherever the passage, there is a page and at most one target."""
    html = render_document(text, (start, end))
    assert html.count('id="cited"') <= 1
    assert "<script" not in html.lower()
