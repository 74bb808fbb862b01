"""Words for sources."""

from pathlib import Path

import pytest

from retrieval.errors import ReindexRefused
from retrieval.index.source_catalog import KnownSource
from retrieval.indexing.source_selection import choose_sources


def known(location: str, *readers: str) -> KnownSource:
    """A source there."""
    return KnownSource(1, "files", location, frozenset(readers or {"public"}), None, None, 3)


SOURCES = [
    known("/srv/docs"),
    known("/srv/old/docs"),
    known("/srv/team", "channel:C1", "person:U1"),
]


@pytest.mark.parametrize(
    ("word", "locations"),
    [
        (None, ["/srv/docs", "/srv/old/docs", "/srv/team"]),
        ("docs/", ["/srv/docs", "/srv/old/docs"]),
        ("./old/docs", ["/srv/old/docs"]),
        ("/srv/docs/", ["/srv/docs"]),
        ("channel:C1", ["/srv/team"]),
    ],
)
def test_a_word_means_sources(word: str | None, locations: list[str]) -> None:
    """None is all; a place, or the end of one, is the sources there; a channel what it reads."""
    assert [source.location for source in choose_sources(SOURCES, word)] == locations


def test_a_path_is_understood_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is that of the folder it was typed in."""
    monkeypatch.chdir(tmp_path)
    assert choose_sources([known(str(tmp_path))], ".")


@pytest.mark.parametrize(
    ("word", "says"),
    [("ocs", "These are known: /srv/docs"), ("/", "No source"), ("channel:C2", "this channel's")],
)
def test_what_means_none_is_refused(word: str, says: str) -> None:
    """The sentence says which sources there are."""
    with pytest.raises(ReindexRefused, match=says):
        choose_sources(SOURCES, word)


def test_an_empty_catalog_says_how_to_begin() -> None:
    """Before anything was indexed."""
    with pytest.raises(ReindexRefused, match="houselore index PATH"):
        choose_sources([], None)
