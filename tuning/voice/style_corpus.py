"""Turn texts in the house voice into SFT examples that teach the voice without teaching facts.

The note in each prompt says plainly what the answer says in the house voice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from psycopg.rows import tuple_row

from answering.evidence.notes import Evidence
from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.documents import Document, Passage
from text.markdown_blocks import scan_blocks
from text.plain import to_plain
from text.sentences import split_sentences
from tuning.datasets.formats import DatasetRow
from tuning.errors import UnusableExamples
from tuning.examples_for_training import lesson
from tuning.voice.markers import find_markers, say_plainly

_SQL = load_statements("tuning.voice")
_SENTENCES = 3  # of an answer, as the house prompt asks for
_FEWEST_WORDS = 3  # a shorter note says nothing
_MOST_OTHERS = 500  # documents


@dataclass(frozen=True, slots=True)
class VoiceExamples:
    """The `sft` examples of some texts, and the markers of the voice, most frequent first.

    `alike` counts the pieces without any marker, which teach nothing.
    """

    rows: tuple[DatasetRow, ...]
    markers: tuple[str, ...]
    alike: int


@dataclass(frozen=True, slots=True)
class _Piece:
    title: str
    topic: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def teach_voice(texts: Sequence[Document], others: Sequence[Document]) -> VoiceExamples:
    """Make examples of each paragraph, a few sentences at a time: plain note, answer as it stands.

    Markers are what the team's `others` lack. Raises UnusableExamples if there are none.
    """
    pieces = [piece for text in texts for piece in _pieces(text)]
    plain = [piece.text for other in others for piece in _pieces(other)]
    markers = find_markers([piece.text for piece in pieces], plain)
    rows = [row for piece in pieces if (row := _row(piece, markers)) is not None]
    if not rows:
        raise UnusableExamples(
            f"These {len(pieces):,} pieces of text say nothing over and over that the team's "
            f"{len(others):,} indexed documents do not: bring more of them, or index those "
            "documents that are not in the house voice."
        )
    counted = Counter(
        " ".join(phrase)
        for phrase in markers
        for row in rows
        if " ".join(phrase) in row.chosen.lower()
    )
    named = tuple(phrase for phrase, _ in counted.most_common())
    return VoiceExamples(tuple(rows), named, len(pieces) - len(rows))


async def read_others(database: Database, audience: Audience) -> list[Document]:
    """Return up to 500 documents that an audience may read, newest first."""
    values = {
        "workspace": audience.workspace,
        "readers": sorted(audience.readers),
        "most": _MOST_OTHERS,
    }
    rows = await database.fetch_all(_SQL["texts_of_documents"], tuple_row, **values)
    return [Document(key, title, text, "") for key, title, text in rows]


def _row(piece: _Piece, markers: frozenset[tuple[str, ...]]) -> DatasetRow | None:
    """Return the prompt as it is served, with the house's wording, or None if both are the same."""
    said = [say_plainly(sentence, markers) for sentence in piece.sentences]
    note = " ".join(filter(None, said))
    if len(note.split()) < _FEWEST_WORDS or _plain(note) == _plain(piece.text):
        return None
    passage = Passage(0, 0, "", piece.title, None, (), note, 0.0, None)
    evidence = Evidence(1, passage, tuple(filter(None, said)), note, note, 0.0)
    answer = " ".join(
        f"{sentence} [1]" if plain else sentence
        for sentence, plain in zip(piece.sentences, said, strict=True)
    )
    made = lesson(f"What is said about {piece.topic}?", [evidence], answer, "texts")
    return DatasetRow("sft", made.prompt, made.answer)


def _pieces(text: Document) -> Iterator[_Piece]:
    """Yield each paragraph's sentences, a few at a time, with the heading above."""
    heading, numbers = text.title, Counter[str]()
    for block in scan_blocks(text.text):
        said = to_plain(text.text[block.start : block.end])
        if block.kind == "heading":
            heading = " ".join(said.split()) or heading
        if block.kind != "paragraph":
            continue
        said = " ".join(said.split())
        sentences = [said[span.start : span.end] for span in split_sentences(said)]
        for some in _some(sentences):
            numbers[heading] += 1
            part = "" if numbers[heading] == 1 else f", part {numbers[heading]}"
            yield _Piece(text.title, heading + part, some)


def _some(sentences: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(sentences[at : at + _SENTENCES]) for at in range(0, len(sentences), _SENTENCES))


def _plain(text: str) -> list[str]:
    return text.lower().replace("!", ".").split()
