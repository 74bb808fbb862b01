"""Replace people, addresses, telephone numbers and secrets in a text by placeholders.

detect-secrets finds keys (by its patterns and by entropy), phonenumbers finds telephone numbers.
Names are found only if they are members' names.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

import phonenumbers
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import (
    Base64HighEntropyString,
    HexHighEntropyString,
)
from detect_secrets.plugins.keyword import KeywordDetector

PERSON, EMAIL, PHONE, SECRET = "[person]", "[email]", "[phone]", "[secret]"

_PLACEHOLDER = re.compile(r"(\[(?:person|email|phone|secret)\])")
_EMAIL = re.compile(r"<mailto:[^>]*>|[^\s@<>()\[\],;:\"]+@(?:[^\s@<>()\[\],;:\"|.]+\.)+[\w-]+")
_MENTION = re.compile(r"<@[^>\s]+>|<![a-z]+\^[^>]+>|(?<!\w)[UW](?=[A-Z]*\d)[A-Z0-9]{8,}(?!\w)")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:.*?-----END [A-Z0-9 ]*-----|.*)", re.DOTALL
)
_PREFIXED = re.compile(
    r"(?<![\w-])(?:sk|pk|rk|xox[a-z]|xapp|gh[a-z]|glpat|hf|npm|pypi|github_pat)[-_][\w-]{12,}"
)
_NAMED = re.compile(
    r"(?i)\b(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private)[ _-]?key)"
    r"(?:\s+is|\s*[:=]{1,2})\s*[\"'`]?((?=\S*[\d!#$%&*@^+])[^\s\"'`\[\]]{5,})"
)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_]{20,}")
_SEGMENT = re.compile(r"[A-Za-z0-9+=_]{20,}")
_URL = re.compile(r"https?://\S+")
_REST_OF_TOKEN = re.compile(r"[\w.+/=~-]*")
_NOT_SECRET = ("Public IP (ipv4)",)
_MIXED_BITS, _HEX_BITS = 3.5, 3.0  # entropy in bits a character: words have less, keys more

Span = tuple[int, int]


def redact(text: str, names: Iterable[str] = (), regions: Sequence[str] = ("US",)) -> str:
    """Return the text without people, e-mail addresses, telephone numbers, keys and secrets.

    `names` are the members' names; telephone numbers without a country prefix are found for
    `regions` (ISO codes). Redacting again changes nothing.
    """
    people = _people(frozenset(name.strip() for name in names if len(name.strip()) > 1))
    # Secrets first, as parts of a key can look like telephone numbers or names.
    finders: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
        (SECRET, _secrets),
        (EMAIL, lambda part: (match.span() for match in _EMAIL.finditer(part))),
        (PERSON, lambda part: _spans(_MENTION, part)),
        (PHONE, lambda part: _phones(part, regions)),
        (PERSON, lambda part: _spans(people, part) if people else iter(())),
    )
    # A placeholder may uncover another match: repeat until redacting again changes nothing.
    while True:
        before = text
        for placeholder, find in finders:
            text = "".join(
                part if _PLACEHOLDER.fullmatch(part) else _replaced(part, placeholder, find(part))
                for part in _PLACEHOLDER.split(text)
            )
        if text == before:
            return text


def _replaced(text: str, placeholder: str, spans: Iterator[Span]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start >= at:
            parts += [text[at:start], placeholder]
        at = end
    return "".join(parts) + text[at:]


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (match.span() for match in pattern.finditer(text))


def _secrets(text: str) -> Iterator[Span]:
    yield from _spans(_PRIVATE_KEY, text)
    yield from _spans(_PREFIXED, text)
    for pattern in _patterns():
        for match in pattern.finditer(text):
            # A pattern may match only the beginning of a longer key.
            rest = _REST_OF_TOKEN.match(text, match.end())
            yield match.start(), rest.end() if rest else match.end()
    yield from (match.span(1) for match in _NAMED.finditer(text))
    for found in KeywordDetector().analyze_string(text):
        for match in re.finditer(re.escape(found), text) if len(found) > 3 else ():
            yield match.span()
    urls = [match.span() for match in _URL.finditer(text)]
    for match in _TOKEN.finditer(text):
        # In a URL's path each segment may be a key of its own.
        in_url = any(start <= match.start() < end for start, end in urls)
        for part in (_SEGMENT if in_url else _TOKEN).finditer(match[0]):
            if _is_random(part[0]):
                yield match.start() + part.start(), match.start() + part.end()


def _is_random(token: str) -> bool:
    if not re.search(r"\d", token) or not re.search(r"[A-Za-z]", token):
        return False
    if re.fullmatch(r"[0-9a-fA-F]+", token):
        return _hex().calculate_shannon_entropy(token.lower()) >= _HEX_BITS
    return _mixed().calculate_shannon_entropy(token) >= _MIXED_BITS


def _phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    for region in (None, *regions):
        # Without a region only numbers with a country prefix match, and those need less proof.
        leniency = phonenumbers.Leniency.POSSIBLE if region is None else phonenumbers.Leniency.VALID
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency):
            yield match.start, match.end


@cache
def _people(names: frozenset[str]) -> re.Pattern[str] | None:
    """Match each name as a whole word, the longest first; several words in any case."""
    if not names:
        return None
    parts = []
    # The longest first, or a first name would match and leave the surname behind.
    for name in sorted(names, key=lambda one: (-len(one), one)):
        exact = r"\s+".join(map(re.escape, name.split()))
        # A single name, such as Mark, is often a word too: without an @ only the exact spelling
        # counts.
        parts.append(f"(?i:@?{exact})" if " " in name else f"(?:(?i:@{exact})|{exact})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    plugins: Mapping[str, type[BasePlugin]] = get_mapping_from_secret_type_to_class()
    return tuple(
        pattern
        for name, plugin in sorted(plugins.items())
        if issubclass(plugin, RegexBasedDetector) and name not in _NOT_SECRET
        for pattern in plugin().denylist
    )


@cache
def _hex() -> HexHighEntropyString:
    return HexHighEntropyString()


@cache
def _mixed() -> Base64HighEntropyString:
    return Base64HighEntropyString()
