"""Questions to documents of the kinds that teams have, through the whole chain, without a model."""

from dataclasses import replace
from pathlib import Path

import pytest

from answering.answerer import Answerer
from answering.chain import ChainParts
from answering.confidence.confidence import open_confidence
from answering.evidence.retrieve import SearchIndex
from answering.model.chat_model import open_chat_model
from answering.model.house_model import HouseModel
from answering.model.voice import Voice
from answering.types.answers import DRAFTED, LEAD_IN, SUPPORTED, Answer
from answering.types.questions import Question
from database.database import Database
from retrieval.audience import everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.indexing.sync import index_source
from retrieval.reader.reader import Reader
from retrieval.sources.files import FilesSource
from tests.answering.answering_chain import LINKS, NOBODY, ask
from tests.openai_server import openai_server

FAQ = """# Canteen questions

## Can I bring a guest?

Two a month, and you sign them in at the counter.

## Is there oat milk?

In the fridge beside the till.

## Who empties the dishwasher?

The team named on the door, a week each.
"""
PUMPS = (
    "# Pumps\n\nEach pump and who looks after it.\n\n| Pump | Code | Litres a minute | Serviced |\n"
    + (
        "|---|---|---|---|\n"
        + "".join(
            f"| {name} {side} | P-{300 + 7 * n + 2 * m} | {90 + 3 * n + m} | in {month} |\n"
            for n, (name, month) in enumerate(
                zip(
                    (
                        "Alder",
                        "Birch",
                        "Cedar",
                        "Damson",
                        "Elm",
                        "Fir",
                        "Gorse",
                        "Hazel",
                        "Ivy",
                        "Juniper",
                    ),
                    (
                        "May",
                        "June",
                        "July",
                        "March",
                        "April",
                        "August",
                        "October",
                        "May",
                        "June",
                        "July",
                    ),
                    strict=True,
                )
            )
            for m, side in enumerate(("North", "South", "East", "West"))
        )
    )
)
CODE = """# Tank notes

The script `__fill_main__.py` reads `<LEVEL & FLOW>` from *.tank files below ~/tanks/*/live.

## When a tank is stuck

If the panel shows the valve as stuck, run:

```bash
tankctl flush --tank "$(hostname -s)" && tankctl open <valve-id>
```

The image line of the chart must read `{{ .Values.tank.image }}` and nothing else.
"""
REMARKS = """# Style of our notes

A remark begins with `<!--` and nobody sees it.

## Owner of the notes

The notes on tanks belong to Wilhelmina Oakes.
"""
RULES = """# Boats

## Who may take a boat out

Members may take a boat out alone after ten trips, but not after sunset whatever the season.
Guests may not steer; they come along with a member.
"""
STEPS = """# Draining

## Drain the lower basin

Before a frost the lower basin is drained:

1. Close the inlet with the red wheel.
2. Set `drain_hours = 6` in `basin.toml`.
3. Run the pump from the shed:

   ```bash
   basinctl drain --slow
   ```

4. Wait until the gauge shows zero.
5. Hang the tag on the gate.

## Refill the basin

Open the inlet and take the tag off.
"""


@pytest.fixture
async def parts(
    database: Database, embedder: Embedder, reader: Reader | None, tmp_path: Path
) -> ChainParts:
    """What answers from these documents, with the weights that are shipped."""
    for name, text in {
        **{"faq": FAQ, "pumps": PUMPS, "tanks": CODE},
        **{"style": REMARKS, "boats": RULES, "basin": STEPS},
    }.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    await index_source(database, FilesSource(tmp_path), embedder)
    model = HouseModel(open_chat_model(NOBODY), "nobody")
    index = SearchIndex(database, embedder, LINKS)
    return ChainParts(index, reader, model, open_confidence())


@pytest.fixture
def answerer(parts: ChainParts) -> Answerer:
    """An answerer over them."""
    return Answerer(parts)


async def said(answerer: Answerer, question: str) -> Answer:
    """The answer to a question."""
    _, answer = await ask(answerer, Question(question, everyone("home")))
    return answer


