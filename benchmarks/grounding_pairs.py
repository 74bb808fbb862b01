"""Make pairs of sentence and block by rule: true sentences, and the same ones made false.

Sources are squad2's and policyqa's passages, Wikipedia's tables, and our own docs.
"""

import csv
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import StringIO
from itertools import pairwise

from benchmarks.shared import ROOT, rows
from text.markdown_blocks import scan_blocks
from text.sentences import split_sentences

_AUXILIARY = r"is|are|was|were|can|may|must|should|will|has"
_CLAUSE = re.compile(
    rf"^(?P<subject>(?:The |A |An )?[A-Za-z][\w' -]{{2,40}}?) (?P<verb>{_AUXILIARY}) "
    r"(?P<no>not )?(?P<rest>.+)[.]$"
)
_GOES_ON = re.compile(r"(?:The|It|They|In|A) ")
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*)")
_SUBJECT = re.compile(
    r"^(?!In |On |At |After |As |All |By |For |Rather )"
    r"(?:The )?[A-Z][\w-]+(?: (?:of |the )?[A-Z][\w-]+)*"
)
_PRONOUN = re.compile(r"^(?:He|She|It|They) (?!is \w+ that)")
_DIGITS = re.compile(r"(?<![\w.,:/$\u20ac\u00a3-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w:/-]|[.,]\d)")
_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
_WORDS = _COUNTED.split()
_OPERATOR = re.compile(
    r"\b(?:not|no|never|only|except|unless|if|when|but|however|although|must|may|other than|without"
    r"|neither|nor|cannot|until|before|after)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_UNITS = (
    ("days", "weeks"),
    ("day", "week"),
    ("hours", "minutes"),
    ("hour", "minute"),
    ("years", "months"),
    ("year", "month"),
    ("minutes", "seconds"),
    ("weeks", "days"),
    ("months", "years"),
    ("miles", "kilometres"),
    ("km", "miles"),
    ("million", "billion"),
    ("percent", "degrees"),
    ("%", " dollars"),
    ("MB", "GB"),
    ("GB", "MB"),
    ("seconds", "minutes"),
    ("feet", "metres"),
)
_MODALS = (
    ("must", "may"),
    ("may", "must"),
    ("should", "must"),
    ("can", "must"),
    ("required", "allowed"),
    ("allowed", "required"),
    ("might", "will"),
    ("could", "must"),
    ("usually", "always"),
    ("often", "always"),
    ("some", "all"),
    ("many", "all"),
    ("most", "all"),
)
_OPPOSITES = (
    ("before", "after"),
    ("after", "before"),
    ("more", "less"),
    ("less", "more"),
    ("at least", "at most"),
    ("first", "last"),
    ("largest", "smallest"),
    ("higher", "lower"),
    ("lower", "higher"),
    ("include", "exclude"),
    ("includes", "excludes"),
    ("increased", "decreased"),
    ("increase", "decrease"),
    ("east", "west"),
    ("north", "south"),
    ("allow", "forbid"),
    ("began", "ended"),
    ("with", "without"),
    ("above", "below"),
    ("most", "least"),
    ("public", "private"),
    ("until", "after"),
    ("old", "new"),
    ("above", "below"),
)
_EXCEPTION = re.compile(
    r",? (?:except|unless|other than|provided that|only if|(?<!even )(?<!as )(?<!or )if|but only"
    r"|but not|with the exception of) (?!possible|necessary)[^,.;]{6,}(?=[.,;])",
)


