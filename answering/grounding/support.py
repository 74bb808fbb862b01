"""Check by rules whether a block of evidence supports a sentence, and if not, say why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from answering.claims import in_order
from answering.grounding.alignment import find_antecedents, find_misplaced, find_topics
from answering.grounding.amounts import compare_amounts
from answering.grounding.exceptions import exception_is_lost
from answering.grounding.parse.operators import compare_operators
from answering.grounding.parse.propositions import Proposition, keys_of, propositions_of
from answering.grounding.parse.tokens import Token, key_of, plain_of, tokens_of
from answering.grounding.parse.vocabulary import GENERIC, OPPOSITES
from answering.grounding.subjects import names_another_subject
from answering.grounding.verbatim import is_english, is_part, is_stated
from answering.grounding.yes_or_no import answers, split_answer

_IN_ORDER = 0.5  # share of a sentence's words that must be in the statement's order
_SPLITS = 2  # times that a sentence is cut into parts, each supported by another statement
_LEAST_PART = 2  # content words of such a part
_WORD = re.compile(r"\w")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_FORBIDDING = re.compile(
    r"\W*(?:what(?:'s| is| are)? )?(?:not|never|don.?ts?|do not|prohibited|forbidden|exceptions?"
    r"|exclusions?|excluded|unallowable|disallowed)\b(?!.*\?)",
    re.IGNORECASE,
)
_OPPOSITE = {key_of(a): key_of(b) for one in OPPOSITES for a, b in (one, one[::-1])}


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a sentence is supported; `reason` is one word for what is wrong, "" if nothing is.

    The reasons are number, unit, name, denial, exception, modality, words, question.
    """

    supported: bool
    reason: str


SUPPORTED = Support(True, "")


