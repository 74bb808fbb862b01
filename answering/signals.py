"""What can be counted about an answer that tells whether it is right. Judges nothing itself."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from langchain_core.messages import BaseMessage

from answering.bm25 import rarity
from answering.claims import denies, in_order, names_in, numbers_in
from answering.evidence import Evidence
from retrieval.documents import Passage
from retrieval.lexical import terms
from retrieval.sentences import split_sentences

_ASKS = re.compile(r"\b(who|whom|whose|when|where|how (?:many|much|long|old|far|often))\b", re.I)
_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d\d\b|\d+:\d\d|\bcentury\b|\b(?:Jan|Febr)uary\b|\bMarch\b|\bApril\b|\bMay\b"
    r"|\bJune\b|\bJuly\b|\bAugust\b|\b(?:Sept|Nov|Dec)ember\b|\bOctober\b|\b\w+day\b"
)
_QUANTITY = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|hundred|thousand|[mb]illion|half|third|dozens?|several|many|few|twice|all|none)\b",
    re.I,
)


def gather_signals(
    question: str,
    passages: Sequence[Passage],
    evidence: Sequence[Evidence],
    sentence: str,
    cited: int | None,
    logprobs: Sequence[float] = (),
) -> dict[str, float]:
    """The signals of a draft's first sentence, by name; one that cannot be had is left out.

    `passages` are those retrieved, best first; `evidence` what was made of them, at least one note;
    `cited` the number of the note that supports the sentence, None where none does; `logprobs` the
    natural logarithms of the probabilities of the model's tokens so far.
    """
    note = next((note for note in evidence if note.n == cited), evidence[0])
    return {
        **_match(question, passages, evidence, note),
        **_claims(question, evidence, note),
        **_ranking(passages, evidence, note),
        **_draft(question, passages, sentence, note),
        "supported": float(cited is not None),
        **_tokens(logprobs),
    }


def logprobs_of(chunk: BaseMessage) -> list[float]:
    """The logarithms of a streamed chunk's token probabilities; [] where the endpoint gives none.

    The end's mark has no words and is left out.
    """
    content = (chunk.response_metadata.get("logprobs") or {}).get("content") or []
    return [float(token["logprob"]) for token in content if token.get("token")]


def _match(
    question: str, passages: Sequence[Passage], evidence: Sequence[Evidence], note: Evidence
) -> dict[str, float]:
    """How much of the question's words stands in the evidence, the rare ones weighing more."""
    asked = set(terms(question))
    sentences = [
        terms(f"{passage.title} {passage.text[span.start : span.end]}")
        for passage in passages
        for span in split_sentences(passage.text)
    ]
    weights = rarity(asked, sentences or [[]])
    total = sum(weights.values()) or 1.0
    found = {}
    for place, text in _places(evidence, note).items():
        missing = asked.difference(terms(text))
        found[f"words_in_{place}"] = 1 - sum(weights[term] for term in missing) / total
        found[f"rarest_missing_in_{place}"] = max((weights[term] for term in missing), default=0.0)
        found[f"missing_in_{place}"] = float(len(missing))
    words, best = terms(question), terms(note.best)
    pairs = set(pairwise(words))
    return {
        **found,
        "question_words": float(len(asked)),
        "question_in_order": in_order(words, best) / max(1, len(words)),
        "question_pairs": len(pairs.intersection(pairwise(best))) / max(1, len(pairs)),
    }


def _claims(question: str, evidence: Sequence[Evidence], note: Evidence) -> dict[str, float]:
    """Names, numbers and denials of the question that the evidence does not share."""
    # A question's first word has a capital letter and is no name.
    names, numbers = names_in(question[:1].lower() + question[1:]), numbers_in(question)
    found = {}
    for place, text in _places(evidence, note).items():
        found[f"names_missing_in_{place}"] = float(len(names.difference(terms(text))))
        found[f"numbers_missing_in_{place}"] = float(len(numbers - numbers_in(text)))
    return {
        **found,
        "question_denies": float(denies(question)),
        "evidence_denies": float(denies(note.best)),
        "denial_differs": float(denies(question) != denies(note.best)),
    }


def _places(evidence: Sequence[Evidence], note: Evidence) -> Mapping[str, str]:
    return {
        "best": f"{note.label} {note.best}",
        "evidence": " ".join(f"{one.label} {one.quote}" for one in evidence),
        "passage": f"{note.passage.title} {note.passage.text}",
    }


def _ranking(
    passages: Sequence[Passage], evidence: Sequence[Evidence], note: Evidence
) -> dict[str, float]:
    """How far the first is ahead, among passages and among notes."""
    scores = [passage.score for passage in passages]
    notes = [one.score for one in evidence]
    return {
        "passage_score": scores[0],
        "passage_lead": scores[0] - (scores[1] if len(scores) > 1 else 0.0),
        "cosine": note.cosine,
        "note_lead": notes[0] - (notes[1] if len(notes) > 1 else 0.0),
        "notes": float(len(evidence)),
        "first_note": float(note.n == evidence[0].n),
        "first_passage": float(note.passage.chunk_id == passages[0].chunk_id),
    }


def _draft(
    question: str, passages: Sequence[Passage], sentence: str, note: Evidence
) -> dict[str, float]:
    """What the sentence says: how much of it is new, where it stands, and its form."""
    said, asked = terms(sentence), set(terms(question))
    new = [term for term in said if term not in asked]
    stated = [set(terms(passage.text)) for passage in passages]
    asks = _ASKS.search(question)
    return {
        "said": float(len(said)),
        "new": len(new) / max(1, len(said)),
        "new_words": float(len(new)),
        "asked_again": len(asked.intersection(said)) / max(1, len(asked)),
        "in_best": in_order(said, terms(note.best)) / max(1, len(said)),
        "in_note": in_order(said, terms(note.quote)) / max(1, len(said)),
        "agreeing": float(sum(set(new) <= words for words in stated)) if new else 0.0,
        "draft_denies": float(denies(sentence) != denies(question)),
        "fits": _fits(asks.group(1).lower(), sentence, question) if asks else 0.5,
    }


def _fits(asked: str, sentence: str, question: str) -> float:
    """Whether what is said has the form of what is asked for: a name, a date, a quantity."""
    if asked == "when":
        return float(_DATE.search(sentence) is not None)
    if asked.startswith("how"):
        return float(_QUANTITY.search(sentence) is not None)
    return float(bool(names_in(sentence) - names_in(question)))


def _tokens(logprobs: Sequence[float]) -> dict[str, float]:
    if not logprobs:
        return {}
    return {
        "token_mean": float(np.mean(logprobs)),
        "token_least": float(min(logprobs)),
        "token_first": float(logprobs[0]),
        "token_sum": float(sum(logprobs)),
    }
