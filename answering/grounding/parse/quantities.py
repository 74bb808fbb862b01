"""Parse numbers, times and dates, so that different spellings of one compare as equal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from answering.grounding.parse.units import CURRENCIES, MODIFIERS, UNITS

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
# "may" and "march" are words too: they need a capital letter, and a day or a year beside them.
_MONTH = (
    r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|Mar(?:ch)?|[Aa]pr(?:il)?|May|[Jj]une?|[Jj]uly?"
    r"|[Aa]ug(?:ust)?|[Ss]ep(?:t(?:ember)?)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)\b\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(\d{4})\b"
_HALF = r"([ap])\.?m\b\.?"
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: n for n, word in enumerate(_UNITS.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
_LARGE = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_LARGE |= {"trillion": 10**12, "dozen": 12}
_NTH = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = {word: n for n, word in enumerate(_NTH.split(), start=1)}
_WORD_NUMBER = "|".join(sorted((*_SMALL, *_LARGE), key=len, reverse=True))
_FACTORS = {"k": 10**3, "m": 10**6, "bn": 10**9, "mn": 10**6}
_NUMBER = re.compile(
    rf"""
    (?P<iso>\b(\d{{4}})-(\d{{2}})-(\d{{2}})\b)
    |(?P<day_first>\b{_DAY}\s+(?:of\s+)?({_MONTH})(?:,?\s+{_YEAR})?)
    |(?P<month_first>\b({_MONTH})\s+{_DAY}(?![:.]\d)(?:,?\s+{_YEAR})?)
    |(?P<month_year>\b({_MONTH}),?\s+{_YEAR})
    |(?P<clock>\b(\d{{1,2}}|(?i:{"|".join(_SMALL)})(?=\s[ap]\.?m\b))(?::(\d{{2}})(?::\d\d)?\b(?:\s?{_HALF})?|(?:\.(\d{{2}}))?\s?{_HALF}
        |\s?o['\u2019]clock))
    |(?P<noon>\b(?i:noon|midday|midnight)\b)
    |(?P<version>\bv?\d+(?:\.\d+){{2,}}\b|\b\d+/\d+(?:/\d+)?\b|\b\d{{3}}0s\b|\b\d+(?:[:_]\d+)+\b)
    |(?P<digits>(?P<sign>(?<![\w.,)])[-\u2212])?(?P<before>(?:[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|CHF|GBP|JPY)(?=\s))\s?)?
        (?<![\w.])(?P<number>\d{{1,3}}(?:[,'\u2019\u00a0\u202f]\d{{3}})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?|\.\d+)
        (?:(?P<nth>st|nd|rd|th)\b|(?P<factor>[kKM]\b|bn\b|mn\b)
        |\s(?P<large>hundred|thousand|million|billion|trillion|dozen)\b)?)
    |(?P<words>\b(?i:(?:an?\s+(?=hundred|thousand|million|billion|dozen))?(?:{_WORD_NUMBER})
        (?:(?:[-\s]|\s+and\s+)(?:{_WORD_NUMBER}))*)\b)
    |(?P<ordinal>\b(?i:{"|".join(_ORDINALS)})\b)
    """,
    re.VERBOSE,
)
_HINT = re.compile(rf"\d|\b(?:{_WORD_NUMBER}|{'|'.join(_ORDINALS)}|noon|midday|midnight)\b", re.I)
_UNIT = re.compile(
    rf"(?:\s*(?P<percent>%|percent\b|per\s+cent\b|pct\b)"
    rf"|[\s-]*(?P<modifier>(?:{'|'.join(MODIFIERS)})[\s-]+)?(?P<unit>[^\W\d_]+|\u00b0[CF])\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|\u2013|\u2014|to|and|or)\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a form to compare: plain digits, a time as 15:00, a date as 2024-03-01.

    A date's unknown parts are `?`. `unit` is in the singular ("business day", "gb", "usd", "%"), or
    "". `until` is the other end of a range that begins here, or "". `text[start:end]` is the number
    with its unit.
    """

    value: str
    kind: str
    unit: str
    start: int
    end: int
    until: str = ""


def find_quantities(text: str) -> list[Quantity]:
    """Return the quantities of `text` in order; both ends of a range ("5 to 7 days") get a unit."""
    if not _HINT.search(text):  # the long pattern is slow, and most sentences have no number
        return []
    return _join_ranges(text, [one for found in _NUMBER.finditer(text) for one in _read(found)])


def same_value(said: Quantity, stated: Quantity) -> bool:
    """Return whether two quantities have one value, apart from units.

    A date may be said less exactly than it is stated.
    """
    if said.value == stated.value and said.kind == stated.kind:
        return True
    kinds = {said.kind, stated.kind}
    if kinds == {"date"}:
        return _within(said.value.split("-"), stated.value.split("-"))
    if kinds == {"number", "date"}:
        year, date = (said, stated) if said.kind == "number" else (stated, said)
        return stated is date and date.value.split("-")[0] == year.value
    if kinds == {"number", "time"}:
        number, time = (said, stated) if said.kind == "number" else (stated, said)
        return time.value == f"{number.value.zfill(2)}:00"
    return kinds == {"number", "ordinal"} and said.value == stated.value


def _within(said: list[str], stated: list[str]) -> bool:
    return all(one in ("?", other) for one, other in zip(said, stated, strict=True))


def _read(found: re.Match[str]) -> Iterator[Quantity]:
    kind = found.lastgroup or ""
    if kind in ("iso", "day_first", "month_first", "month_year"):
        yield Quantity(_date(found, kind), "date", "", *found.span())
    elif kind == "clock" or kind == "noon":
        yield Quantity(_time(found), "time", "", *found.span())
    elif kind == "version":
        yield Quantity(found[0].removeprefix("v"), "version", "", *found.span())
    elif kind == "ordinal":
        yield Quantity(str(_ORDINALS[found[0].lower()]), "ordinal", "", *found.span())
    elif kind == "words":
        yield from _read_words(found)
    elif found["nth"]:
        yield Quantity(_digits(found), "ordinal", "", *found.span())
    else:
        yield _with_unit(found.string, _digits(found), found, found["before"] or "")


def _date(found: re.Match[str], kind: str) -> str:
    groups = [group for group in found.groups()[found.re.groupindex[kind] :] if group][:3]
    if kind == "iso":
        return "-".join(groups)
    numbers = [group for group in groups if group.isdigit()]
    month = next(group for group in groups if not group.isdigit())
    year = next((number for number in numbers if len(number) == 4), "?")
    day = next((number.zfill(2) for number in numbers if len(number) < 3), "?")
    return f"{year}-{_MONTHS.index(month[:3].lower()) // 4 + 1:02d}-{day}"


def _time(found: re.Match[str]) -> str:
    if found["noon"]:
        return "00:00" if found["noon"] == "midnight" else "12:00"
    at = found.re.groupindex["clock"]
    hour, colon, half, dot, other_half = found.groups()[at : at + 5]
    hours = int(hour) if hour.isdigit() else _SMALL[hour.lower()]
    half = (half or other_half or "").lower()
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return f"{hours:02d}:{colon or dot or '00'}"


def _digits(found: re.Match[str]) -> str:
    try:
        value = Decimal(re.sub(r"[,'\u2019\u00a0\u202f]", "", found["number"]))
    except InvalidOperation:  # digits of a script that Decimal does not read
        return found["number"]
    value *= _FACTORS.get((found["factor"] or "").lower(), 1) * _LARGE.get(found["large"] or "", 1)
    return f"{'-' if found['sign'] else ''}{_plain(value)}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_words(found: re.Match[str]) -> Iterator[Quantity]:
    """Read numbers in words: "two hundred and five" is one, "two and five" are two."""
    text, number, start = found[0].lower(), _WordNumber(), 0
    end = 0
    for word in re.finditer(_WORD_NUMBER, text):
        if not number.take(word[0], "and" in text[end : word.start()]):
            yield _with_unit(found.string, str(number.value), found, "", start, end)
            number, start = _WordNumber(), word.start()
            number.take(word[0], False)
        end = word.end()
    yield _with_unit(found.string, str(number.value), found, "", start, end)


class _WordNumber:
    """A number in words, read word by word."""

    def __init__(self) -> None:
        self._total, self._current, self._last = 0, 0, 0

    @property
    def value(self) -> int:
        return self._total + self._current

    def take(self, word: str, is_after_and: bool) -> bool:
        """Add a word; return False if it begins another number."""
        if factor := _LARGE.get(word):
            if factor >= 1000:
                self._total += max(self._current, 1) * factor
                self._current = 0
            else:
                self._current = max(self._current, 1) * factor
            self._last = factor
            return True
        number = _SMALL[word]
        fits = self._last >= 100 or (self._last >= 20 and 0 < number < 10 and not is_after_and)
        if self._last and not fits:
            return False
        self._current, self._last = self._current + number, number or 1
        return True


def _with_unit(
    text: str, value: str, found: re.Match[str], sign: str, begin: int = 0, end: int | None = None
) -> Quantity:
    start = found.start() + begin
    stop = found.end() if end is None else found.start() + end
    if sign:
        return Quantity(value, "number", CURRENCIES[sign.strip()], start, stop)
    unit = _UNIT.match(text, stop)
    if unit is None:
        return Quantity(value, "number", "", start, stop)
    if unit["percent"]:
        return Quantity(value, "number", "%", start, unit.end())
    name = UNITS.get(unit["unit"].lower(), "")
    if not name:
        return Quantity(value, "number", "", start, stop)
    modifier = MODIFIERS[unit["modifier"].strip(" -").lower()] if unit["modifier"] else ""
    return Quantity(value, "number", f"{modifier}{name}", start, unit.end())


def _join_ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    joined = list(found)
    for at in range(len(found) - 2, -1, -1):
        one, other = joined[at], joined[at + 1]
        between = text[one.end : other.start]
        if not _RANGE.match(between) or {one.kind, other.kind} - {"number", "time", "date"}:
            continue
        is_range = between.strip() not in ("and", "or") or text[: one.start].endswith("between ")
        unit = one.unit or other.unit
        joined[at] = Quantity(
            one.value, one.kind, unit, one.start, one.end, other.value if is_range else ""
        )
    return joined
