"""Texts turned into search terms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lexical import LONGEST_TERM, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running shoes", ["run", "shoe"]),
        ("What is the policy?", ["polici"]),
        ("getUserById", ["getuserbyid", "get", "user", "id"]),
        ("HTTP_429", ["http_429", "http", "429"]),
        ("#team-data", ["team-data", "team", "data"]),
        ("XMLHttpRequest", ["xmlhttprequest", "xml", "http", "request"]),
        ("docs/setup.md", ["docs/setup.md", "doc", "setup", "md"]),
        ("Café CAFE", ["cafe", "cafe"]),
        ("the user's", ["user"]),
        ("今天天气", ["今天", "天天", "天气"]),
        ("東", ["東"]),
        ("한국어 text", ["한국", "국어", "text"]),
        ("text混合text", ["text", "混合", "text"]),
        ("हिन्दी", ["हिन्दी"]),
        ("the of and", []),
        ("🙂 … — ' \x00", []),
        ("", []),
    ],
)
def test_terms_of_many_kinds_of_text(text: str, expected: list[str]) -> None:
    """Words are stemmed, identifiers kept whole and split, scripts without blanks paired."""
    assert terms(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_terms_are_short_and_never_empty(text: str) -> None:
    """Any text at all gives terms that fit the index."""
    assert all(0 < len(term) <= LONGEST_TERM for term in terms(text))
