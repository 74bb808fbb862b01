"""Pairs to windows of tokens: nothing of a block is skipped, and all fit the model."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.embeddings.minilm import open_tokenizer
from retrieval.reader.pairs import join_pair
from retrieval.reader.windows import MOST_TOKENS, Windower

TOKENIZER = open_tokenizer()
WINDOWER = Windower(TOKENIZER)
TEXTS = st.text(st.sampled_from("ab Ä.\n|`1é, 的-"), max_size=2000)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_each_token_of_a_block_is_in_a_window(
    question: str, text: str, headings: list[str]
) -> None:
    """All of a block's tokens are read, in windows that fit, at their places in the block."""
    windows = WINDOWER.cut([join_pair(question, headings, text)])
    offsets = TOKENIZER.encode(text, add_special_tokens=False).offsets
    assert {place for window in windows for place in window.offsets} == set(offsets)
    for window in windows:
        assert len(window.ids) == len(window.types) <= MOST_TOKENS
        assert len(window.ids) == window.block + len(window.offsets) + 1


def test_a_pair_is_read_as_it_was_taught() -> None:
    """A short pair's tokens are those of the tokenizer's own joining of the two texts."""
    pair = join_pair("Who pays?", ("Travel", "Fares"), "The team pays: 30 euros.")
    (window,) = WINDOWER.cut([pair])
    joined = TOKENIZER.encode(pair.question, pair.passage)
    assert (window.ids, window.types) == (joined.ids, joined.type_ids)
    assert pair.passage == "Travel > Fares: The team pays: 30 euros."


def test_the_innermost_headings_are_kept() -> None:
    """Of headings without end the last ones are read, and the block keeps its room."""
    pair = join_pair("Who?", ("x" * 3000, "Fares"), "The team.")
    assert pair.passage.endswith(" > Fares: The team.")
    assert len(pair.passage) < 200


def test_a_block_without_end_is_read_up_to_a_limit() -> None:
    """A document made to cost time costs sixteen windows, no more."""
    assert len(WINDOWER.cut([join_pair("why?", (), "a b c " * 200_000)])) == 16
