"""Texts turned into search terms."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lexical.analyzer import LONGEST_TERM, query_terms, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running shoes", ["run", "shoe"]),
        ("What is the policy?", ["polici"]),
        ("getUserById", ["getuserbyid", "get", "user", "id"]),
        ("HTTP_429", ["http_429", "http", "429"]),
        ("#team-data", ["team-data", "team", "data"]),
        ("XMLHttpRequest", ["xmlhttprequest", "xml", "http", "request"]),
        ("docs/setup.md", ["docs/setup.md", "doc", "setup", "md"]),
        ("Café CAFE", ["cafe", "cafe"]),
        ("the user's", ["user"]),
        ("今天天气", ["今天", "天天", "天气"]),
        ("東", ["東"]),
        ("한국어 text", ["한국", "국어", "text"]),
        ("text混合text", ["text", "混合", "text"]),
        ("हिन्दी", ["हिन्द"]),
        ("Политика отпусков и отпуск", ["политик", "отпуск", "отпуск"]),
        ("error HTTP429 in sha256", ["error", "http429", "http", "429", "sha256", "sha", "256"]),
        ("p53 and UTF-8", ["p53", "utf-8", "utf", "8"]),
        ("we'll see, don't, O'Brien's", ["see", "obrien"]),
        ("the of and", []),
        ("🙂 … — ' \x00", []),
        ("", []),
    ],
)
def test_terms_of_many_kinds_of_text(text: str, expected: list[str]) -> None:
    """Words are stemmed, identifiers kept whole and split, scripts without blanks paired."""
    assert terms(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_terms_are_short_and_never_empty(text: str) -> None:
    """Any text at all gives terms that fit the index."""
    assert all(0 < len(term) <= LONGEST_TERM for term in terms(text))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Welche Richtlinie gilt?", "Die Richtlinien sind für alle da."),
        ("Urlaubsansprüche", "Der Urlaubsanspruch ist in der Richtlinie geregelt."),
        ("¿Cuál es la política de vacaciones?", "Las políticas se publican en el portal."),
        ("la fermeture de l’école", "Les écoles sont fermées en été."),
        ("Che cosa dicono le norme?", "La norma è scritta in questo documento."),
        ("отпуска", "Правила об отпусках для всех"),  # noqa: RUF001 - real Russian
        ("Hvor mange feriedage er der?", "Feriedagene er aftalt af os alle."),
    ],
)
def test_other_languages_are_stemmed_as_what_they_are(asked: str, text: str) -> None:
    """A question finds a text by another form of its word, in each of them."""
    assert set(query_terms(asked)) & set(terms(text))


@pytest.mark.parametrize("word", ["Mitbestimmung", "collaborazione", "épargne", "työntekijöiden"])
def test_a_word_alone_is_found_in_a_text_of_its_language(word: str) -> None:
    """One word does not show its language; the same word in a text that does is found by it."""
    texts = {
        "Mitbestimmung": "Die {} ist in der Satzung geregelt.",
        "collaborazione": "La {} con gli altri è nel nostro statuto.",
        "épargne": "Le plan d’{} est ouvert à tous les salariés.",
        "työntekijöiden": "Se on {} oikeus, ja se on kaikille sama.",
    }
    assert set(query_terms(word)) & set(terms(texts[word].format(word)))
    assert set(query_terms(word.upper())) & set(terms(texts[word].format(word)))


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("what do I have to back up", "## Backups"),
        ("how do you log in there", "The login needs a code."),
        ("add a web hook", "Webhooks are set in the settings."),
        ("the time zone of the office", "timezone: Europe/Lisbon"),
    ],
)
def test_two_words_find_what_is_written_as_one(asked: str, written: str) -> None:
    """Words joined by chance are in no text; a stop word is joined to none."""
    assert set(query_terms(asked)) & set(terms(written))
    assert not {term for term in query_terms("the users and the team") if "and" in term}


def test_a_query_has_each_term_once_and_no_stop_words() -> None:
    """In whichever language it is asked."""
    assert query_terms("the users and the user") == ["user"]
    assert query_terms("Wie ist das mit dem Urlaub und dem Urlaub?") == ["urlaub"]
    assert query_terms("what is it in which we were") == []


def test_an_english_text_has_one_term_a_word() -> None:
    """A foreign word or two do not make a text foreign."""
    assert terms("We die in the café of El Paso") == ["die", "cafe", "el", "paso"]


def test_a_long_text_takes_time_in_proportion() -> None:
    """Time grows with the text, whatever it is made of."""
    for unit in ("The quick brown foxes jumped. ", "aB", "a-", "é", "東", "x'", "_", "A1"):
        text = unit * (100_000 // len(unit))
        started = time.process_time()
        terms(text)
        assert time.process_time() - started < 3
