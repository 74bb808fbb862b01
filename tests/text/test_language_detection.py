"""Texts whose language is told by their words."""

import pytest

from text.language_detection import language_of, likely_languages

TEXTS = {
    "english": "You may take leave when your manager agrees to it.",
    "german": "Sie können Urlaub nehmen, wenn es mit dem Team abgesprochen ist.",
    "french": "Vous pouvez prendre des congés avec l accord de votre responsable.",
    "spanish": "Puede tomar vacaciones cuando su responsable está de acuerdo con ello.",
    "italian": "Si possono prendere le ferie quando il responsabile è d accordo.",
    "portuguese": "Você pode tirar férias quando o seu chefe não tem nada contra isso.",
    "dutch": "Je kunt verlof opnemen als het met je team is besproken.",
    "swedish": "Du kan ta ledigt när det är överenskommet med din chef.",
    "danish": "Du kan holde fri når det er aftalt af dig og din leder, og ikke før.",
    "finnish": "Voit pitää lomaa kun se on sovittu esimiehen kanssa ja se sopii myös muille.",
    "hungarian": "Szabadságot csak akkor lehet kivenni, ha azt a vezető is jóváhagyta.",
    "romanian": "Puteți lua concediu dacă este aprobat de către șeful dumneavoastră.",
    "turkish": "Yöneticiniz için uygun ise daha sonra da izin almak çok kolay bir şey.",
    "polish": "Można wziąć urlop, jeśli jest to uzgodnione z przełożonym i nie ma sporu.",
    "czech": "Dovolenou si můžete vzít, když je to dohodnuté s vaším vedoucím a není spor.",
    "catalan": "Pots fer vacances quan el teu cap hi està d acord amb aquest pla.",
}


def words(text: str) -> set[str]:
    """Its words in lower case."""
    return {word.strip(".,") for word in text.lower().split()}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_sentence_shows_its_language(language: str, text: str) -> None:
    """Its commonest words tell it, and a query of it is asked in it among others."""
    assert language_of(words(text)) == language
    assert language in likely_languages(words(text))


@pytest.mark.parametrize(
    "text", ["", "Kubernetes OOMKilled", "José Müller", "we die in the war", "x = y or z"]
)
def test_english_in_doubt(text: str) -> None:
    """Names, code and foreign words among English ones show no other language."""
    assert language_of(words(text)) == "english"


def test_letters_alone_hint_at_the_languages_of_a_query() -> None:
    """A word that no list holds is asked for in the languages that write so, and in English."""
    assert set(likely_languages({"überstundenausgleich"})) >= {"english", "german"}
    assert likely_languages({"kubernetes"}) == ["english"]
