"""Write the section of docs/benchmarks.md about questions to real documents."""

from collections.abc import Mapping

from answering.evaluation.document_scores import DocumentScores, JudgedReply, Proportion
from benchmarks.page import write_section

HOUSELORE, FIRST_CHUNK, TUTORIAL = "Houselore", "the first chunk", "LangChain's tutorial"

_HEAD = """## Real documents

`make bench-documents` ({machine}): {questions} questions as colleagues type them, {answerable} of
them with an answer, to {documents} documents of a handbook and of a library, through the whole
chain. Beside it, in the same run and on the same documents: the first chunk that our search finds,
shown whole; and the chain of LangChain's RAG tutorial (`RecursiveCharacterTextSplitter` with 1000
characters and 200 overlap, PGVectorStore, four chunks, its prompt, the same chat model), which
takes each question by itself. A reply is right where it matches what the question's rules ask for
and nothing that they forbid; one that says it may not be the answer is none. Intervals are Wilson's
at 95%. A reply that shows much passes more easily: see its words.

"""
_SHARES: Mapping[str, str] = {
    "right": "right",
    "right_when_answered": "right, of what is answered",
    "refused_answerable": "refused though answerable",
    "invented": "answered though there is no answer",
    "source_right": "a right source is named",
}


def write_page(machine: str, scores: Mapping[str, DocumentScores], documents: int) -> None:
    """Write the section."""
    write_section("documents", describe(machine, scores, documents))


def describe(machine: str, scores: Mapping[str, DocumentScores], documents: int) -> str:
    """Return the section: a column a system, a row a figure."""
    first = next(iter(scores.values()))
    head = _HEAD.format(
        machine=machine,
        questions=len(first.judged),
        answerable=len(first.answerable),
        documents=documents,
    )
    rows = [["", *scores], ["---"] * (len(scores) + 1)]
    rows += [
        [label, *(_cell(of.proportions()[name]) for of in scores.values())]
        for name, label in _SHARES.items()
    ]
    rows.insert(3, ["right, follow-ups apart", *(_cell(_by_itself(of)) for of in scores.values())])
    for kind in first.by_kind:
        shares = (_right(of.by_kind[kind]) for of in scores.values())
        rows.append([f"right: {kind.replace('_', ' ')}", *map(_cell, shares)])
    rows.append(["words of an answer: median, p90", *map(_words, scores.values())])
    rows.append(["seconds: p50, p95", *map(_seconds, scores.values())])
    return head + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _by_itself(scores: DocumentScores) -> Proportion:
    return _right([one for one in scores.answerable if one.question.follow_up_of is None])


def _right(judged: list[JudgedReply]) -> Proportion:
    return Proportion(sum(one.right for one in judged), len(judged))


def _cell(of: Proportion) -> str:
    if of.interval is None:
        return ""
    return f"{of.share:.2f} ({of.interval[0]:.2f} to {of.interval[1]:.2f})"


def _words(scores: DocumentScores) -> str:
    words = scores.as_object()["reply_words"]
    return f"{words['median']}, {words['p90']}" if isinstance(words, dict) else ""


def _seconds(scores: DocumentScores) -> str:
    times = scores.seconds()
    return f"{times[0]:.2f}, {times[1]:.2f}" if times else ""
