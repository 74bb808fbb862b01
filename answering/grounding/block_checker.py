"""Check the parts of a long draft that are no prose, each against the notes: items, rows, code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from answering.claims import denies, numbers_in, speaks_against
from answering.evidence.excerpts import name_cells, split_row
from answering.evidence.notes import Evidence
from answering.grounding.code_lines import code_stands_in, is_closed
from answering.grounding.parse.propositions import keys_of
from answering.grounding.parse.vocabulary import GENERIC
from answering.grounding.sentence_checker import supporting_note
from answering.grounding.support import check_sentence
from answering.marks import strip_marks
from answering.model.voice import Voice
from text.sentences import split_sentences

# What a heading or a lead-in may say of its own: it names a form, and claims nothing.
_INTRODUCING = keys_of(
    "here is a short answer, summary, overview, the details, main points, an example, a command, "
    "code, table, list of things, items, steps, options, exceptions that you need to do as follows"
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the parts of one answer are checked against."""

    question: str
    notes: Sequence[Evidence]
    voice: Voice


def check_item(item: str, lead: str, beside: str, grounds: Grounds) -> tuple[str, tuple[int, ...]]:
    """A list item with the mark of its note behind each sentence, and the notes.

    Nothing is left of it where its first sentence is not supported: what follows leans on that.
    """
    text, numbers = "", list[int]()
    for at, sentence in enumerate(_sentences(item)):
        note = supporting_note(
            sentence, grounds.question, grounds.notes, grounds.voice, beside,
            lead="" if at else lead,
        )  # fmt: skip
        if note is None and not at:
            return "", ()
        if note is not None:
            text += f"{strip_marks(sentence).rstrip()} [{note}]"
            numbers.append(note)
    return text, tuple(numbers)


def check_table(table: str, lead: str, grounds: Grounds) -> tuple[str, tuple[int, ...]]:
    """The table with the rows that are supported under its own head, and their notes."""
    head, rule, *rows = [line for line in table.split("\n") if line.strip()]
    names, kept, numbers = split_row(strip_marks(head)), list[str](), list[int]()
    for row in rows:
        claim = name_cells(names, split_row(row))
        note = supporting_note(claim, grounds.question, grounds.notes, grounds.voice, lead=lead)
        if note is not None:
            kept.append(strip_marks(row))
            numbers.append(note)
    if not kept:
        return "", ()
    return "\n".join((strip_marks(head), rule, *kept)), tuple(dict.fromkeys(numbers))


def check_code(code: str, grounds: Grounds) -> tuple[str, tuple[int, ...]]:
    """The code as it is where one note has its lines in a row, or the one line in a sentence."""
    notes = [note.n for note in grounds.notes if code_stands_in(code, note.quote)]
    return (code, (notes[0],)) if notes and is_closed(code) else ("", ())


def may_introduce(text: str, grounds: Grounds, below: Sequence[int]) -> bool:
    """Whether a heading or lead-in is borne by the notes of what is below it, or claims nothing.

    Its words are then those of the notes, of the question, or of no weight.
    """
    claim = grounds.voice.claim(strip_marks(text)).strip(" \t#*_:")
    return any(_bears(note, claim, grounds.question) for note in grounds.notes if note.n in below)


def _bears(note: Evidence, claim: str, question: str) -> bool:
    headings = (note.passage.title, *note.passage.headings)
    if check_sentence(claim, note.quote, question, headings).supported:
        return True
    known = " . ".join((*headings, note.quote))
    if denies(claim) or speaks_against(claim) or not numbers_in(claim) <= numbers_in(known):
        return False
    return keys_of(claim) <= _keys_around(known) | keys_of(question) | GENERIC | _INTRODUCING


def _keys_around(text: str) -> frozenset[str]:
    return frozenset().union(*(keys_of(line) for line in text.splitlines()))


def _sentences(text: str) -> Iterator[str]:
    """The sentences with the blanks before them."""
    start = 0
    for span in split_sentences(text):
        yield text[start : span.end]
        start = span.end