_CUTS = (
    r" \([^()]+\)",
    r", (?:which|who|where|including|such as|as well as) [^,.;]+(?=[,.])",
    r"^(?:In|During|By|At) [^,]{3,30}, ",
    r", (?:which|who|where|with|from|making) [^.]+(?=\.$)",
    r"(?<=\w), [a-z]+ing [^.;]+(?=\.$)",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and a block; `kind` says how it was made, `is_true` whether it is supported."""

    kind: str
    is_true: bool
    sentence: str
    block: str
    question: str = ""
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A block to make pairs from, with its sentences and headings."""

    block: str
    sentences: tuple[str, ...]
    headings: tuple[str, ...]
    structure: str  # prose, list, table


_Rule = Callable[[_Source, random.Random], Iterator[Pair]]


def make_pairs(seed: int = 7, most: int = 110) -> list[Pair]:
    """Return at most `most` pairs of each kind, spread evenly over all sources."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    sources = [
        source for name in ("squad2", "squad2_more", "policyqa") for source in _passages(name)
    ]
    sources += [*_own_docs(), *_tables()]
    chance.shuffle(sources)
    pairs: dict[tuple[str, bool], list[Pair]] = {}
    for source, other in pairwise(sources):
        rules: tuple[_Rule, ...] = (*_TRUE, *_FALSE, partial(_of_another_section, other))
        for rule in rules:
            for pair in rule(source, chance):
                pairs.setdefault((pair.kind, pair.is_true), []).append(pair)
    return [pair for found in pairs.values() for pair in _spread(found, most)]


def _spread(pairs: Sequence[Pair], most: int) -> Sequence[Pair]:
    step = max(1, len(pairs) // most)
    return pairs[::step][:most]


def _passages(name: str) -> Iterator[_Source]:
    for row in rows(f"{name}/passages.jsonl.gz"):
        text = " ".join(row["text"].split())
        yield _Source(text, _sentences(text), (row["title"].replace("_", " "),), "prose")


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[one.start : one.end] for one in split_sentences(text))


def _tables() -> Iterator[_Source]:
    """Yield blocks of up to five rows of Wikipedia's tables."""
    for row in rows("wikitablequestions/passages.jsonl.gz"):
        lines = [line for line in csv.reader(StringIO(row["text"])) if line]
        for at in range(1, min(len(lines) - 1, 8), 3):
            shown = [lines[0], ["---"] * len(lines[0]), *lines[at : at + 5]]
            block = "\n".join(f"| {' | '.join(map(_in_a_line, line))} |" for line in shown)
            yield _Source(block, (), (_in_a_line(row["title"]),), "table")


def _in_a_line(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _own_docs() -> Iterator[_Source]:
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        headings: list[tuple[int, str]] = []
        run: list[tuple[str, str]] = []
        for block in scan_blocks(text):
            own = text[block.start : block.end]
            if block.kind == "heading":
                yield from _of_run(run, headings)
                run = []
                headings = [one for one in headings if one[0] < block.level]
                headings.append((block.level, own.strip("# ")))
            elif block.kind != "rule":
                run.append((block.kind, own))
        yield from _of_run(run, headings)


def _of_run(run: Sequence[tuple[str, str]], above: Sequence[tuple[int, str]]) -> Iterator[_Source]:
    headings = tuple(name for _, name in above)
    kept = [own for kind, own in run if kind in ("paragraph", "code")]
    for own in kept:
        yield _Source(" ".join(own.split()), _sentences(" ".join(own.split())), headings, "prose")
    for (kind, own), (after, _) in pairwise((*run, ("", ""))):
        if kind == "table":
            lines = own.split("\n")
            for at in range(2, len(lines) - 1, 3):
                block = "\n".join((*lines[:2], *lines[at : at + 5]))
                yield _Source(block, (), headings, "table")
        elif kind == "paragraph" and after == "item" and own.rstrip().endswith(":"):
            items = _items_behind(run, own)
            yield _Source("\n".join((own, "", *items)), tuple(items), headings, "list")


def _items_behind(run: Sequence[tuple[str, str]], lead_in: str) -> list[str]:
    at = next(at for at, (_, own) in enumerate(run) if own == lead_in)
    items = []
    for kind, own in run[at + 1 :]:
        if kind != "item":
            break
        items.append(own)
    return items


def _prose(source: _Source) -> Iterator[str]:
    if source.structure == "prose":
        for sentence in source.sentences:
            if 5 <= len(sentence.split()) <= 40 and sentence[0].isupper() and sentence[-1] == ".":
                yield sentence


def _pair(source: _Source, kind: str, is_true: bool, sentence: str, question: str = "") -> Pair:
    return Pair(kind, is_true, sentence, source.block, question, source.headings)


def _kept(source: _Source, chance: random.Random) -> Iterator[Pair]:
    found = list(_prose(source))
    if found:
        yield _pair(source, "kept", True, chance.choice(found))


def _shortened(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        for cut in _CUTS:
            found = re.search(cut, sentence)
            if found and not _OPERATOR.search(found[0]):
                text = sentence[: found.start()] + sentence[found.end() :]
                if len(text.split()) > 4:
                    yield _pair(source, "shortened", True, text[0].upper() + text[1:])
                    break


def _resolved(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for before, sentence in pairwise(source.sentences if source.structure == "prose" else ()):
        subject = _SUBJECT.match(before)
        if _PRONOUN.match(sentence) and subject and " " in subject[0]:
            text = _PRONOUN.sub(f"{subject[0]} ", sentence)
            if 5 <= len(text.split()) <= 40:
                yield _pair(source, "pronoun resolved", True, text)


def _rewritten(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        text = _other_digits(sentence)
        if text != sentence:
            yield _pair(source, "number rewritten", True, text)


def _other_digits(sentence: str) -> str:
    for number in _DIGITS.finditer(sentence):
        if re.search(r"(?:--\w+|log|[A-Z][a-z]{2,}) $", sentence[: number.start()]) or re.match(
            r" (?:[A-Z]|[ap]\.?m)|%", sentence[number.end() :]
        ):
            continue
        bare = number[0].replace(",", "")
        if bare.isdigit() and int(bare) < len(_WORDS):
            return _put(sentence, number, _WORDS[int(bare)])
        if "," in number[0]:
            return _put(sentence, number, f"{bare[:-3]}k" if bare.endswith("000") else bare)
    if re.search(r"\d%", sentence):
        return re.sub(r"(?<=\d)%", " percent", sentence, count=1)
    for word in re.finditer(r"\b(?:two|three|four|five|six|seven|eight|nine|ten)\b", sentence):
        return _put(sentence, word, str(_WORDS.index(word[0])))
    return sentence


def _put(text: str, found: re.Match[str], other: str) -> str:
    return text[: found.start()] + other + text[found.end() :]


def _merged(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for one, other in pairwise(_prose(source)):
        is_short = len(one.split()) + len(other.split()) < 35
        if is_short and f"{one} {other}" in source.block and _GOES_ON.match(other):
            text = f"{one[:-1]}, and {other[0].lower()}{other[1:]}"
            yield _pair(source, "two facts merged", True, text)


def _row_said(source: _Source, chance: random.Random) -> Iterator[Pair]:
    found = list(_facts(source))
    if found:
        key, head, value, _ = chance.choice(found)
        yield _pair(source, "row said", True, f"The {head} of {key} is {value}.")
        yield _pair(source, "row said", True, f"{key} has {value} as its {head}.")


def _another_row(source: _Source, chance: random.Random) -> Iterator[Pair]:
    found = [fact for fact in _facts(source) if fact[3]]
    if found:
        key, head, _, others = chance.choice(found)
        yield _pair(
            source, "another row", False, f"The {head} of {key} is {chance.choice(others)}."
        )


def _facts(source: _Source) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield key, head, value and the other rows' values of each short cell of a table."""
    if source.structure != "table":
        return
    lines = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in source.block.split("\n")
    ]
    heads, body = lines[0], [line for line in lines[2:] if len(line) == len(lines[0])]
    firsts = [line[0] for line in body]
    for row in body:
        for at in range(1, len(heads) if firsts.count(row[0]) == 1 else 0):
            if heads[at] and row[0] and 0 < len(row[at]) < 60:
                others = [
                    one[at] for one in body if one[at] not in ("", row[at]) and len(one[at]) < 60
                ]
                yield row[0], heads[at], row[at], [one for one in others if one not in row]


def _item_said(source: _Source, chance: random.Random) -> Iterator[Pair]:
    if source.structure == "list":
        lead_in = source.block.split("\n\n")[0].rstrip()
        sentences = _sentences(" ".join(lead_in.split()))
        for item in source.sentences[:6]:
            bare = " ".join(re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", item).split())
            first = _sentences(bare)[0] if bare else ""
            if sentences and first:
                said = f"{sentences[-1][:-1]} {first.rstrip('.;:')}."
                yield _pair(source, "item said", True, said)


def _yes_or_no(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        found = _CLAUSE.match(sentence)
        if found is None or re.search(r"\b(?:this|that|these|which|and)\b", found["subject"], re.I):
            continue
        subject = found["subject"][0].lower() + found["subject"][1:]
        question = f"{found['verb'].capitalize()} {subject} {found['rest'].split(',')[0]}?"
        right, wrong = ("No", "Yes") if found["no"] else ("Yes", "No")
        text = sentence[0].lower() + sentence[1:]
        yield _pair(source, "yes or no", True, f"{right}, {text}", question)
        yield _pair(source, "yes for no", False, f"{wrong}, {text}", question)


def _other_number(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        numbers = list(_DIGITS.finditer(sentence))
        if not numbers:
            continue
        number = chance.choice(numbers)
        value = number[0].replace(",", "")
        other = str(int(float(value)) + chance.choice((-2, -1, 1, 2, 3, 7, 10, 100)))
        if other not in source.block and not other.startswith("-"):
            yield _pair(source, "another number", False, _put(sentence, number, other))
        held = {one[0] for one in _DIGITS.finditer(source.block)}
        near = sorted(one for one in held if one not in sentence and len(one) == len(number[0]))
        if near:
            text = _put(sentence, number, chance.choice(near))
            yield _pair(source, "another number of the block", False, text)


def _other_name(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        names = list(_NAME.finditer(sentence))
        held = sorted({one[0] for one in _NAME.finditer(source.block)})
        others = [one for one in held if one[:5] not in sentence]
        if names and others:
            text = _put(sentence, chance.choice(names), chance.choice(others))
            yield _pair(source, "another name of the block", False, text)
        if names:
            strange = chance.choice(
                ("Tromso", "Vellinger", "Osterby", "Marquand", "Kestrel", "Dunhithe")
            )
            yield _pair(
                source, "another name", False, _put(sentence, chance.choice(names), strange)
            )


def _other_unit(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        for unit, other in _UNITS:
            border = r"\b" if unit[-1].isalpha() else ""
            found = re.search(rf"(?<=\d )\b{unit}\b|(?<=\d){unit}{border}", sentence)
            if found and other not in sentence:
                yield _pair(source, "another unit", False, _put(sentence, found, other))
                break


def _denied(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        if found := re.search(rf"\b(?:{_AUXILIARY})\b(?! not\b)(?=.)", sentence):
            yield _pair(source, "denial added", False, _put(sentence, found, f"{found[0]} not"))
        found = re.search(r"(?<=\w) not(?= )(?! only)|(?<=\w)n['\u2019]t\b| never(?= )", sentence)
        if found and not sentence[: found.start()].lower().endswith(
            (" or", "whether", "but", " ca", " wo")
        ):
            yield _pair(source, "denial dropped", False, _put(sentence, found, ""))


def _unexcepted(source: _Source, chance: random.Random) -> Iterator[Pair]:
    for sentence in _prose(source):
        found = _EXCEPTION.search(sentence)
        if found:
            text = _put(sentence, found, "")
            if len(text.split()) > 4:
                yield _pair(source, "exception dropped", False, text)
        elif found := re.search(
            r"(?<=\w) only(?= (?:in|on|by|to|for|when|if|the|a|those))", sentence
        ):
            yield _pair(source, "exception dropped", False, _put(sentence, found, ""))


def _swapped(
    kind: str, swaps: Sequence[tuple[str, str]], source: _Source, chance: random.Random
) -> Iterator[Pair]:
    for sentence in _prose(source):
        for word, other in swaps:
            found = re.search(rf"\b{word}\b", sentence)
            if found and other not in sentence:
                yield _pair(source, kind, False, _put(sentence, found, other))
                break


def _of_another_section(other: _Source, source: _Source, chance: random.Random) -> Iterator[Pair]:
    """Yield a sentence with another section's subject in it, or asked about that subject."""
    if source.structure != "prose" or source.headings == other.headings or not other.headings:
        return
    subject = other.headings[-1].strip("?.!")
    known = source.block.lower()
    words = [word.lower() for word in re.findall(r"\w{4,}", subject)]
    if not words or any(word[:5] in known for word in words):
        return
    for sentence in source.sentences:
        if _PRONOUN.match(sentence):
            text = _PRONOUN.sub(f"{subject} ", sentence)
            yield _pair(source, "another section", False, text)
            break
    found = list(_prose(source))
    if found and re.match(r"[A-Z]\w+$|.*[a-z.] [A-Z]", subject):
        question = f"What do the rules for {subject} say?"
        yield replace(
            _pair(source, "another section", False, chance.choice(found)), question=question
        )


_TRUE: tuple[_Rule, ...] = (
    _kept, _shortened, _resolved, _rewritten, _merged, _row_said, _item_said, _yes_or_no,
)  # fmt: skip
_FALSE: tuple[_Rule, ...] = (
    _other_number,
    _other_name,
    _other_unit,
    _denied,
    _unexcepted,
    _another_row,
    partial(_swapped, "modality changed", _MODALS),
    partial(_swapped, "opposite", _OPPOSITES),
)
