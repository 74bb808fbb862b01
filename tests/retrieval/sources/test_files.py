"""A folder of files as a source."""

import os
from pathlib import Path

import pytest

from retrieval.errors import EmptyDocument, SourceNotFound, UnreadableDocument
from retrieval.sources.files import MOST_BYTES, FilesSource


def keys(source: FilesSource) -> list[str]:
    """The keys of what is to be read."""
    return [listed.key for listed in source.listing() if listed.left_out is None]


def test_documents_below_a_folder_are_listed_and_hidden_ones_are_not(tmp_path: Path) -> None:
    """Keys are paths below the folder; hidden files and folders are passed over."""
    for name in ("b.md", "a/one.txt", "a/.hidden.md", ".git/x.md", "node_modules/x.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Text")
    assert keys(FilesSource(tmp_path)) == ["b.md", "a/one.txt"]


def test_one_file_is_a_source_too(tmp_path: Path) -> None:
    """Its key is its name."""
    (tmp_path / "note.md").write_text("# Hello")
    (tmp_path / "other.md").write_text("# Other")
    source = FilesSource(tmp_path / "note.md")
    assert keys(source) == ["note.md"]
    assert source.read("note.md").title == "Hello"


def test_what_is_no_document_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    """A picture among the texts is listed as left out, and says why."""
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    (listed,) = FilesSource(tmp_path).listing()
    assert listed.left_out == "logo.png is neither Markdown, HTML, text, PDF nor DOCX."


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    """Links to files and folders outside give nothing; one that stays inside is read."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("Secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "real.md").write_text("Real")
    (inside / "good.md").symlink_to(inside / "real.md")
    (inside / "bad.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "gone.md").symlink_to(inside / "nowhere.md")
    source = FilesSource(inside)
    assert keys(source) == ["good.md", "real.md"]
    assert any("leads out" in (listed.left_out or "") for listed in source.listing())


def test_a_link_to_itself_is_left_out(tmp_path: Path) -> None:
    """A link that leads nowhere but to itself is named, and the rest is listed and read."""
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "real.md").write_text("Real")
    source = FilesSource(tmp_path)
    assert keys(source) == ["real.md"]
    assert "loop.md is a link that leads nowhere." in [each.left_out for each in source.listing()]
    with pytest.raises(UnreadableDocument, match="leads nowhere"):
        source.read("loop.md")
    with pytest.raises(SourceNotFound):
        list(FilesSource(tmp_path / "loop.md").listing())


def test_a_pipe_is_no_source(tmp_path: Path) -> None:
    """What is neither a file nor a folder is refused, not taken for an empty folder."""
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(SourceNotFound, match="neither a file nor a folder"):
        list(FilesSource(tmp_path / "pipe.md").listing())


def test_a_file_swapped_for_a_link_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    """Reading checks again where the file lies."""
    (tmp_path / "outside.md").write_text("Secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(UnreadableDocument, match="leads out"):
        FilesSource(inside).read("a.md")


@pytest.mark.parametrize("key", ["../outside.md", "/etc/hostname"])
def test_a_key_that_leads_out_is_refused(tmp_path: Path, key: str) -> None:
    """A key cannot climb out of the folder."""
    (tmp_path / "outside.md").write_text("Secret")
    (tmp_path / "inside").mkdir()
    with pytest.raises(UnreadableDocument, match="leads out"):
        FilesSource(tmp_path / "inside").read(key)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The sentence names the path."""
    with pytest.raises(SourceNotFound, match=r"nowhere is not there"):
        list(FilesSource(tmp_path / "nowhere").listing())


def test_a_version_changes_with_the_file_and_with_the_addresses(tmp_path: Path) -> None:
    """An edit, even of the same length, is seen; so is another URL prefix."""
    file = tmp_path / "a.md"
    file.write_text("one")
    before = next(FilesSource(tmp_path).listing()).version
    assert next(FilesSource(tmp_path).listing()).version == before
    moved = next(FilesSource(tmp_path, url_prefix="https://x/").listing()).version
    file.write_text("two")
    os.utime(file, ns=(1, 1))
    after = next(FilesSource(tmp_path).listing()).version
    assert len({before, after, moved}) == 3


def test_a_document_has_title_address_readers_and_time(tmp_path: Path) -> None:
    """What a citation needs comes with the text; the address is safe in a link."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "c#d.md").write_text("# Head\n\nBody")
    os.utime(tmp_path / "a b" / "c#d.md", (1_700_000_000, 1_700_000_000))
    readers = frozenset({"channel:C1"})
    document = FilesSource(tmp_path, readers, "https://wiki/").read("a b/c#d.md")
    assert (document.title, document.readers) == ("Head", readers)
    assert document.url == "https://wiki/a%20b/c%23d.md"
    assert document.modified_at is not None
    assert document.modified_at.timestamp() == 1_700_000_000


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    """200 MB get a sentence with the file's name and size."""
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(4 * MOST_BYTES)
    with pytest.raises(UnreadableDocument, match=r"huge\.md has 200 MB; the most is 50 MB"):
        FilesSource(tmp_path).read("huge.md")


@pytest.mark.parametrize("data", [b"", b" \n\n", b"---\ntitle: x\n---\n", b"<!-- only -->"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, data: bytes) -> None:
    """Nothing to read is a failure of its own kind."""
    (tmp_path / "a.md").write_bytes(data)
    with pytest.raises(EmptyDocument, match=r"a\.md is empty"):
        FilesSource(tmp_path).read("a.md")


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    """A file deleted between listing and reading is a failure, no crash."""
    with pytest.raises(UnreadableDocument, match=r"a\.md cannot be opened: No such file"):
        FilesSource(tmp_path).read("a.md")