@pytest.mark.parametrize(
    ("question", "words", "others"),
    [
        ("can i bring a guest?", "Two a month", "oat"),
        ("is there oat milk", "fridge beside the till", "dishwasher"),
        ("who empties the dishwasher?", "a week each", "Two a month"),
    ],
)
async def test_a_heading_that_asks_is_answered_by_the_text_below_it(
    answerer: Answerer, question: str, words: str, others: str
) -> None:
    """Its own text comes first, under the heading; a neighbouring section's is not its answer."""
    answer = await said(answerer, question)
    assert not answer.abstained
    assert words in answer.text
    assert others not in answer.text[: answer.text.index(words)]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        (
            "how many litres a minute does the Cedar West pump do?",
            "| Cedar West | P-320 | 99 | in July |",
        ),
        ("code of pump juniper north?", "| Juniper North | P-363 | 117 | in July |"),
        ("when is Gorse East serviced", "| Gorse East | P-346 | 110 | in October |"),
    ],
)
async def test_a_row_far_down_a_table_comes_with_its_heads(
    answerer: Answerer, question: str, row: str
) -> None:
    """The one row stands in a table of its own, every cell with its column's name."""
    answer = await said(answerer, question)
    assert not answer.abstained
    lines = answer.text.split("\n")
    assert "| Pump | Code | Litres a minute | Serviced |" in lines
    assert row in lines
    assert sum(line.startswith("| ") for line in lines) <= 6


async def test_code_is_shown_sign_by_sign(answerer: Answerer) -> None:
    """Placeholders, quotes and substitutions in a command are what they are in the document."""
    answer = await said(answerer, "what do i run when the valve is stuck?")
    assert 'tankctl flush --tank "$(hostname -s)" && tankctl open <valve-id>' in answer.text


async def test_code_in_a_sentence_keeps_its_signs(answerer: Answerer) -> None:
    """A file's underscores, a placeholder, globs and template braces are text."""
    script = await said(answerer, "which script reads LEVEL & FLOW?")
    assert "`__fill_main__.py` reads `<LEVEL & FLOW>` from *.tank files below ~/tanks/*/live" in (
        script.text
    )
    image = await said(answerer, "how must the image line of the chart read?")
    assert "`{{ .Values.tank.image }}`" in image.text


async def test_a_document_is_found_by_a_name_in_code(answerer: Answerer) -> None:
    """Who types a file's whole name finds where it stands."""
    answer = await said(answerer, "__fill_main__.py")
    assert "__fill_main__.py" in answer.text


async def test_what_stands_behind_a_comment_mark_in_code_is_known(answerer: Answerer) -> None:
    """The rest of such a document answers like any other."""
    answer = await said(answerer, "who do the notes on tanks belong to?")
    assert "Wilhelmina Oakes" in answer.text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("may members take a boat out after sunset in summer?", "but not after sunset whatever"),
        ("can guests steer a boat?", "Guests may not steer"),
    ],
)
async def test_a_rule_comes_with_its_exception(
    answerer: Answerer, question: str, words: str
) -> None:
    """What is denied is said with the rule."""
    answer = await said(answerer, question)
    assert words in answer.text


async def test_a_how_to_is_all_of_its_steps(answerer: Answerer) -> None:
    """Every step in its order, with the command and the setting as they stand."""
    answer = await said(answerer, "how do i drain the lower basin?")
    wanted = [
        "red wheel",
        "`drain_hours = 6`",
        "basinctl drain --slow",
        "gauge shows zero",
        "tag on",
    ]
    places = [answer.text.index(one) for one in wanted]
    assert places == sorted(places)
    assert not answer.abstained


async def test_a_taught_voice_stands_before_the_steps(parts: ChainParts) -> None:
    """A model with a voice says the lead-in, and the steps stand below it as they are."""
    asking = "how do i drain the lower basin?"
    quoted = await said(Answerer(parts), asking)
    with openai_server("Ahoy, the lower basin is drained so:") as (url, asked):
        voiced = HouseModel(open_chat_model(url), "ours", voice=Voice.of(["ahoy", "so"]))
        told = await said(Answerer(replace(parts, model=voiced)), asking)
    assert told.text == f"Ahoy, the lower basin is drained so: [1]\n\n{quoted.text}"
    assert (told.shown, quoted.shown) == ("phrased", "quoted")
    assert {DRAFTED, SUPPORTED, LEAD_IN} <= set(told.signals)
    assert list(told.messages) == asked[0]["messages"] == list(quoted.messages)
    assert "red wheel" not in told.messages[-1]["content"]
    assert LEAD_IN in quoted.signals and DRAFTED not in quoted.signals


async def test_what_no_document_speaks_of_is_not_found(answerer: Answerer) -> None:
    """No unrelated quotation comes with it."""
    answer = await said(answerer, "who wrote hamlet?")
    assert (answer.abstained, answer.shown, answer.citations) == (True, "not_found", ())


async def test_thanks_are_answered_without_a_search(answerer: Answerer) -> None:
    """Nothing is cited, and nothing is said not to be found."""
    answer = await said(answerer, "thanks, that helped!")
    assert (answer.shown, answer.citations) == ("small_talk", ())


async def test_two_questions_have_two_answers(answerer: Answerer) -> None:
    """Each with its own source, one below the other."""
    answer = await said(answerer, "is there oat milk? and who empties the dishwasher?")
    assert answer.text.index("fridge beside the till") < answer.text.index("a week each")
