"""A long draft is cut into whole blocks while it is written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.grounding.draft_blocks import DraftBlock, cut_torn, take_blocks

TEXT = """\
## Gates

You need:

- a key
  - of brass
- a lamp

| Gate | Opens |
|---|---|
| East | 8:30 |

```sh
open --east
```

Wait there. Then go in.
"""


def taken(pieces: list[str]) -> list[DraftBlock]:
    """The blocks of what is written piece by piece."""
    found, waiting = list[DraftBlock](), ""
    for piece in pieces:
        blocks, waiting = take_blocks(waiting + piece, ended=False)
        found += blocks
    return found + take_blocks(waiting, ended=True)[0]


@given(st.lists(st.integers(0, len(TEXT)), max_size=20).map(sorted))
def test_the_cut_of_the_tokens_does_not_matter(cuts: list[int]) -> None:
    """However the text is cut, the same blocks are found."""
    edges = [0, *cuts, len(TEXT)]
    pieces = [TEXT[a:b] for a, b in pairwise(edges)]
    assert taken(pieces) == taken([TEXT])
    assert [block.kind for block in taken([TEXT])] == [
        "heading", "paragraph", "item", "item", "item", "table", "code", "paragraph",
    ]  # fmt: skip


def test_a_list_waits_until_it_is_whole() -> None:
    """Its last item may hold an exception to the first."""
    blocks, waiting = take_blocks("You need:\n\n- a key\n- a lamp\n", ended=False)
    assert [block.text for block in blocks] == ["You need:"]
    assert waiting == "- a key\n- a lamp\n"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Wait there. Then go", "Wait there."),
        ("- a key\n- a la", "- a key"),
        ("| A | B |\n|---|---|\n| c | d |\n| e", "| A | B |\n|---|---|\n| c | d |"),
        ("Run:\n\n```\nopen", "Run:"),
        ("## Ga", ""),
        ("", ""),
    ],
    ids=["sentence", "item", "row", "code", "heading", "nothing"],
)
def test_what_is_torn_is_cut_off(text: str, kept: str) -> None:
    """It might have gone on to say something else."""
    assert cut_torn(text).rstrip() == kept
