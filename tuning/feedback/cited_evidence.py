"""The notes that an answer was written from, and what they support. Asks no model."""

from collections.abc import Iterable

from answering.evidence.notes import Evidence
from answering.grounding.notes import Grounding
from answering.marks import marks_in, strip_marks
from retrieval.documents import Passage
from retrieval.lexical.analyzer import terms
from text.sentences import split_sentences
from tuning.feedback.rated_answers import RatedAnswer

_HOLDS = 0.6  # of what a statement says beyond the question, in the texts that are to hold it


def notes_of(judged: RatedAnswer) -> tuple[Evidence, ...]:
    """The notes as they were given to the model."""
    titles = {source.document_id: source.title for source in judged.sources}
    notes = []
    for note in judged.evidence:
        quote = str(note["quote"])
        document = int(note["document_id"])
        title = titles.get(document, "")
        passage = Passage(
            int(note["chunk_id"]), document, "", title, None, (), quote, 0.0, None
        )  # fmt: skip
        sentences = tuple(quote[span.start : span.end] for span in split_sentences(quote))
        best = str(note.get("best") or quote)
        notes.append(Evidence(int(note["n"]), passage, sentences, best, quote, 0.0))
    return tuple(notes)


def holds(texts: Iterable[str], statement: str, question: str) -> bool:
    """Whether the texts together say what a statement says beyond its question."""
    said = set(terms(strip_marks(statement))) - set(terms(question))
    known = {term for text in texts for term in terms(text)}
    return bool(said) and len(said & known) >= _HOLDS * len(said)


def is_grounded(judged: RatedAnswer) -> bool:
    """Whether each sentence that the model phrased stands on one of the answer's notes."""
    grounding = Grounding(judged.question, notes_of(judged))
    return all(grounding.support(sentence) for sentence in _sentences(judged.phrased))


def cite(text: str, judged: RatedAnswer) -> str | None:
    """The text with a `[n]` behind each sentence that a note supports, or None where none is.

    Marks of the notes that its author set are kept as they are.
    """
    notes = notes_of(judged)
    if set(marks_in(text)) & {note.n for note in notes}:
        return text.strip()
    grounding = Grounding(judged.question, notes)
    sentences = _sentences(text)
    support = [grounding.support(sentence) for sentence in sentences]
    if not any(support):
        return None
    return " ".join(
        f"{sentence} [{n}]" if n else sentence
        for sentence, n in zip(sentences, support, strict=True)
    )


def cite_alike(text: str, judged: RatedAnswer) -> str | None:
    """The text with the marks of the answer that it says in other words, or None without any."""
    marks = " ".join(dict.fromkeys(f"[{n}]" for n in marks_in(judged.text)))
    return f"{text.strip()} {marks}" if marks else None


def cite_lead_in(text: str, judged: RatedAnswer) -> str | None:
    """What the text says before a block, with the mark of the first note, or None where nothing.

    That is its first line, where it ends in a colon.
    """
    line = strip_marks(text.strip().partition("\n")[0]).strip()
    return f"{line} [{judged.evidence[0]['n']}]" if line.endswith(":") else None


def _sentences(text: str) -> list[str]:
    plain = strip_marks(text)
    return [plain[span.start : span.end].strip() for span in split_sentences(plain)]
