"""The reader as it ships: what it finds, where, and whatever it is given."""

import asyncio

import pytest

from retrieval.reader.reader import Reader, ReaderInput

TRAVEL = ReaderInput(
    ("Handbook", "Travel", "Flights"),
    "Book flights in Concur at least 14 days before you leave. Éva Müller approves fares above "
    "450 euros. Trains need no approval.",
)
PARKING = ReaderInput(("Handbook", "Office"), "The car park behind the building opens at 7:30.")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who approves fares above 450 euros?", "Éva Müller"),
        ("how many days before do i book a flight", "14"),
        ("where do we book flights", "Concur"),
    ],
)
def test_a_short_fact_is_cut_from_the_source(reader: Reader, question: str, answer: str) -> None:
    """The span's offsets give the source's own letters, capitals and accents, around the fact."""
    (reading,) = reader.read(question, [TRAVEL])
    assert answer in TRAVEL.text[reading.start : reading.end]
    assert reading.end - reading.start < len(answer) + 20
    assert reading.span > 0


def test_the_text_that_answers_comes_first(reader: Reader) -> None:
    """Of two texts each answers its own question with the higher logit."""
    for question, right in (("who approves expensive fares?", 0), ("when does parking open?", 1)):
        readings = reader.read(question, [TRAVEL, PARKING])
        assert readings[right].answers > readings[1 - right].answers + 1


def test_a_cell_is_found_in_its_row(reader: Reader) -> None:
    """A table row with its heads is read: the cell of the wanted column is the span."""
    row = "Plan: Team; Seats: 25; Price per month: 90 euros; Support: e-mail"
    (reading,) = reader.read("how many seats has the team plan", [ReaderInput(("Plans",), row)])
    assert row[reading.start : reading.end] == "25"


def test_an_answer_far_down_is_found(reader: Reader) -> None:
    """A text of many windows is read to its end; the span's offsets are those of the whole text."""
    filler = "Our office has plants, and somebody waters them when it is their turn. " * 60
    text = f"{filler}The passphrase of the guest network is changed by Facilities. {filler}"
    (reading,) = reader.read(
        "Who changes the passphrase of the guest network?", [ReaderInput((), text)]
    )
    assert "Facilities" in text[reading.start : reading.end]
    assert reading.end - reading.start < 70


def test_a_reading_hardly_depends_on_what_else_is_read(reader: Reader) -> None:
    """Alone, in a batch and in any order a text gets the same span and about the same logits.

    Eight bits round otherwise in a batch than alone, on some processors.
    """
    question = "Who approves fares above 450 euros?"
    texts = [
        ReaderInput((), f"Note {n}. " + "Nothing of it matters. " * (n * 5 % 17)) for n in range(9)
    ]
    alone = reader.read(question, [TRAVEL])[0]
    for order in ([TRAVEL, *texts], [*texts, TRAVEL], [*texts[:4], TRAVEL, *texts[4:]]):
        found = reader.read(question, order)[order.index(TRAVEL)]
        assert (found.start, found.end) == (alone.start, alone.end)
        assert found.answers == pytest.approx(alone.answers, abs=0.3)
        assert found.span == pytest.approx(alone.span, abs=0.6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\x00",
        "🙂" * 10,
        "x" * 300_000,
        "word " * 50_000,
        "| a | b |\n|---|---|\n",
        "\uff03\uff11",
    ],
)
def test_any_text_is_read(reader: Reader, text: str) -> None:
    """Whatever a document holds, there is one reading of it, and its span lies inside."""
    for question in ("What is it?", "", "why " * 5000):
        (reading,) = reader.read(question, [ReaderInput(("\x00", "h" * 5000), text)])
        assert 0 <= reading.start <= reading.end <= len(text)


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    """Without texts there are no readings; a text without a word surely answers nothing."""
    assert reader.read("What is it?", []) == []
    assert reader.read("What is it?", [ReaderInput((), "")])[0].answers == -20


async def test_the_loop_goes_on_while_it_reads(reader: Reader) -> None:
    """`aread` gives what `read` gives, in a thread: other tasks run meanwhile."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    long = ReaderInput((), "The plants are watered on Mondays by whoever comes first. " * 80)
    turning = asyncio.create_task(turn())
    readings = await reader.aread("When are plants watered?", [long] * 3)
    turning.cancel()
    assert turns > 2
    assert [one.start for one in readings] == [
        one.start for one in reader.read("When are plants watered?", [long] * 3)
    ]
