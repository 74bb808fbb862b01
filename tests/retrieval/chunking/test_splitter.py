"""Documents cut into chunks along their structure."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.chunking.packing import CHUNK_TOKENS
from retrieval.chunking.splitter import CONTEXT_TOKENS, embedded_text, split
from retrieval.documents import Chunk, Document
from retrieval.embeddings.embedder import Embedder

READ_BY_MINILM = 254


def document(text: str, title: str = "Title") -> Document:
    """A document of this text."""
    return Document("key.md", title, text, "1")


def words(text: str) -> int:
    """A token a word, for tests about structure alone."""
    return len(text.split())


def paragraph(word: str, count: int) -> str:
    """Sentences of ten words, `count` words in all."""
    return " ".join([f"{word.capitalize()} {' '.join([word] * 8)} end."] * (count // 10))


def test_a_short_document_is_one_chunk_under_its_title() -> None:
    """What fits is not cut, and the title is embedded with it."""
    (chunk,) = split(document("# Leave\n\nTake it.\n\n## How\n\nAsk."), words)
    assert chunk.text == "# Leave\n\nTake it.\n\n## How\n\nAsk."
    assert chunk.headings == ("Leave",)
    assert embedded_text(chunk).startswith("Title\nLeave")


def test_chunks_keep_to_their_sections() -> None:
    """Two sections that are not tiny are two chunks, each under its own headings."""
    text = f"# A\n\n{paragraph('one', 90)}\n\n# B\n\n## C\n\n{paragraph('two', 100)}"
    first, second = split(document(text), words)
    assert (first.headings, second.headings) == (("A",), ("B",))
    assert second.text.startswith("# B\n\n## C")


def test_small_sections_are_joined_with_their_siblings() -> None:
    """Tiny sections make one chunk under the heading they share, not one each."""
    text = (
        "# Top\n\n"
        + paragraph("top", 150)
        + "".join(f"\n\n## Part {n}\n\n{paragraph('part', 20)}" for n in range(4))
    )
    chunks = split(document(text), words)
    assert [chunk.headings for chunk in chunks] == [("Top",), ("Top",)]
    assert chunks[1].text.count("## Part") == 4


def test_a_heading_does_not_stand_alone_above_a_full_section() -> None:
    """The heading goes with the first of its section's chunks."""
    chunks = split(document(f"## Long\n\n{paragraph('word', 400)}"), words)
    assert chunks[0].text.startswith("## Long\n\nWord")
    assert all(chunk.headings == ("Long",) for chunk in chunks)
    assert all(chunk.context == "Title > Long" for chunk in chunks[1:])


def test_a_paragraph_that_does_not_fit_begins_a_chunk() -> None:
    """It is not torn for the sake of a chunk that is half full already."""
    first, second = paragraph("one", 100), paragraph("two", 150)
    chunks = split(document(f"{first}\n\n{second}"), words)
    assert [chunk.text for chunk in chunks] == [first, second]


def test_a_long_table_is_cut_between_rows_and_its_header_embedded_again() -> None:
    """No row is torn, the header is in the context of later chunks and not in their text."""
    rows = "\n".join(f"| city {n} | {n} people live there |" for n in range(100))
    chunks = split(document(f"| City | People |\n|---|---|\n{rows}"), words)
    assert len(chunks) > 2
    for chunk in chunks[1:]:
        assert chunk.context == "Title\n| City | People |"
        assert "City | People" not in chunk.text
        assert all(line.endswith("there |") for line in chunk.text.splitlines())


def test_two_headings_of_one_name_are_two_sections() -> None:
    """Sections are told apart by their place, not by their name."""
    text = f"# A\n\n## Notes\n\n{paragraph('x', 90)}\n\n# B\n\n## Notes\n\n{paragraph('y', 90)}"
    assert len(split(document(text), words)) == 2


def test_links_count_as_their_words() -> None:
    """An address in a link is neither counted nor embedded, and stays in the text."""
    text = "See [the guide](https://example.org/a/very/long/address)."
    (chunk,) = split(document(text), words)
    assert chunk.text == text
    assert embedded_text(chunk) == "Title\nSee the guide."


LINES = ("# One", "## Two", "### Three", "- item", "| a | b |", "|---|---|", "```", "---", "", "  ")
RUNS = ("word " * 30, "A sentence of some words. " * 12, "x" * 700, "東京は日本の首都です。" * 20)
PIECES = st.sampled_from([*(f"{line}\n" for line in LINES), *RUNS, "[l](https://e.org/x) ", "🙂"])


def assert_exact(text: str, chunks: list[Chunk]) -> None:
    """Chunks are exact spans in order, and nothing but blanks is outside them."""
    place = 0
    for position, chunk in enumerate(chunks):
        assert chunk.position == position
        assert place <= chunk.start < chunk.end
        assert chunk.text == text[chunk.start : chunk.end] == chunk.text.rstrip() != ""
        assert not text[place : chunk.start].strip()
        place = chunk.end
    assert not text[place:].strip()


@settings(max_examples=60, deadline=None)
@given(text=st.lists(PIECES, max_size=40).map("".join), title=st.text(max_size=80))
def test_spans_are_exact_and_the_embedder_reads_all_of_them(
    minilm: Embedder, text: str, title: str
) -> None:
    """Whatever the text, chunks hold all of it and fit what the embedder reads, context and all."""
    chunks = split(document(text, title), minilm.count_tokens)
    assert_exact(text, chunks)
    for chunk in chunks:
        assert minilm.count_tokens(embedded_text(chunk)) <= READ_BY_MINILM
        assert len(chunk.text) <= 10 * CHUNK_TOKENS + 100


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_cut_exactly(text: str) -> None:
    """No character of any script makes a span wrong."""
    assert_exact(text, split(document(text), words))


def test_a_long_title_and_deep_headings_leave_room_for_the_text() -> None:
    """The context stays within its own budget."""
    text = "".join(f"{'#' * n} {paragraph('heading', 40)}\n\n" for n in range(1, 7)) + "Body."
    for chunk in split(document(text, paragraph("title", 200)), words):
        assert words(chunk.context) <= CONTEXT_TOKENS


@pytest.mark.parametrize(
    "unit", ["word ", "a", "Hi. ", "# a\n", "- x\n", "|a|\n", "。", "\n", "```\n"]
)
def test_a_large_document_takes_time_in_proportion(unit: str) -> None:
    """Half a megabyte of anything is cut within seconds into pieces of a sane size."""
    text = unit * (500_000 // len(unit)) + "end"
    started = time.process_time()
    chunks = split(document(text), words)
    assert time.process_time() - started < 10
    assert max(len(chunk.text) for chunk in chunks) <= 10 * CHUNK_TOKENS + 100
