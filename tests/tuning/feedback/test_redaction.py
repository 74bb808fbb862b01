"""What must not be learned is not in a redacted text."""

import string

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuning.feedback.redaction import redact

NAMES = ("Priya Nair", "Priya", "Mark", "ana.lima")
_WORD = st.text(string.ascii_letters + string.digits, min_size=36, max_size=36)
KEYS = st.one_of(
    st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("AKIA".__add__),
    _WORD.map("ghp_".__add__),
    _WORD.map("sk-proj-".__add__),
    _WORD.map(lambda word: f"xoxb-{len(word)}12345-{word}"),
    _WORD.map(lambda word: f"eyJ{word}.eyJ{word}.{word}"),
    _WORD.map(
        lambda word: f"-----BEGIN RSA PRIVATE KEY-----\n{word}\n-----END RSA PRIVATE KEY-----"
    ),
)
REGIONS = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
WORDS = st.text("abcdefghij ÄßéÇ中文.,:-", max_size=30)


@given(WORDS, st.emails(domains=st.just("example.org")), WORDS)
def test_no_address_survives(before: str, address: str, after: str) -> None:
    """Whatever stands around an e-mail address, no part of it is left."""
    left = redact(f"{before} {address} {after}")
    assert "[email]" in left or "[secret]" in left
    assert address not in left
    assert "example.org" not in left


@given(WORDS, REGIONS, WORDS)
def test_no_number_survives(before: str, region: str, after: str) -> None:
    """A telephone number of any country, as it is dialled from abroad, is gone."""
    number = phonenumbers.example_number(region)
    assert number is not None
    for form in (
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.E164,
    ):
        shown = phonenumbers.format_number(number, form)
        assert shown not in redact(f"{before} {shown} {after}")


@given(WORDS, KEYS, WORDS)
def test_no_key_survives(before: str, key: str, after: str) -> None:
    """Keys of AWS, GitHub, OpenAI and Slack, JSON web tokens and private keys are gone."""
    left = redact(f"{before} {key} {after}")
    assert key not in left
    assert key[-24:] not in left


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.one_of(WORDS, KEYS, st.emails(), st.sampled_from(NAMES)), max_size=4).map(
            " ".join
        ),
    )
)
def test_once_is_enough(text: str) -> None:
    """What was redacted is not changed by redacting it again."""
    once = redact(text, NAMES)
    assert redact(once, NAMES) == once


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask <@U024BE7LH> or <@W12345678|ana>.", "Ask [person] or [person]."),
        ("Ask Priya Nair, or PRIYA NAIR.", "Ask [person], or [person]."),
        ("Mark it, and mark it with @mark.", "[person] it, and mark it with [person]."),
        ("Mail <mailto:a@b.org|a@b.org>!", "Mail [email]!"),
        ("Call +44 20 7946 0958 or (212) 555-0123.", "Call [phone] or [phone]."),
        ("The password is hunter2!", "The password is [secret]"),
        ("Log in at https://me:geheim@wiki.example.org.", "Log in at https[secret]"),
        (
            "https://hook.example.org/x/Zk3vT9qLw2Xc8RbN5mYd7Hs1",
            "https://hook.example.org/x/[secret]",
        ),
        ("key 4f3c2a9be0d15c7788aa01fe2b3c4d5e", "key [secret]"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    """Mentions, names, addresses, numbers and secrets each have a placeholder."""
    assert redact(text, NAMES) == left


@pytest.mark.parametrize(
    "text",
    [
        "We deploy to production on 2026-03-01 at 10:00, in version 1.2.3 [1].",
        "Reset your password: go to the settings page [2].",
        "The salary band of level 5 is 91,000 euros; order 1,234,567 was paid.",
        "See docs/getting-started.md, or https://example.org/handbook/on-call-rotation-guide.",
        "See https://www.nytimes.com/interactive/2014/Upshot/Buy-or-Rent.html?_r=0.",
        "Der Internationalisierungsbeauftragte antwortet um 9:30.",
    ],
)
def test_plain_text_stays(text: str) -> None:
    """Dates, versions, amounts, paths, long words and citations are not taken for anything else."""
    assert redact(text, NAMES) == text
