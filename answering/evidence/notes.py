"""The numbered notes that an answer is written from and cites: excerpts, or whole sections."""

from collections.abc import Sequence
from dataclasses import dataclass

from answering.evidence.excerpts import Excerpt
from answering.evidence.read import ReadExcerpt
from answering.model.house_model import Abilities
from retrieval.documents import Passage
from retrieval.plain import to_plain
from retrieval.sentences import split_sentences

_CHARACTERS_A_TOKEN = 4
_SHARE_OF_CONTEXT = 0.5  # the rest is for the prompt, the thread and the answer
_MOST_CHARACTERS = 48_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """The n-th note of an answer: words of one page as the model is given them.

    `best` is the sentence that bears most on the question.
    """

    n: int
    passage: Passage
    sentences: tuple[str, ...]
    best: str
    quote: str
    score: float

    @property
    def label(self) -> str:
        """Where it stands: the document's title and the innermost heading, if it says more."""
        heading = self.passage.headings[-1] if self.passage.headings else ""
        if not heading or heading == self.passage.title:
            return self.passage.title
        return f"{self.passage.title}, {heading}"


def note_of(read: ReadExcerpt, n: int) -> Evidence:
    """An excerpt as the n-th note, in plain words."""
    excerpt = read.excerpt
    quote = _as_note(excerpt)
    sentences = _sentences(quote)
    said = to_plain(excerpt.plain[read.reading.start : read.reading.end])
    best = next((one for one in sentences if said and said in one), sentences[0])
    return Evidence(n, _passage(excerpt, quote, read.reading.answers), sentences, best, quote, 0.0)


def section_notes(
    read: Sequence[ReadExcerpt], shown: Sequence[ReadExcerpt], first: int, abilities: Abilities
) -> tuple[Evidence, ...]:
    """Whole excerpts as notes from number `first` on, what is shown before the others.

    As many as fit half of the model's context. One that lies within another is left out.
    """
    room = min(
        _MOST_CHARACTERS, int(abilities.context_tokens * _CHARACTERS_A_TOKEN * _SHARE_OF_CONTEXT)
    )
    notes: list[Evidence] = []
    taken: list[Excerpt] = []
    for one in (*shown, *(other for other in read if other not in shown)):
        excerpt = one.excerpt
        text = excerpt.text.strip()
        if len(text) > room or any(_within(excerpt, other) for other in taken):
            continue
        room -= len(text)
        taken.append(excerpt)
        sentences = _sentences(text)
        passage = _passage(excerpt, text, one.reading.answers)
        notes.append(
            Evidence(first + len(notes), passage, sentences, sentences[0], text, passage.score)
        )
    return tuple(notes)


def _as_note(excerpt: Excerpt) -> str:
    return " ".join(to_plain(excerpt.plain).split()) or excerpt.text


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[span.start : span.end] for span in split_sentences(text)) or (text,)


def _within(one: Excerpt, other: Excerpt) -> bool:
    return (
        one.page.document_id == other.page.document_id
        and other.start <= one.start
        and one.end <= other.end
        and not other.head
    )


def _passage(excerpt: Excerpt, text: str, score: float) -> Passage:
    """Where the excerpt stands, as a citation names it."""
    page = excerpt.page
    return Passage(
        chunk_id=page.chunk_at(excerpt.start, excerpt.end) or 0,
        document_id=page.document_id,
        key=page.key,
        title=page.title,
        url=page.url,
        headings=excerpt.headings,
        text=text,
        score=score,
        modified_at=page.modified_at,
        readers=page.readers,
        start=page.start + excerpt.start,
    )
