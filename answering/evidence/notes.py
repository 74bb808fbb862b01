"""The numbered notes that an answer is written from and cites: excerpts or whole sections."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from answering.evidence.blocks import Kind
from answering.evidence.excerpts import Excerpt, widen
from answering.evidence.injection import speaks_to_assistant
from answering.evidence.read import ReadExcerpt
from answering.evidence.sections import Section, cut_sections
from answering.model.house_model import Abilities
from retrieval.documents import Passage
from retrieval.search.pages import Page
from text.plain import to_plain
from text.sentences import split_sentences

_CHARACTERS_A_TOKEN = 4  # about, in English
_SHARE_OF_CONTEXT = 0.5  # the rest is for the prompt, the thread and the answer
_MOST_CHARACTERS = 48_000
_SHARE_OF_ROOM = 0.5  # of the room left, for one section, so that other documents have room too


@dataclass(frozen=True, slots=True)
class Evidence:
    """The n-th note of an answer: words of one page as the model is given them.

    `best` is the most relevant sentence; `chunks` are the ids of the chunks that its words come
    from, besides the passage's own.
    """

    n: int
    passage: Passage
    sentences: tuple[str, ...]
    best: str
    quote: str
    score: float
    chunks: frozenset[int] = frozenset()

    @property
    def label(self) -> str:
        """Return the document's title, and the innermost heading if it is another text."""
        heading = self.passage.headings[-1] if self.passage.headings else ""
        if not heading or heading == self.passage.title:
            return self.passage.title
        return f"{self.passage.title}, {heading}"


def note_of(read: ReadExcerpt, n: int) -> Evidence:
    """Make an excerpt the n-th note, in plain words."""
    excerpt = read.excerpt
    quote = _as_note(excerpt)
    sentences = _sentences(quote)
    best = next((one for one in sentences if read.fact and read.fact in one), sentences[0])
    return Evidence(n, _passage(excerpt, quote, read.reading.answers), sentences, best, quote, 0.0)


def announce(lead: str, kind: Kind, count: int) -> str:
    """Describe a block that is shown as written for the model: its lead-in, kind and size."""
    form = {"steps": f"{count} steps", "list": f"{count} items", "table": f"{count} rows"}
    return f"{lead} ({form.get(kind, kind)})".strip()


def section_notes(
    read: Sequence[ReadExcerpt], shown: Sequence[ReadExcerpt], first: int, abilities: Abilities
) -> tuple[Evidence, ...]:
    """Make the sections of these excerpts notes, numbered from `first`, those shown first.

    As many as fit half of the model's context. A section is replaced by its excerpt if it takes
    more than half of the room left, or if it addresses an assistant. Excerpts inside another note
    are skipped.
    """
    room = _room(abilities)
    sections = cache(lambda page: cut_sections(page.text, page.above))
    notes: list[Evidence] = []
    taken: list[Excerpt] = []
    for one in (*shown, *(other for other in read if other not in shown)):
        if any(one.excerpt.is_within(other) for other in taken):
            continue
        excerpt = _whole(one.excerpt, int(room * _SHARE_OF_ROOM), sections)
        text = excerpt.text.strip()
        if len(text) > room and notes:
            continue
        text = text[:room]
        room -= len(text)
        taken.append(excerpt)
        notes.append(_section_note(one, excerpt, text, first + len(notes)))
    return tuple(notes)


def _room(abilities: Abilities) -> int:
    """Return how many characters of notes the model may be given."""
    share = abilities.context_tokens * _CHARACTERS_A_TOKEN * _SHARE_OF_CONTEXT
    return min(_MOST_CHARACTERS, int(share))


def note_holding(read: ReadExcerpt, notes: Sequence[Evidence]) -> Evidence:
    """Return the note that contains an excerpt, in plain words or as written.

    If the excerpt was cut off, return the first note of its page.
    """
    excerpt = read.excerpt
    written = excerpt.page.text[excerpt.start : excerpt.end].strip()
    of_page = [one for one in notes if one.passage.document_id == excerpt.page.document_id]
    holding = (one for one in of_page if _as_note(excerpt) in one.quote or written in one.quote)
    return next(holding, (of_page or notes)[0])


def _whole(excerpt: Excerpt, room: int, sections: Callable[[Page], list[Section]]) -> Excerpt:
    whole = widen(excerpt, sections(excerpt.page))
    is_fit = len(whole.text) <= room and not speaks_to_assistant(whole.text)
    return whole if is_fit else excerpt


def _section_note(read: ReadExcerpt, whole: Excerpt, text: str, n: int) -> Evidence:
    """Make a section the n-th note; its passage points to the excerpt within it."""
    sentences = _sentences(text)
    passage = _passage(read.excerpt, text, read.reading.answers)
    chunks = frozenset(
        chunk.id
        for chunk in whole.page.chunks
        if chunk.start < whole.end and whole.start < chunk.end
    )
    return Evidence(n, passage, sentences, sentences[0], text, passage.score, chunks)


def join_rows(rows: Iterable[str]) -> str:
    """Join rows in words as sentences of a note, so that they do not run into each other."""
    return ". ".join(row.rstrip(".") for row in rows)


def _as_note(excerpt: Excerpt) -> str:
    plain = to_plain(excerpt.plain)
    if excerpt.rows:
        plain = join_rows(line for line in plain.splitlines() if line.strip())
    return " ".join(plain.split()) or excerpt.text


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[span.start : span.end] for span in split_sentences(text)) or (text,)


def _passage(excerpt: Excerpt, text: str, score: float) -> Passage:
    """Make a passage of an excerpt, for its citation."""
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
