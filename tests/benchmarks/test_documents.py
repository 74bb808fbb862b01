"""The page about real documents, and the first chunk as a baseline, on a real index."""

from pathlib import Path

from answering.evaluation.document_scores import score_replies
from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.evaluation.reply_rules import ReplyRules
from answering.types.questions import Turn
from benchmarks.documents import first_chunk
from benchmarks.documents_page import FIRST_CHUNK, HOUSELORE, describe
from database.database import Database
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.benchmark import indexed_alone
from retrieval.sources.files import FilesSource

LUNCH = DocumentQuestion(
    "1", "When is lunch?", "fact", ReplyRules(("noon",)), sources=("lunch.md",)
)
TEA = DocumentQuestion(
    "2", "and tea?", "follow_up", ReplyRules(("four",)), sources=("tea.md",), follow_up_of="1"
)
NONE = DocumentQuestion("3", "Who cooks?", "unanswerable", ReplyRules(()), answerable=False)


async def test_the_first_chunk_is_shown_whole(tmp_path: Path, database: Database) -> None:
    """With its document, and sure of itself whatever was asked."""
    (tmp_path / "lunch.md").write_text("# Lunch\n\nLunch is served at noon.\n\nIn the garden.\n")
    (tmp_path / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave.\n")
    embedder = open_embedder("embedded:")
    async with indexed_alone(database, FilesSource(tmp_path), embedder):
        respond = first_chunk(database, embedder)
        reply = await respond(LUNCH, ())
        also = await respond(TEA, (Turn("person", LUNCH.text), Turn("bot", "At noon.")))
    assert (reply.abstained, reply.sources) == (False, ("lunch.md",))
    assert "noon" in reply.reply and "garden" in reply.reply
    assert also.sources == ("lunch.md",)  # found by the thread, for nothing here speaks of tea


def test_the_page_has_a_column_a_way_and_a_row_a_figure() -> None:
    """Shares with Wilson's intervals, follow-ups apart, kinds, words and seconds."""
    asked = (LUNCH, TEA, NONE)
    ours = [
        DocumentReply("1", "At noon.", abstained=False, sources=("lunch.md",), seconds=1),
        DocumentReply("2", "Not found.", abstained=True, seconds=2),
        DocumentReply("3", "Not found.", abstained=True, seconds=3),
    ]
    theirs = [DocumentReply(one.id, "noon " * 9, abstained=False) for one in asked]
    scores = {HOUSELORE: score_replies(asked, ours), FIRST_CHUNK: score_replies(asked, theirs)}
    page = describe("a machine", scores, documents=7)
    assert "(a machine): 3 questions as colleagues type them, 2 of\nthem" in page
    assert "to 7 documents" in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert rows[0] == "|  | Houselore | the first chunk |"
    half, all_of_one, none_of_one = (
        "0.50 (0.09 to 0.91)",
        "1.00 (0.21 to 1.00)",
        "0.00 (0.00 to 0.79)",
    )
    for row in (
        f"| right | {half} | {half} |",
        f"| right, follow-ups apart | {all_of_one} | {all_of_one} |",
        f"| right, of what is answered | {all_of_one} | {half} |",
        f"| refused though answerable | {half} | 0.00 (0.00 to 0.66) |",
        f"| answered though there is no answer | {none_of_one} | {all_of_one} |",
        f"| right: follow up | {none_of_one} | {none_of_one} |",
        "| words of an answer: median, p90 | 2, 2 | 9, 9 |",
        "| seconds: p50, p95 | 2.00, 2.90 | 0.00, 0.00 |",
    ):
        assert row in rows
