"""Sentences against the evidence: which note supports one, if any. Asks no model."""

import re
from collections.abc import Iterator, Sequence

from answering.evidence.notes import Evidence
from answering.grounding.claims import NEGATION, denies, in_order, names_in, numbers_in
from retrieval.lexical import language_in, terms

# Of the words of a sentence, at least so many must stand in one sentence of a note in the same
# order, or, where that takes what several of its sentences say, so many anywhere in it.
_IN_ORDER, _ANYWHERE = 0.6, 0.8
# Whether a note answers what was asked is for the confidence to say; this much it must share.
_ASKED = 0.2
_MARK = re.compile(r"(?<!\s)\s*+\[(\d+)\]")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_SIGNS = " .,;:!\u2013\u2014-\"'\u201c\u201d*"  # around the words of a short answer
_NEAR = 4  # words between a denial and what it denies


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them.

    `is_right`: a person says that the answer is; then a note need not share the question's words.
    """

    def __init__(
        self, question: str, evidence: Sequence[Evidence], *, is_right: bool = False
    ) -> None:
        self._question_denies = denies(question)
        self._numbers = numbers_in(question)
        self._stated = [
            stated
            for note in evidence
            for stated in _statements(note, question)
            if is_right or stated.bears_on_question()
        ]
        self._languages = {stated.language for stated in self._stated}

    def support(self, sentence: str) -> int | None:
        """The number of the note that a sentence stands on, or None for no note.

        The first that the sentence itself cites is taken if it supports it, else the one that
        supports it best. A note supports what says more than the question did, whose words stand
        in it, each number and name there or in the question, and which denies something exactly
        when the note's words around it do.
        """
        plain = strip_marks(sentence)
        if plain.rstrip().endswith("?"):
            return None
        cited = [int(n) for n in _MARK.findall(sentence)]
        words = {language: terms(plain, language) for language in self._languages}
        shares = [(self._share(plain, words[one.language], one), one.n) for one in self._stated]
        good = [found for found in shares if found[0] > 0]
        own = [n for _, n in good if n in cited]
        return own[0] if own else max(good, key=lambda found: found[0], default=(0.0, None))[1]

    def _share(self, plain: str, words: Sequence[str], one: "_Stated") -> float:
        """How much of a sentence one statement says; 0 where that is too little to support it."""
        new = set(words) - one.asked
        if new.isdisjoint(one.words) or numbers_in(plain) - self._numbers - one.numbers:
            return 0.0
        if names_in(plain, one.language) - one.asked - one.known:
            return 0.0
        if self._denials_differ(plain, words, one):
            return 0.0
        if one.is_whole:
            share = sum(word in one.known for word in words) / len(words)
            return share if share >= _ANYWHERE else 0.0
        share = in_order(words, one.words) / len(words)
        return share if share >= _IN_ORDER else 0.0

    def _denials_differ(self, plain: str, words: Sequence[str], one: "_Stated") -> bool:
        """Whether one of the two denies what the other says."""
        if one.is_whole:
            parts = [part for part in self._stated if part.n == one.n and not part.is_whole]
            one = max(parts, key=lambda part: in_order(words, part.words), default=one)
        if denies(plain):
            denied = _denied(plain, 1, one.language)
            return not denied <= _denied(one.text, _NEAR, one.language)
        if not one.denies or self._question_denies:
            return False
        return one.denies_near(plain)


def _statements(note: Evidence, question: str) -> "Iterator[_Stated]":
    """Each sentence of a note, and all of it.

    The note's language is everybody's: a name alone, or a few words, seem to be in any.
    """
    language = language_in(note.quote)
    asked = set(terms(question, language))
    for text in dict.fromkeys((*note.sentences, note.quote)):
        yield _Stated(note, text, language, asked)


class _Stated:
    """One sentence of a note or all of it; the label above names what it is about, no more."""

    def __init__(self, note: Evidence, text: str, language: str, asked: set[str]) -> None:
        self.n = note.n
        self.language = language
        self.asked = asked
        self.is_whole = text == note.quote and len(note.sentences) > 1
        self.words = terms(text, language)
        self.known = set(self.words).union(terms(note.label, language))
        self.numbers = numbers_in(text)
        self.denies = denies(text)
        self.text = " ".join(text.split())

    def bears_on_question(self) -> bool:
        """Whether it, or the label above it, shares enough of the question's words."""
        return len(self.asked & self.known) >= _ASKED * len(self.asked)

    def denies_near(self, plain: str) -> bool:
        """Whether the words around a phrase of the statement deny it.

        Where it is not a phrase of it, all of the statement is around it.
        """
        phrase = _ARTICLE.sub("", " ".join(plain.split()).strip(_SIGNS).lower())
        at = self.text.lower().find(phrase)
        if at < 0:
            return True
        before = self.text[:at].split()[-_NEAR:]
        return NEGATION.search(" ".join(before)) is not None


def _denied(text: str, most: int, language: str) -> set[str]:
    """The terms right behind each denial, at most so many of each."""
    return {
        term
        for found in NEGATION.finditer(text)
        for term in terms(text[found.end() :], language)[:most]
    }


def strip_marks(text: str) -> str:
    """The text without the `[n]` marks that a model wrote: what is shown has ours, checked."""
    return _MARK.sub("", text)
