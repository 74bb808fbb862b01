"""Markdown reduced to words, and text made fit for Postgres."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text.plain import clean, to_plain


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## A **bold** _word_ `code`", "A bold word code"),
        ("[text](https://x.y/z) ![alt](a.png)", "text alt"),
        ('[text](x "title") and [ref][1]', "text and ref"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b \n\n 1 2"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("List<String>, __init__ and a_b_c", "List<String>, __init__ and a_b_c"),
        ("*.cfg files below ~/conf/*/on and *this*", "*.cfg files below ~/conf/*/on and this"),
        ("`__main__.py` says `<TIME & TIDE>`", "__main__.py says <TIME & TIDE>"),
        ("```sh\nrun --node <id> *x* __y__\n```\n**b**", "run --node <id> *x* __y__\nb"),
        ("**Use `--all`**: ***now***", "Use --all: now"),
        ("an unclosed ` tick and **bold**", "an unclosed tick and bold"),
        ("a<br>b <https://x.y>", "a b https://x.y"),
        (r"\#team \*", "#team *"),
        ("this &amp; that", "this & that"),
    ],
)
def test_marks_go_and_words_stay(markdown: str, expected: str) -> None:
    """Only what a reader reads is left."""
    assert to_plain(markdown) == expected


def test_clean_takes_out_what_postgres_refuses() -> None:
    """NUL, other controls, lone surrogates and byte order marks go; emoji and tabs stay."""
    assert clean("a\x00b\x07\ud800\ufeff\r\nc\td\u2028e 👩\u200d💻") == "ab\nc\td\ne 👩\u200d💻"


@given(st.text(st.sampled_from("ab_*<>{}~#|[]()!.-\\ "), min_size=1, max_size=30))
def test_code_keeps_every_sign(code: str) -> None:
    """What stands between backticks is the same behind the conversion, blanks in a row aside."""
    squeezed = re.sub(r"[ \t]{2,}", " ", f"x {code} y")
    assert to_plain(f"x `{code}` y") == squeezed


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=100))
def test_clean_text_can_be_stored(text: str) -> None:
    """Any string becomes UTF-8 without NUL, and cleaning it again changes nothing."""
    cleaned = clean(text)
    assert b"\x00" not in cleaned.encode()
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "piece",
    [" ", "\t", "- ", "|", " |", "# ", " #", ":-", "*", "_", "`", "`a", "~~~\n", "<a ", " **a"],
)
def test_no_line_takes_long(piece: str) -> None:
    """A line made to mislead the patterns is read in the time that its length takes."""
    began = time.perf_counter()
    to_plain("a" + piece * 50_000 + "b\n" + piece * 50_000 + "b")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[page](`x`) then run `alpha` and `beta`", "page then run alpha and beta"),
        ("&#xE000;0&#xE001; `a` &#xE000; `b`", "\ue0000\ue001 a \ue000 b"),
        ("\ue0000\ue001 `a` and `&amp;`", "0 a and &amp;"),
        ("*use `a`* and *`b` now*", "use a and b now"),
    ],
)
def test_code_stands_where_it_stood(markdown: str, expected: str) -> None:
    """Neither a link that swallows code nor a sign of a place moves the code behind it."""
    assert to_plain(markdown) == expected


@given(st.lists(st.sampled_from(("`{}`", "**`{}`**", "[p](`{}`)", "&#xE000;`{}`", "*a `{}`*"))))
def test_no_code_is_lost_but_in_an_address(pieces: list[str]) -> None:
    """Each span is in the text, in order, unless a link's address held it."""
    plain = to_plain(" or ".join(piece.format(f"code{n}") for n, piece in enumerate(pieces)))
    kept = [f"code{n}" for n, piece in enumerate(pieces) if "(" not in piece]
    assert re.findall(r"code\d+", plain) == kept
