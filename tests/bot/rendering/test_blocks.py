"""Block Kit holds Slack's limits and Slack's own schema, whatever an answer contains."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from answering.types.answers import Answer, Citation
from bot.rendering.blocks import (
    ANSWER_LIMIT,
    actions,
    below_answer,
    button,
    context,
    cut,
    fallback,
    header,
    markdown,
    section,
)
from bot.rendering.mrkdwn import safe_markdown

CITATIONS = st.lists(
    st.builds(
        Citation,
        n=st.integers(1, 99),
        document_id=st.integers(1),
        chunk_id=st.integers(1),
        title=st.text(max_size=300),
        url=st.one_of(st.just("https://docs.example.com/a?b=c&d"), st.text(max_size=20)),
        quote=st.text(max_size=800),
    ),
    max_size=14,
)


@cache
def _schema(path: Path) -> Any:
    schema = json.loads(path.read_text())
    # A definition of its own, since Slack's union of blocks is not the schema's root everywhere.
    return jsonschema.Draft7Validator(schema)


def _check(shared_data: Path, blocks: list[Any]) -> None:
    validator = _schema(shared_data / "slack" / "Blocks.schema.json")
    kinds = {block["type"] for block in blocks}
    assert kinds
    for block in json.loads(json.dumps(blocks)):
        errors = list(validator.iter_errors([block]))
        assert not errors, errors[:2]


def _answer(text: str, citations: list[Citation]) -> Answer:
    return Answer(text, tuple(citations), False, "house", 1, "1")


@settings(max_examples=50)
@given(st.text(max_size=20_000), CITATIONS)
def test_an_answer_fits_into_a_message(text: str, citations: list[Citation]) -> None:
    """Text and sources together stay under 12,000 characters, each part under its own limit."""
    blocks = [markdown(safe_markdown(text)), *below_answer(_answer(text, citations))]
    elements = [e for block in blocks if block["type"] == "context" for e in block["elements"]]
    assert len(blocks[0]["text"]) <= ANSWER_LIMIT
    assert all(len(e["text"]) <= 3_000 for e in elements)
    assert len(elements) <= 10
    assert len(blocks[0]["text"]) + sum(len(e["text"]) for e in elements) <= 12_000
    assert len(fallback(text)) <= 4_000


def test_blocks_are_what_slack_describes(shared_data: Path) -> None:
    """Every kind of block we build is valid by Slack's own types."""
    citation = Citation(1, 2, 3, "Deploying <b>", "https://a.b/c", "Run <!channel>")
    blocks = [
        header("Houselore"),
        section("Some *text*"),
        context("small"),
        actions(button("share", "Share in channel", "7", primary=True)),
        markdown("**bold**"),
        *below_answer(_answer("x", [citation]), "A note"),
    ]
    _check(shared_data, blocks)


def test_sources_name_link_and_quotation() -> None:
    """A source is a number, a linked title and the quotation, with nothing in it that acts."""
    citation = Citation(2, 2, 3, "Deploying", "https://a.b/c", "Run <!channel>\n now")
    element = below_answer(_answer("x", [citation]))[0]["elements"][0]
    assert element["text"] == "*[2]* <https://a.b/c|Deploying>\n“Run &lt;!channel&gt; now”"
    assert element["verbatim"] is True


def test_a_quotation_in_the_answer_is_not_repeated() -> None:
    """A source whose quotation is the answer is a number and a link; the others keep theirs."""
    citations = [
        Citation(1, 2, 3, "Deploying", "https://a.b/c", "Run make\ndeploy."),
        Citation(2, 2, 4, "Rolling back", "https://a.b/d", "Run make back."),
    ]
    answer = _answer("The closest I found:\n\n> Run make deploy. [1]", citations)
    first, second = below_answer(answer)[0]["elements"]
    assert first["text"] == "*[1]* <https://a.b/c|Deploying>"
    assert second["text"].endswith("\n“Run make back.”")


def test_a_quotation_shows_no_marks() -> None:
    """A quotation is bare words, and is known again in an answer that shows it as a list."""
    quote = "**Never** share:\n\n- a `key`\n- a token … Ask first."
    citation = Citation(1, 2, 3, "Keys", "https://a.b/c", quote)
    (element,) = below_answer(_answer("Ask.", [citation]))[0]["elements"]
    assert element["text"].endswith("\n“Never share: • a key • a token … Ask first.”")
    text = "> Never share:\n>\n> * a **key**\n> * a token [1]\n\nAsk first. [1]"
    (element,) = below_answer(_answer(text, [citation]))[0]["elements"]
    assert element["text"] == "*[1]* <https://a.b/c|Keys>"


def test_long_text_says_that_it_is_shortened() -> None:
    """A text over the limit ends with a note, and is no longer than the limit."""
    assert cut("word " * 4_000).endswith("_… shortened._")
    assert len(cut("word " * 4_000)) <= ANSWER_LIMIT
