"""From a question to the blocks of documents that may answer it."""

from answering.evidence.condensing import (  # until nothing is condensed any more
    Condensed as Condensed,
)
from answering.evidence.condensing import Evidence as Evidence
from answering.evidence.condensing import best_sentences as best_sentences
from answering.evidence.condensing import condense as condense
from answering.evidence.condensing import widen as widen
