"""Decide whether the model is asked, for what, and which notes it gets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from answering.confidence.decide import Decision
from answering.evidence.excerpts import BETWEEN_CELLS
from answering.evidence.notes import Evidence
from answering.model.house_model import HouseModel
from answering.writing.drafts import is_long, names_a_fact
from answering.writing.lead_in import announced, shows_block

Wanted = Literal["answer", "lead-in"]


def words_wanted(decision: Decision, model: HouseModel) -> Wanted:
    """Return what the model would write: an answer, or a small model's lead-in to a shown block."""
    is_told = model.is_able or names_a_fact(decision) or not shows_block(decision)
    return "answer" if is_told else "lead-in"


def asks_model(decision: Decision, model: HouseModel) -> bool:
    """Return whether the model is asked: an able one always, a small one for a short fact."""
    # A lead-in is worth asking for only in a trained voice: the block's heading says as much.
    if words_wanted(decision, model) == "lead-in":
        return bool(model.voice.words)
    return model.is_able or names_a_fact(decision)


def notes_told(
    decision: Decision, notes: Sequence[Evidence], model: HouseModel
) -> tuple[Evidence, ...]:
    """Return the notes that the model is sent; a small one gets no more than it can follow."""
    if words_wanted(decision, model) == "lead-in":
        return announced(decision, notes)
    return tuple(notes) if model.is_able else around_fact(decision, notes)


def around_fact(decision: Decision, notes: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the notes for a small model, cut to the fact.

    Of a table row it gets the cell with the fact, of a long note the sentences around it.
    """
    first, best = notes[0], decision.shown[0]
    if best.excerpt.head and best.fact:
        cells = first.best.split(BETWEEN_CELLS)
        cell = next((one for one in cells if best.fact in one), first.best)
        return (replace(first, sentences=(cell,), quote=cell),)
    if not is_long(first.quote):
        return tuple(notes)
    sentences = first.sentences
    at = sentences.index(first.best)
    told = sentences[at : at + 1]
    for reach in range(1, len(sentences)):
        wider = sentences[max(0, at - reach) : at + reach + 1]
        if is_long(" ".join(wider)):
            break
        told = wider
    return (replace(first, sentences=told, quote=" ".join(told)),)
