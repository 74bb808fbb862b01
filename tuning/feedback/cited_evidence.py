"""Rebuild the evidence that an answer was written from, and check texts against it."""

from collections.abc import Iterable

from answering.evidence.notes import Evidence
from answering.grounding.notes import Grounding
from answering.marks import marks_in, strip_marks
from retrieval.documents import Passage
from retrieval.lexical.analyzer import terms
from text.sentences import split_sentences
from tuning.feedback.rated_answers import RatedAnswer

_HOLDS = 0.6  # share of a statement's terms beyond the question that the texts must hold


def notes_of(judged: RatedAnswer) -> tuple[Evidence, ...]:
    """Return the evidence as it was given to the model."""
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
    """Return whether the texts together say what a statement says beyond its question."""
    said = set(terms(strip_marks(statement))) - set(terms(question))
    known = {term for text in texts for term in terms(text)}
    return bool(said) and len(said & known) >= _HOLDS * len(said)


def is_grounded(judged: RatedAnswer) -> bool:
    """Return whether the evidence supports each sentence that the model phrased."""
    grounding = Grounding(judged.question, notes_of(judged))
    return all(grounding.support(sentence) for sentence in _sentences(judged.phrased))


def cite(text: str, judged: RatedAnswer) -> str | None:
    """Return the text with a `[n]` after each sentence that a note supports, None without any.

    Citations that the author set are kept as they are.
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
    """Return the text with the citations of the answer it rephrases, None if that has none."""
    marks = " ".join(dict.fromkeys(f"[{n}]" for n in marks_in(judged.text)))
    return f"{text.strip()} {marks}" if marks else None


def cite_lead_in(text: str, judged: RatedAnswer) -> str | None:
    """Return the text's lead-in to a block, citing the first note, or None if it has no lead-in.

    The lead-in is the first line, if it ends in a colon.
    """
    line = strip_marks(text.strip().partition("\n")[0]).strip()
    return f"{line} [{judged.evidence[0]['n']}]" if line.endswith(":") else None


def _sentences(text: str) -> list[str]:
    plain = strip_marks(text)
    return [plain[span.start : span.end].strip() for span in split_sentences(plain)]
