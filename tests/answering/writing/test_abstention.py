"""What is said instead of an answer names what was looked for and where."""

from hypothesis import given
from hypothesis import strategies as st

from answering.writing.abstention import say_where_nothing_was
from retrieval.index.source_catalog import ReadableSource
from text.plain import shorten


def test_the_documents_and_sources_are_named() -> None:
    """At most three sources by name, the largest first, and how many documents in all."""
    sources = [
        ReadableSource(name, count) for name, count in zip("abcde", (9, 4, 3, 2, 1), strict=True)
    ]
    said = say_where_nothing_was("Who has  the keys?", sources)
    assert said.startswith(
        "I found nothing about “Who has the keys?” in the 19 documents that everyone here may read "
        "(a, b, c and 2 more)."
    )


def test_one_document_and_none() -> None:
    """Small numbers read well."""
    assert "in the one document that everyone here may read (wiki)." in say_where_nothing_was(
        "Keys?", [ReadableSource("wiki", 1)]
    )
    assert "so far that is no document" in say_where_nothing_was("Keys?", [])


@given(st.text(max_size=300), st.integers(20, 200))
def test_a_shortened_text_is_its_own_beginning(text: str, most: int) -> None:
    """It is the text or at most `most` characters of it and a sign that more follows."""
    short = shorten(text, most)
    assert short == text or (text.startswith(short[:-2]) and len(short) <= most + 2)
