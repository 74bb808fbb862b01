"""Source links open what they were made for and nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.types.reader_links import SourceLinks

READERS = frozenset({"public"})
LINKS = SourceLinks("http://127.0.0.1:3001/", b"0123456789abcdef")


def key_of(url: str) -> str:
    """The signature in a link."""
    return parse_qs(urlsplit(url).query)["key"][0]


def test_a_link_opens_its_document() -> None:
    """The key in a link is accepted for its own document and chunk."""
    url = LINKS.link(7, 9, READERS)
    assert url.startswith("http://127.0.0.1:3001/documents/7?chunk=9&key=")
    assert LINKS.verify(7, 9, READERS, key_of(url))


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_key_holds_for_no_other_passage(a: int, b: int, c: int, d: int) -> None:
    """A key verifies exactly for the pair that it was made for."""
    assert LINKS.verify(c, d, READERS, key_of(LINKS.link(a, b, READERS))) == ((a, b) == (c, d))


@pytest.mark.parametrize("readers", [{"person:U1"}, {"public", "person:U1"}, set()])
def test_a_key_holds_for_no_other_readers(readers: set[str]) -> None:
    """A document that others may read now is not opened by a link from before."""
    assert not LINKS.verify(7, 9, readers, key_of(LINKS.link(7, 9, READERS)))


def test_another_installation_makes_other_keys() -> None:
    """Without the secret no key can be made."""
    other = SourceLinks("http://127.0.0.1:3001", b"another secret of 16")
    assert not LINKS.verify(7, 9, READERS, key_of(other.link(7, 9, READERS)))


def test_a_key_of_strange_letters_is_refused() -> None:
    """A key that is not even ASCII is refused without an error."""
    assert not LINKS.verify(7, 9, READERS, "ключ")


def test_a_short_secret_is_refused() -> None:
    """A secret that could be guessed is refused when the links are made."""
    with pytest.raises(ValueError, match="16 bytes"):
        SourceLinks("http://127.0.0.1:3001", b"short")
