"""What the retrieval benchmark says follows from what it measured."""

from benchmarks.remembering import Remembering
from benchmarks.retrieval_figures import WAYS, SetFigures, judge_bars
from benchmarks.sets import shrink
from retrieval.embeddings.embedder import EMBEDDED
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.datasets import Corpus, document, gather
from retrieval.evaluation.metrics import Ranked


def corpus(questions: int = 4) -> Corpus:
    """Ten documents, of which the first few are right."""
    documents = {str(n): document(str(n), "", f"Text {n}.") for n in range(10)}
    asked = {f"q{n}": f"Which is {n}?" for n in range(questions)}
    return gather(documents, asked, {f"q{n}": {str(n): 1} for n in range(questions)})


def figures(name: str, right: str) -> SetFigures:
    """A set on which only the ways whose names contain `right` find anything."""
    made = corpus()
    found = {q: list(made.grades[q]) for q in made.questions}
    ranked = {
        way: Ranked(found if right in way else {q: [] for q in made.questions}, [1.0] * 4)
        for way in WAYS
    }
    return SetFigures.of(
        name,
        made,
        10,
        ranked,
        passages=10,
        embedding_s=1,
        index_s={"ours": 1.0, "peer": 1.0},
        size={"ours": 1, "peer": 1},
    )


def test_bars_are_judged_by_what_was_found() -> None:
    """The set that gains least is named; a loss beyond .02 is a bar that is missed."""
    said = judge_bars([figures("scifact", "fused"), figures("squad2", "dense")])
    assert said[0].startswith("nDCG@10 on scifact: **1.000**") and said[0].endswith("met.")
    assert said[1].startswith("recall@5 on squad2: **0.000**") and said[1].endswith("missed.")
    assert "(squad2): **-1.000**" in said[2] and said[2].endswith("missed.")


def test_a_smaller_corpus_keeps_what_was_judged() -> None:
    """The others are drawn, the same ones each time."""
    smaller = shrink(corpus(), 6)
    keys = {document.key for document in smaller.documents}
    assert len(keys) == 6
    assert {"0", "1", "2", "3"} <= keys
    assert smaller == shrink(corpus(), 6)
    assert shrink(corpus(), 100) == corpus()


async def test_a_passage_is_embedded_once() -> None:
    """The second time takes nothing, and gives the same vectors."""
    embedder = Remembering(open_embedder(EMBEDDED))
    texts = ["one text", "another text", "one text"]
    first = await embedder.aembed_documents(texts)
    taken = embedder.seconds
    assert first[0] == first[2] != first[1]
    assert await embedder.aembed_documents(texts[:2]) == first[:2]
    assert embedder.seconds - taken < taken / 10
