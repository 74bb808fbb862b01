"""Settings come from the environment and `.env`, and a slip of the pen is noticed."""

from pathlib import Path

import pytest

from houselore.errors import WrongUse
from houselore.settings import Settings, key_of, open_settings
from houselore.settings_docs import settings_page

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(key_of(field), raising=False)


def test_everything_has_a_default() -> None:
    """With nothing set, everything is embedded and people are reached in the sandbox."""
    settings = open_settings()
    assert settings.connection == "sandbox"
    assert settings.database_url.get_secret_value() == "embedded:"
    assert settings.reader_port == settings.port + 1


def test_the_command_line_wins_over_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each place is read, the nearer one first."""
    Path(".env").write_text("HOUSELORE_PORT=4001\nHOUSELORE_WORKSPACE=acme\n")
    assert open_settings().port == 4001
    monkeypatch.setenv("HOUSELORE_PORT", "4002")
    assert open_settings().port == 4002
    assert open_settings(port=4003).port == 4003
    assert open_settings(port=None).workspace == "acme"


def test_an_unknown_key_in_the_environment_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HOUSELORE_DATABSE_URL is refused, and HOUSELORE_DATABASE_URL offered."""
    monkeypatch.setenv("HOUSELORE_DATABSE_URL", "x")
    with pytest.raises(WrongUse, match=r"environment.*did you mean HOUSELORE_DATABASE_URL"):
        open_settings()


def test_an_unknown_key_in_the_file_names_the_nearest() -> None:
    """The same holds for `.env`, where other programs' keys are left alone."""
    Path(".env").write_text("OTHER=1\nHOUSELORE_PROT=1\n")
    with pytest.raises(WrongUse, match=r"\.env.*did you mean HOUSELORE_PORT"):
        open_settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("HOUSELORE_PORT", "http"),
        ("HOUSELORE_PORT", "0"),
        ("HOUSELORE_DATABASE_URL", "mysql://localhost/x"),
        ("HOUSELORE_REDIS_URL", "localhost"),
        ("HOUSELORE_CHAT_URL", "localhost:8000"),
        ("HOUSELORE_CHAT_MODEL", "gpt-4o"),
        ("HOUSELORE_CHAT_MODEL", "openai:"),
        ("HOUSELORE_CHAT_MODEL", "hf://owner/repo"),
        ("HOUSELORE_RERANKER", "hf://owner/repo/file.safetensors"),
        ("HOUSELORE_RERANKER", "bge"),
        ("HOUSELORE_SLACK_API_URL", "slack.com"),
        ("HOUSELORE_LOG_LEVEL", "loud"),
        ("HOUSELORE_LINK_SECRET", "short"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    """The sentence names the key, and does not repeat a value that may be secret."""
    monkeypatch.setenv(key, value)
    with pytest.raises(WrongUse, match=f"^{key} is not right: ") as refused:
        open_settings()
    if key == "HOUSELORE_LINK_SECRET":
        assert value not in str(refused.value).replace("shorter", "")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("models/houselore", "it must start with one of s3://"),
        ("s3://AKIA1:hidden@models/houselore", "it must be a place alone"),
        ("az://models/houselore?sig=hidden", "it must be a place alone"),
    ],
)
def test_a_storage_is_named_without_its_keys(
    monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    """The URL is kept and shown: one with a key in it is refused, and not repeated."""
    monkeypatch.setenv("HOUSELORE_ADAPTERS", url)
    with pytest.raises(WrongUse, match=f"^HOUSELORE_ADAPTERS is not right: {said}") as refused:
        open_settings()
    assert "hidden" not in str(refused.value)


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose passes variables that are not set as empty ones."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    assert open_settings().connection == "sandbox"


def test_admins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces and a comma too many do no harm."""
    monkeypatch.setenv("HOUSELORE_ADMINS", "U1, U2,")
    assert open_settings().admins == {"U1", "U2"}


def test_reactions_are_names_of_emoji(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be written with colons, as people know them."""
    monkeypatch.setenv("HOUSELORE_GOOD_REACTIONS", ":tada:, +1,white_check_mark,")
    assert open_settings().good_reactions == ("tada", "+1", "white_check_mark")
    assert open_settings().bad_reactions == ("-1", "thumbsdown")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("👎", "`👎` is no name of an emoji"),
        ("-1 no", "`-1 no` is no name"),
        ("-1::skin-tone-2", "is no name"),
        (",", "names no emoji"),
        ("+1", r"`\+1` calls an answer good already"),
    ],
)
def test_other_words_are_no_reactions(monkeypatch: pytest.MonkeyPatch, bad: str, said: str) -> None:
    """What is no name, or says two things at once, is refused in words."""
    monkeypatch.setenv("HOUSELORE_BAD_REACTIONS", bad)
    with pytest.raises(WrongUse, match=f"^HOUSELORE_BAD_REACTIONS is not right: .*{said}"):
        open_settings()


