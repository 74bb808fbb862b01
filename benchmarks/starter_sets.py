"""Read the questions that the starter model is trained on, with their passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from answering.types.questions import Turn
from benchmarks.shared import DATA, rows
from benchmarks.starter_clauses import as_sentence, clause_around
from retrieval.documents import Passage
from retrieval.lexical.analyzer import terms
from text.plain import to_plain
from text.sentences import split_sentences

_LONGEST_SENTENCE = 45  # words
_SHORTEST_LIKENESS = 0.45
_LONGEST_CHINESE = 110  # characters; SmolLM2 tokenizes Chinese byte by byte


Targets = Literal["clauses", "spans"]


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, the passage and the sentence that answer it, and the answer in words.

    `others` are passages that came with it; `golds` the gold answers, if the set has any.
    """

    question: str
    passage: Passage
    sentence: str
    answer: str
    origin: str
    golds: tuple[str, ...] = ()
    others: tuple[Passage, ...] = ()
    thread: tuple[Turn, ...] = ()


def passage(key: str, title: str, text: str) -> Passage:
    """Return a passage as a search finds it, undated."""
    return Passage(0, 0, key, title.replace("_", " "), None, (), text, 0.0, None)


def squad2_passages(titles: frozenset[str]) -> dict[str, Passage]:
    """Return the passages of these articles by id."""
    return {
        row["id"]: passage(row["id"], row["title"], row["text"])
        for row in rows("squad2/passages.jsonl.gz")
        if row["title"] in titles
    }


def squad2(passages: dict[str, Passage], *, spans: bool) -> list[Posed]:
    """Return the passages' answerable questions, answered by the gold span or its clause."""
    posed = []
    for row in rows("squad2/questions.jsonl.gz"):
        found = passages.get(row["passage_id"])
        if found and row["answers"]:
            held = _gold_sentence(row["question"], found, row["answers"])
            if held:
                sentence, gold = held
                start = sentence.find(gold)
                end = start + len(gold)
                answer = as_sentence(gold) if spans else clause_around(sentence, start, end)
                golds = tuple(row["answers"])
                posed.append(
                    Posed(row["question"].strip(), found, sentence, answer, "squad2", golds)
                )
    return posed


def clapnq() -> list[Posed]:
    """Return questions with long answers, answered by the shortest sentence that people marked."""
    posed = []
    for row in rows("clapnq/answerable.jsonl"):
        one = row["passages"][0]
        found = passage(row["id"], one["title"], _joined(one["text"]))
        marked = [_joined(s) for s in row["output"][0]["selected_sentences"]]
        fit = [s for s in marked if s in found.text and 5 <= len(s.split()) <= _LONGEST_SENTENCE]
        if fit:
            best = min(fit, key=len)
            posed.append(Posed(row["input"] + "?", found, best, as_sentence(best), "clapnq"))
    return posed


def mtrag() -> list[Posed]:
    """Return last turns of threads, answered by the sentence most similar to the reference."""
    posed = []
    for task in rows("mtrag/mtragun_reference.jsonl.gz"):
        if "ANSWERABLE" not in task["answerability"]:
            continue
        found = [
            passage(c["document_id"], c.get("title") or "Notes", c["text"])
            for c in task["contexts"]
        ]
        wanted = terms(task["targets"][0]["text"])
        said = [(_likeness(terms(s), wanted), s, p) for p in found for s in sentences(p.text)]
        likeness, best, where = max(said, key=lambda one: one[0], default=(0.0, "", None))
        if where and likeness >= _SHORTEST_LIKENESS and len(best.split()) <= _LONGEST_SENTENCE:
            thread = tuple(
                Turn("person" if turn["speaker"] == "user" else "bot", turn["text"].strip())
                for turn in task["input"][:-1]
            )
            others = tuple(p for p in found if p is not where)
            question, answer = task["input"][-1]["text"].strip(), as_sentence(best)
            posed.append(
                Posed(question, where, best, answer, "mtrag", others=others, thread=thread)
            )
    return posed


def chunking_eval() -> list[Posed]:
    """Return questions answered by one sentence of an encyclopedia text or a speech."""
    texts = {
        name: (DATA / f"chunking_eval/{name}.md").read_text(encoding="utf-8")
        for name in ("state_of_the_union", "wikitexts")
    }
    posed = []
    for row in rows("chunking_eval/questions.jsonl"):
        if len(row["references"]) != 1:
            continue
        text, reference = texts[row["corpus_id"]], row["references"][0]
        around = text[max(0, reference["start_index"] - 700) : reference["end_index"] + 700]
        whole = around[around.find(". ") + 2 : around.rfind(". ") + 1]
        found = passage(row["question"], row["corpus_id"].capitalize(), whole)
        held = [s for s in sentences(found.text) if s.rstrip(".") in reference["content"]]
        if held and len(held[0].split()) <= _LONGEST_SENTENCE:
            answer = as_sentence(held[0])
            posed.append(Posed(row["question"], found, held[0], answer, "chunking_eval"))
    return posed


def cmrc2018() -> list[Posed]:
    """Return Chinese questions about short sentences, answered by the span."""
    texts = {row["id"]: row for row in rows("cmrc2018/passages.jsonl.gz")}
    posed = []
    for row in rows("cmrc2018/questions.jsonl.gz"):
        whole = texts[row["passage_id"]]
        for sentence in sentences(whole["text"]):
            gold = row["answers"][0]
            if gold in sentence and len(sentence) + len(row["question"]) < _LONGEST_CHINESE:
                found = passage(whole["id"], whole.get("title") or "", sentence)
                answer = as_sentence(gold)
                posed.append(Posed(row["question"], found, sentence, answer, "cmrc2018"))
                break
    return posed


def sentences(text: str) -> list[str]:
    """Return the sentences of a text as a note quotes them."""
    found = (text[span.start : span.end] for span in split_sentences(text))
    return [" ".join(to_plain(raw).split()) for raw in found if not raw.startswith("#")]


def _gold_sentence(question: str, found: Passage, answers: Sequence[str]) -> tuple[str, str] | None:
    """Return the sentence with an answer that shares most with the question, and that answer."""
    asked = set(terms(question))
    held = []
    for sentence in sentences(found.text):
        inside = sorted((a for a in answers if a in sentence), key=len)
        if inside:
            likeness = len(asked.intersection(terms(sentence)))
            held.append((likeness, sentence, inside[len(inside) // 2]))
    if not held:
        return None
    _, sentence, gold = max(held, key=lambda one: one[0])
    return sentence, gold


def _likeness(words: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the F1 of two texts' terms."""
    shared = len(set(words) & set(wanted))
    return 2 * shared / (len(set(words)) + len(set(wanted))) if shared else 0.0


def _joined(tokens: str) -> str:
    """Join tokenized text as people write it."""
    text = tokens.replace(" -- ", " \u2013 ").replace("`` ", '"').replace(" ''", '"')
    for mark in (",", ".", ";", ":", "?", "!", ")", "'s", "%", "n't"):
        text = text.replace(f" {mark}", mark)
    return " ".join(text.replace("( ", "(").split())
