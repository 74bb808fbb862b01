"""Check list items, table rows, code and headings of a long draft against the notes."""

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

# Words that a heading or a lead-in may add: they name a form, and claim nothing.
_INTRODUCING = keys_of(
    "here is a short answer, summary, overview, the details, main points, an example, a command, "
    "code, table, list of things, items, steps, options, exceptions that you need to do as follows"
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the parts of an answer are checked against: question, notes and voice."""

    question: str
    notes: Sequence[Evidence]
    voice: Voice


def check_item(item: str, lead: str, beside: str, grounds: Grounds) -> tuple[str, tuple[int, ...]]:
    """Return an item's supported sentences, each with the mark of its note, and the notes' numbers.

    The result is empty if the first sentence is not supported.
    """
    # Later sentences of an item depend on its first one.
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
    """Return the table with its supported rows, and the numbers of their notes."""
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
    """Return closed fenced code and the number of a note that has its lines, or else nothing."""
    notes = [note.n for note in grounds.notes if code_stands_in(code, note.quote)]
    return (code, (notes[0],)) if notes and is_closed(code) else ("", ())


def may_introduce(text: str, grounds: Grounds, below: Sequence[int]) -> bool:
    """Return whether a heading or lead-in is supported by the notes of what is below it.

    It is also allowed if its words are those of these notes, of the question, or claim nothing.
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
    """Yield the sentences, each with the blanks before it."""
    start = 0
    for span in split_sentences(text):
        yield text[start : span.end]
        start = span.end