@pytest.mark.parametrize(
    ("keys", "way"),
    [
        ({"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}, "socket mode"),
        ({"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}, "events api"),
        ({"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}, "socket mode"),
        (set(), "sandbox"),
    ],
)
def test_the_tokens_choose_the_way_to_slack(
    monkeypatch: pytest.MonkeyPatch, keys: set[str], way: str
) -> None:
    """Socket Mode where there is an app token, else the Events API, else the sandbox."""
    for key in keys:
        monkeypatch.setenv(key, "secret")
    assert open_settings().connection == way


@pytest.mark.parametrize("key", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_half_a_pair_of_tokens_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """One token alone is a mistake, not a wish for the sandbox."""
    monkeypatch.setenv(key, "secret")
    with pytest.raises(WrongUse, match="SLACK_BOT_TOKEN"):
        _ = open_settings().connection


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that land in a log or a traceback show no token and no password."""
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-hidden",
        "HOUSELORE_DATABASE_URL": "postgresql://me:hidden@localhost/x",
        "HOUSELORE_CHAT_API_KEY": "hidden",
    }
    for key, value in secrets.items():
        monkeypatch.setenv(key, value)
    assert "hidden" not in repr(open_settings())


def test_the_documentation_lists_every_setting() -> None:
    """docs/configuration.md is what the settings class says it is."""
    assert (REPOSITORY / "docs" / "configuration.md").read_text() == settings_page()


def test_where_the_chat_model_is() -> None:
    """By one name: the built-in one, a file of the hub, a provider's; an endpoint's by its URL."""
    assert open_settings().chat_server == "embedded"
    assert open_settings(chat_model="hf://a/b/c.gguf").chat_server == "embedded"
    assert open_settings(chat_model="anthropic:claude").chat_server == "provider"
    elsewhere = open_settings(chat_url="http://127.0.0.1:1/v1", chat_model="qwen3:8b")
    assert elsewhere.chat_server == "endpoint"


def test_the_file_of_a_chat_model(tmp_path: Path) -> None:
    """None for the built-in one; a file of one's own; one of the hub lies in the data folder."""
    assert open_settings(data_dir=tmp_path).chat_file is None
    assert open_settings(chat_gguf=Path("/m/own.gguf")).chat_file == Path("/m/own.gguf")
    pulled = open_settings(data_dir=tmp_path, chat_model="hf://a/b@v1/c.gguf")
    assert pulled.chat_file == tmp_path / "models/a/b/v1/c.gguf"


def test_two_chat_models_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the hub beside an endpoint or beside a file of one's own."""
    monkeypatch.setenv("HOUSELORE_CHAT_MODEL", "hf://a/b/c.gguf")
    with pytest.raises(WrongUse, match="without HOUSELORE_CHAT_URL"):
        open_settings(chat_url="http://127.0.0.1:1/v1")
    with pytest.raises(WrongUse, match="set one of the two"):
        open_settings(chat_gguf=Path("/m/own.gguf"))