def check_sentence(
    sentence: str,
    block: str,
    question: str = "",
    headings: Sequence[str] = (),
    *,
    beside: str = "",
) -> Support:
    """Check whether `block`, Markdown under `headings`, says what `sentence` says.

    `question` is what the sentence answers; `beside` is text shown with it, which may state an
    exception. Pure; takes about a millisecond.

    Words, names, numbers with units, negations, exceptions and modality must be those of one
    statement of the block, or of one statement for each part of the sentence. Text that is not
    English must be in the block word for word, apart from words left out.
    """
    if sentence.rstrip().endswith(("?", "\uff1f")):
        return Support(False, "question")
    said, rest = split_answer(sentence)
    evidence = _Evidence.of(block, question, headings, beside)
    if not evidence.statements or not (said or rest.strip()):
        return Support(False, "words")
    if names_another_subject(question, block, headings):
        return Support(False, "name")
    if not _WORD.search(rest):
        return _check_bare(said, evidence)
    found = _find_support(rest, evidence)
    if found.reason:
        return Support(False, found.reason)
    if said and not any(
        answers(said, rest, question, one, evidence.around_keys) for one in found.statements
    ):
        return Support(False, "denial")
    return SUPPORTED


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A parsed block, used for all parts of a sentence."""

    block: str
    question: str
    statements: tuple[Proposition, ...]
    around: tuple[Token, ...]
    around_keys: frozenset[str]
    asked: frozenset[str]
    beside: frozenset[str]
    forbidding: tuple[Token, ...]

    @classmethod
    def of(cls, block: str, question: str, headings: Sequence[str], beside: str) -> "_Evidence":
        """Parse a block under its headings."""
        around = tokens_of(" . ".join(headings))
        return cls(
            block,
            question,
            propositions_of(block),
            around,
            frozenset(token.key for token in around if token.is_content),
            keys_of(question),
            keys_of(beside),
            tokens_of(headings[-1]) if headings and _FORBIDDING.match(headings[-1]) else (),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """The statements that support a text, or the reason why none does.

    `share` is the share of the text's keys that the statement has.
    """

    reason: str
    statements: tuple[Proposition, ...] = field(default=())
    share: float = 0.0


def _check_bare(said: str, evidence: _Evidence) -> Support:
    """Check a yes or no alone: the block must state what is asked, without a condition."""
    asked = tokens_of(evidence.question)
    for one in evidence.statements:
        if answers(said, "", evidence.question, one, evidence.around_keys):
            lost = said == "yes" and exception_is_lost(asked, one, evidence.beside)
            return Support(False, "exception") if lost else SUPPORTED
    return Support(False, "denial")


def _find_support(text: str, evidence: _Evidence) -> _Found:
    whole = is_stated(text, evidence.statements)
    if whole is not None:
        lost = exception_is_lost(tokens_of(text), whole, evidence.beside)
        return _Found("exception") if lost else _Found("", (whole,))
    if not is_english(f"{text} {evidence.question}" if len(text) < 40 else text) and not is_english(
        evidence.block
    ):
        supports = is_part(text, evidence.statements)
        return _Found("", evidence.statements) if supports else _Found("words")
    if not _code_stands(text, evidence.block):
        return _Found("name")
    return _compare(text, evidence, _SPLITS)


def _code_stands(text: str, block: str) -> bool:
    """Return whether the block has all inline code of a sentence literally."""
    stated = " ".join(block.split())
    spans = (" ".join(span.split()) for span in _CODE_SPAN.findall(text))
    return all(re.search(rf"(?<!\w){re.escape(span)}(?!\w)", stated) for span in spans)


def _compare(text: str, evidence: _Evidence, splits: int) -> _Found:
    """Check a text against each statement; if none supports all of it, check its parts."""
    said = tokens_of(text)
    alone = [one for one in evidence.statements if one.parts == 1]
    found = [_hold(text, said, one, evidence) for one in alone]
    good = tuple(one for result in found for one in result.statements)
    if good:
        return _Found("", good)
    nearest = max(found, key=lambda result: result.share)
    # If one statement has all the words and still does not support them, parts must not either.
    if splits and nearest.share < 1:
        for one, other in _parts(said, text):
            if _part_stands(one, evidence, splits) and _part_stands(other, evidence, splits):
                return _Found("", evidence.statements)
    return nearest


def _part_stands(text: str, evidence: _Evidence, splits: int) -> bool:
    return not _compare(text, evidence, splits - 1).reason


def _parts(said: Sequence[Token], text: str) -> Iterator[tuple[str, str]]:
    plain = plain_of(text)
    for token in said:
        if token.kind == "break" and token.key in ("and", ";", "but", "whereas"):
            one, other = plain[: token.start], plain[token.start + len(token.key) :]
            if len(keys_of(one)) >= _LEAST_PART and len(keys_of(other)) >= _LEAST_PART:
                yield one, other


def _hold(text: str, said: Sequence[Token], stated: Proposition, evidence: _Evidence) -> _Found:
    """Check a text against one statement."""
    keys = {token.key for token in said if token.is_content}
    known = {token.key for token in stated.tokens if token.is_content}
    wording = keys - {token.key for token in said if token.quantity}
    antecedents = find_antecedents(said, stated)
    context = evidence.around_keys | antecedents | find_topics(said, stated, evidence.asked)
    missing = wording - known - context - GENERIC
    share = len(keys & known) / max(1, len(keys))
    if missing:
        return _Found(_say_missing(missing, known, said), share=share)
    if not keys & known:
        return _Found("words", share=share)
    reason = (
        compare_amounts(text, said, stated, evidence.around, evidence.question)
        or compare_operators(_verbless(said, stated), (*evidence.forbidding, *stated.tokens), keys)
        or find_misplaced(said, stated, evidence.asked if stated.cells else antecedents)
        or ("words" if _is_jumbled(said, stated, known) else "")
    )
    if not reason and exception_is_lost(said, stated, evidence.beside, evidence.asked):
        reason = "exception"
    return _Found(reason, () if reason else (stated,), share)


def _verbless(said: Sequence[Token], stated: Proposition) -> Sequence[Token]:
    """Drop the verb "need" when comparing with a table row, which has no verbs."""
    return [token for token in said if token.key != "NEED"] if stated.cells else said


def _say_missing(missing: set[str], known: set[str], said: Sequence[Token]) -> str:
    if any(_OPPOSITE.get(key) in known for key in missing):
        return "denial"
    kinds = {token.kind for token in said if token.key in missing}
    return "name" if kinds & {"name", "code"} else "words"


def _is_jumbled(said: Sequence[Token], stated: Proposition, known: set[str]) -> bool:
    words = [token.key for token in said if token.is_content and token.key in known]
    order = [token.key for token in stated.tokens if token.is_content]
    return len(words) > 3 and in_order(words, order) < _IN_ORDER * len(words)
