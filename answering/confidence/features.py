"""What can be counted about a reply that tells whether it is right. Judges nothing itself."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from answering.evidence import Condensed, Evidence
from answering.grounding.claims import (
    denies,
    in_order,
    names_in,
    numbers_in,
    opposites,
    speaks_against,
)
from retrieval.documents import Passage
from retrieval.lexical import terms

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


def signals_of_evidence(
    question: str, passages: Sequence[Passage], found: Condensed
) -> dict[str, float]:
    """The signals, by name, of the sentence that bears most on the question.

    `passages` are those retrieved, best first; `found` is what was made of them, at least one note.
    """
    return {
        **_match(question, found),
        **_claims(question, found.notes),
        **_ranking(passages, found.notes),
    }


def signals_of_draft(
    question: str,
    passages: Sequence[Passage],
    found: Condensed,
    sentence: str,
    note: Evidence,
    logprobs: Sequence[float] = (),
) -> dict[str, float]:
    """The signals, by name, of the first sentence of a draft; one that cannot be had is left out.

    All their names begin with "draft_". `note` is the one that supports the sentence; `logprobs`
    are the natural logarithms of the probabilities of what the model claimed so far.
    """
    said, asked = terms(sentence), set(terms(question))
    new = [term for term in said if term not in asked]
    stated = [set(terms(passage.text)) for passage in passages]
    return {
        "draft_words": float(len(said)),
        "draft_new": len(new) / max(1, len(said)),
        "draft_in_best": in_order(said, terms(note.best)) / max(1, len(said)),
        "draft_agreeing": float(sum(set(new) <= words for words in stated)) if new else 0.0,
        "draft_fits": _fits(sentence, question),
        "draft_first_note": float(note.n == found.notes[0].n),
        **_tokens(logprobs),
    }


def _match(question: str, found: Condensed) -> dict[str, float]:
    """How much of the question's words stands in the evidence, the rare ones weighing more."""
    weights, note = found.rarity, found.notes[0]
    total = sum(weights.values()) or 1.0
    counted = {}
    for place, text in _places(found.notes).items():
        missing = weights.keys() - set(terms(text))
        counted[f"words_in_{place}"] = 1 - sum(weights[term] for term in missing) / total
        rarest = max((weights[term] for term in missing), default=0.0)
        counted[f"rarest_missing_in_{place}"] = rarest
        counted[f"missing_in_{place}"] = float(len(missing))
    words, best = terms(question), terms(note.best)
    pairs = set(pairwise(words))
    return {
        **counted,
        "question_words": float(len(weights)),
        "best_fits": _fits(note.best, question),
        "question_in_order": in_order(words, best) / max(1, len(words)),
        "question_pairs": len(pairs.intersection(pairwise(best))) / max(1, len(pairs)),
    }


def _claims(question: str, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Names, numbers and denials of the question that the evidence does not share."""
    # A question's first word has a capital letter and is no name.
    names, numbers = names_in(question[:1].lower() + question[1:]), numbers_in(question)
    best = evidence[0].best
    found = {}
    for place, text in _places(evidence).items():
        found[f"names_missing_in_{place}"] = float(len(names.difference(terms(text))))
        found[f"numbers_missing_in_{place}"] = float(len(numbers - numbers_in(text)))
    return {
        **found,
        "question_denies": float(denies(question)),
        "evidence_denies": float(denies(best)),
        "denial_differs": float(denies(question) != denies(best)),
        "against_differs": float(speaks_against(question) != speaks_against(best)),
        "opposites": float(opposites(question, f"{evidence[0].label} {best}")),
    }


def _places(evidence: Sequence[Evidence]) -> Mapping[str, str]:
    note = evidence[0]
    return {
        "best": f"{note.label} {note.best}",
        "evidence": " ".join(f"{one.label} {one.quote}" for one in evidence),
        "passage": f"{note.passage.title} {note.passage.text}",
    }


def _ranking(passages: Sequence[Passage], evidence: Sequence[Evidence]) -> dict[str, float]:
    """How far the first is ahead, among passages and among notes."""
    scores = [passage.score for passage in passages]
    notes = [one.score for one in evidence]
    return {
        "passage_score": scores[0],
        "passage_lead": scores[0] - (scores[1] if len(scores) > 1 else 0.0),
        "cosine": evidence[0].cosine,
        "note_lead": notes[0] - (notes[1] if len(notes) > 1 else 0.0),
        "notes": float(len(evidence)),
        "first_passage": float(evidence[0].passage.chunk_id == passages[0].chunk_id),
    }


def _fits(sentence: str, question: str) -> float:
    """Whether what is said has the form of what is asked for: a name, a date, a quantity.

    One half where the question asks for none of these.
    """
    found = _ASKS.search(question)
    if found is None:
        return 0.5
    asked = found.group(1).lower()
    if asked == "when":
        return float(_DATE.search(sentence) is not None)
    if asked.startswith("how"):
        return float(_QUANTITY.search(sentence) is not None)
    return float(bool(names_in(sentence) - names_in(question)))


def _tokens(logprobs: Sequence[float]) -> dict[str, float]:
    if not logprobs:
        return {}
    return {
        "draft_token_mean": float(np.mean(logprobs)),
        "draft_token_least": float(min(logprobs)),
        "draft_token_first": float(logprobs[0]),
        "draft_token_sum": float(sum(logprobs)),
    }
