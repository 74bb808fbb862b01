"""Cut the short clause that holds an answer's span out of a sentence."""

import re

# A clause may begin after a mark, or at a word that opens one.
_MARKS = re.compile(r"[,;:()\u2013\u2014]\s*|\.\s+(?=[A-Z])|\s+-+\s+|[\uff0c\uff1b\u3001\uff1a]")
_OPENERS = re.compile(
    r"(?<=\s)(?=(?:which|who|whom|whose|that|where|when|while|although|because|since|after|before"
    r"|if|and|but|or|as|than|by|from|to|in|on|at|with|for|of|into|under|during|was|were|is|are"
    r"|had|has|have|would|could|may|can)\s)"
)
# Words that say nothing at the beginning of a phrase cut here.
_LEADING = re.compile(
    r"^(?:(?:which|who|whom|whose|that|where|when|while|although|because|since|if|and|but|or|as"
    r"|than|of|was|were|is|are|had|has|have|would|could|may|can|it in turn)\s+)+",
    re.IGNORECASE,
)
_LEAST_WORDS, _MOST_WORDS = 4, 10
_TAIL_WORDS = 3


def clause_around(sentence: str, start: int, end: int) -> str:
    """Return the clause around `sentence[start:end]` as a short sentence.

    It has at most ten words, or those of the span and the few that end its clause.
    """
    marks = [0, *(m.end() for m in _MARKS.finditer(sentence)), len(sentence)]
    left = max(at for at in marks if at <= start)
    right = min(at for at in marks if at >= end)
    if _words(sentence[left:right]) < _LEAST_WORDS:
        left = max((at for at in marks if at < left), default=left)
    left = _nearer(sentence, left, start, end)
    if _words(sentence[left:right]) > _MOST_WORDS and _words(sentence[end:right]) > _TAIL_WORDS:
        right = end
    cut = _LEADING.match(sentence[left:start]) if left else None
    return as_sentence(sentence[left + (cut.end() if cut else 0) : right])


def as_sentence(words: str) -> str:
    """Return the words with a capital letter and a full stop, without loose marks around them."""
    bare = words.strip().strip(",;:\u2013\u2014-\uff0c\uff1b\u3001\uff1a").strip()
    for opening, closing in ("()", "[]", "\uff08\uff09"):
        if bare.count(opening) != bare.count(closing):
            bare = bare.replace(opening, "").replace(closing, "").strip()
    if bare.count('"') % 2:
        bare = bare.replace('"', "").strip()
    bare = bare[:1].upper() + bare[1:]
    if bare.endswith((".", "!", "\u3002", "\uff01")):
        return bare
    return bare + ("\u3002" if "\u4e00" <= bare[-1:] <= "\u9fff" else ".")


def _nearer(sentence: str, left: int, start: int, end: int) -> int:
    """Return the first opening after `left` that makes the clause short enough, or the span's."""
    openings = [left, *(m.start() for m in _OPENERS.finditer(sentence, left, start + 1)), start]
    for at in sorted(opening for opening in openings if left <= opening <= start):
        if _words(sentence[at:end]) <= _MOST_WORDS - _TAIL_WORDS:
            return at
    return start


def _words(text: str) -> int:
    return len(text.split())
