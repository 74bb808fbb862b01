"""All settings, with defaults and descriptions; the only place that reads the environment."""

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from answering.model.hub_file import SCHEME, HubFile
from houselore.errors import WrongUse

PREFIX = "HOUSELORE_"
EMBEDDED = "embedded:"
BUILT_IN = "house"
"""The default chat model's name: the bundled model, or the file in CHAT_GGUF."""
STORAGES = ("s3://", "gs://", "az://", "file:///")
_EMOJI = re.compile(r"[^\W_][\w'+-]*|[+-]1")

Connection = Literal["socket mode", "events api", "sandbox"]
ChatServer = Literal["embedded", "endpoint", "provider"]
HubModel = Literal["chat model", "reranker"]


class Settings(BaseSettings):
    """The settings of one installation, which serves one workspace."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        # `KEY=` counts as not set, as in a compose file.
        env_ignore_empty=True,
        extra="ignore",  # other programs' variables; ours are checked by open_settings
        frozen=True,
        # So that the command line can override a field whose variable has another name.
        populate_by_name=True,
    )

    slack_bot_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_BOT_TOKEN"),
        description="The bot's token, `xoxb-…`. Without it Houselore starts its own sandbox.",
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN"),
        description="The app's token, `xapp-…`, for Socket Mode.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_SIGNING_SECRET"),
        description="The app's signing secret, for the Events API over HTTP.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Where Slack's Web API is; another one for tests."
    )
    workspace: str = Field(
        "home",
        min_length=1,
        max_length=80,
        description="The workspace's name: every row and every cached thing carries it.",
    )
    admins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Slack user ids, separated by commas, that may use admin commands. "
        "Admins and owners in Slack may anyway.",
    )
    good_reactions: Annotated[tuple[str, ...], NoDecode] = Field(
        ("+1", "thumbsup"),
        description="The reactions that call an answer good: names of emoji, separated by commas.",
    )
    bad_reactions: Annotated[tuple[str, ...], NoDecode] = Field(
        ("-1", "thumbsdown"), description="The reactions that call an answer bad."
    )
    train_on_feedback: bool = Field(
        False,
        description="Whether what people ask, judge and correct may become training data. Read "
        "docs/learning.md first: it is for your team, and Slack's terms, to allow.",
    )
    train_unreviewed: bool = Field(
        False,
        description="Whether `tune` also learns from examples that nobody has reviewed.",
    )
    tune_examples: int | None = Field(
        None,
        ge=1,
        description="`run` trains when so many new examples were approved, judges the candidate, "
        "and tries it if it passes. Needs `train_on_feedback` and the extra `tuning`. Default: "
        "only when asked to.",
    )
    tune_days: float | None = Field(
        None, gt=0, description="`run` trains every so many days if examples are new."
    )
    tune_share: float = Field(
        0.2, gt=0, le=0.5, description="The share of the channels in which `run` tries a candidate."
    )
    style_guide: Path | None = Field(
        None,
        description="A text file that says in plain sentences how the house writes. An endpoint's "
        "model is told it, and every candidate is measured by what of it can be counted.",
    )
    docs: Path | None = Field(
        None,
        description="The file or folder that `run` indexes at its start. Default: these docs.",
    )
    docs_url: str | None = Field(
        None,
        description="Where the files of `docs` can be read, such as `https://wiki.example.org/`; "
        "a citation links to this followed by the file's path. Default: Houselore's own page.",
    )
    sync_seconds: float = Field(
        30,
        ge=0,
        le=3600,
        description="How often `run` looks for changes in what is indexed; 0: only when asked to.",
    )
    data_dir: Path = Field(
        Path(".houselore"), description="The folder for everything that Houselore keeps."
    )
    adapters: str | None = Field(
        None,
        description="Where trained and registered adapters are kept for all machines: "
        "`s3://bucket/prefix`, `gs://…`, `az://…`, or `file:///a/shared/folder`. The storage's own "
        "variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …) are read from the environment, not "
        "from `.env`. Default: in the data folder.",
    )
    database_url: SecretStr = Field(
        SecretStr(EMBEDDED),
        description="`postgresql://…` of a Postgres 15 or newer with pgvector 0.7 or newer.",
    )
    redis_url: SecretStr = Field(
        SecretStr(EMBEDDED),
        description="`redis://…` of a Redis 6.2 or newer. A cache: nothing is lost with it.",
    )
    chat_url: str = Field(
        EMBEDDED,
        description="An OpenAI-compatible endpoint (vLLM, Ollama, llama.cpp, a hosted one) that "
        "ends in `/v1`.",
    )
    chat_model: str = Field(
        BUILT_IN,
        description="With `chat_url`, the model's name there. Without, `provider:model`, such as "
        "`anthropic:…`, `openai:…` or `ollama:…`, by LangChain's package for that provider; or "
        "`hf://OWNER/REPO/FILE.gguf`, a file of the Hugging Face hub (`hf://OWNER/REPO@REVISION/…` "
        "for another revision), which is pulled at the first start and runs here.",
    )
    chat_api_key: SecretStr | None = Field(
        None,
        description="The key for that endpoint or provider. Default, for a provider: its own "
        "variable, such as `ANTHROPIC_API_KEY`, in the environment.",
    )
    chat_reads: Literal["sentences", "passages"] | None = Field(
        None,
        description="What the chat model is given: `sentences`, one to three short excerpts, or "
        "`passages`, whole sections. Default: passages, except for a model on this machine whose "
        "file has under 700 MB.",
    )
    chat_rewrites: bool | None = Field(
        None,
        description="Whether the chat model rewrites a follow-up so that it can be searched for "
        "alone. Default: as with `chat_reads`.",
    )
    chat_gguf: Path | None = Field(
        None,
        description="A GGUF file for the embedded chat model. Default: SmolLM2-135M-Instruct.",
    )
    embeddings: str = Field(
        EMBEDDED,
        description="`https://host/v1#model-name` for an OpenAI-compatible endpoint, or "
        "`provider:model` of a provider whose LangChain package is installed "
        "(`cohere:embed-v4.0`). Default: all-MiniLM-L6-v2 in this process.",
    )
    embeddings_api_key: SecretStr | None = Field(
        None,
        description="The key for it. Default: none; a provider's package reads its own variable.",
    )
    reranker: str | None = Field(
        None,
        description="A cross-encoder, `https://host/v1#model-name`, behind `/rerank` as vLLM, "
        "llama.cpp, Jina and Cohere have it; or `hf://OWNER/REPO/FILE.gguf`, which is pulled at "
        "the first start and runs here. Measure it first: `houselore eval retrieval`.",
    )
    reranker_api_key: SecretStr | None = Field(None, description="The key for that endpoint.")
    host: str = Field(
        "127.0.0.1", description="The address to listen on; `0.0.0.0` in a container."
    )
    port: int = Field(
        3000, ge=1, le=65534, description="The port of the sandbox, or of the Events API."
    )
    http_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="The port of the health checks and the reader pages. Default: the one after "
        "`port`.",
    )
    public_url: str | None = Field(
        None,
        description="How people's browsers reach `http_port`, for links to the reader pages. "
        "Default: this machine alone.",
    )
    link_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Signs the links to the reader pages; the same on all machines. Default: made "
        "once and kept in the data folder.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is written to the log."
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("good_reactions", "bad_reactions", mode="before")
    @classmethod
    def _emoji(cls, value: Any, info: ValidationInfo) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        names = tuple(part.strip().strip(":") for part in parts if part.strip())
        if not names:
            raise ValueError("it names no emoji")
        for name in names:
            if not _EMOJI.fullmatch(name):
                raise ValueError(
                    f"`{name}` is no name of an emoji: write them as Slack does, without a skin "
                    "tone and with commas between, such as `+1,tada`"
                )
        both = set(names) & set(info.data.get("good_reactions", ()))
        if both:
            raise ValueError(f"`{min(both)}` calls an answer good already")
        return names

    @field_validator("adapters")
    @classmethod
    def _storage(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(STORAGES):
            raise ValueError(f"it must start with one of {', '.join(STORAGES)}")
        # It is kept in the registry, and shown.
        if "@" in value or "?" in value or "#" in value:
            raise ValueError(
                "it must be a place alone: keys and options belong into the storage's own variables"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, "postgresql://", "postgres://")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, "redis://", "rediss://", "unix://")

    @field_validator("chat_model")
    @classmethod
    def _chat_model(cls, value: str, info: ValidationInfo) -> str:
        is_elsewhere = info.data.get("chat_url", EMBEDDED) != EMBEDDED
        if value.startswith(SCHEME):
            HubFile.parse(value)
            if is_elsewhere:
                raise ValueError(
                    "a file of the hub runs on this machine: set it without HOUSELORE_CHAT_URL"
                )
        elif not is_elsewhere and value != BUILT_IN and not all(value.partition(":")):
            raise ValueError(
                f"`{value}` says not whose it is: write provider:model, such as openai:{value}, "
                f"or set {PREFIX}CHAT_URL to where it is served"
            )
        return value

    @field_validator("chat_gguf")
    @classmethod
    def _one_chat_model(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        name = info.data.get("chat_model", BUILT_IN)
        if value is not None and info.data.get("chat_url") == EMBEDDED and name != BUILT_IN:
            raise ValueError(f"{PREFIX}CHAT_MODEL={name} names another model: set one of the two")
        return value

    @field_validator("reranker")
    @classmethod
    def _reranker(cls, value: str | None) -> str | None:
        if value is not None and value.startswith(SCHEME):
            HubFile.parse(value)
            return value
        return cls._web(value)

    @field_validator("slack_api_url", "chat_url", "public_url", "docs_url")
    @classmethod
    def _web(cls, value: str | None) -> str | None:
        if value not in (None, EMBEDDED) and not value.startswith(("http://", "https://")):
            raise ValueError("it must start with http:// or https://")
        return value

    @field_validator("embeddings")
    @classmethod
    def _embedder(cls, value: str) -> str:
        if value != EMBEDDED and not re.match(r"https?://|[a-z][a-z0-9_]*:(?!/)\S", value):
            raise ValueError("write https://host/v1#model-name or provider:model")
        return value

    @property
    def connection(self) -> Connection:
        """How the bot connects to Slack. Raises WrongUse when the tokens do not make a pair."""
        if self.slack_bot_token is None:
            if self.slack_app_token or self.slack_signing_secret:
                raise WrongUse("SLACK_BOT_TOKEN is missing: set it too, or none of Slack's.")
            return "sandbox"
        if self.slack_app_token is not None:
            return "socket mode"
        if self.slack_signing_secret is not None:
            return "events api"
        raise WrongUse(
            "SLACK_BOT_TOKEN alone is not enough: set SLACK_APP_TOKEN for Socket Mode, or "
            "SLACK_SIGNING_SECRET for the Events API."
        )

    @property
    def chat_server(self) -> ChatServer:
        """Where the chat model runs: an embedded server, an endpoint, or a provider's API."""
        if self.chat_url != EMBEDDED:
            return "endpoint"
        is_here = self.chat_model == BUILT_IN or self.chat_model.startswith(SCHEME)
        return "embedded" if is_here else "provider"

    @property
    def hub_files(self) -> dict[HubModel, HubFile]:
        """The Hugging Face hub files that run on this machine."""
        named: dict[HubModel, str] = {
            "chat model": self.chat_model,
            "reranker": self.reranker or "",
        }
        return {
            part: HubFile.parse(name) for part, name in named.items() if name.startswith(SCHEME)
        }

    @property
    def chat_file(self) -> Path | None:
        """The embedded chat model's GGUF file, from the hub or local; None for the bundled one."""
        if (file := self.hub_files.get("chat model")) is not None:
            return file.place(self.models_folder)
        return self.chat_gguf.expanduser().absolute() if self.chat_gguf else None

    @property
    def reranker_file(self) -> Path | None:
        """The embedded reranker's GGUF file."""
        file = self.hub_files.get("reranker")
        return file.place(self.models_folder) if file else None

    @property
    def models_folder(self) -> Path:
        """The folder of the hub's files."""
        return self.data_dir.expanduser().resolve() / "models"

    @property
    def reader_port(self) -> int:
        """The port of the health checks and the reader pages."""
        return self.port + 1 if self.http_port is None else self.http_port

    @property
    def reader_url(self) -> str:
        """The reader pages' base URL, as browsers reach it."""
        return self.public_url or f"http://127.0.0.1:{self.reader_port}"

    def folder(self) -> Path:
        """Return the data folder's real path; create it if it is missing. Raises WrongUse."""
        folder = self.data_dir.expanduser().resolve()
        try:
            if not folder.exists():
                folder.mkdir(mode=0o700, parents=True)
                if os.geteuid() == 0:
                    folder.chmod(0o711)  # Postgres' own user passes through to its folder
        except OSError as error:
            raise WrongUse(
                f"The data folder {folder} cannot be made ({error.strerror}): set "
                f"{PREFIX}DATA_DIR to one that can."
            ) from error
        return folder


def open_settings(**given: Any) -> Settings:
    """Load the settings from the environment and `.env`; `given` (the command line) wins.

    Raises WrongUse for an invalid value and for an unknown HOUSELORE_ key.
    """
    _refuse_unknown_keys()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        key = name if name.isupper() else key_of(name)
        message = first["msg"].removeprefix("Value error, ")
        # `from None`: pydantic's own error shows the value, which may be a secret.
        raise WrongUse(f"{key} is not right: {message[0].lower()}{message[1:]}.") from None


def key_of(field: str) -> str:
    """Return the environment variable that sets a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def _refuse_unknown_keys() -> None:
    from dotenv import dotenv_values

    known = {key_of(field) for field in Settings.model_fields}
    for place, keys in (
        ("the environment", list(os.environ)),
        (".env", list(dotenv_values(".env"))),
    ):
        for key in sorted(key.upper() for key in keys):
            if key.startswith(PREFIX) and key not in known:
                nearest = difflib.get_close_matches(key, known, n=1, cutoff=0)[0]
                raise WrongUse(f"{key} in {place} is no setting: did you mean {nearest}?")


def _with_scheme(value: SecretStr, *schemes: str) -> SecretStr:
    url = value.get_secret_value()
    if url != EMBEDDED and not url.startswith(schemes):
        raise ValueError(f"it must start with {schemes[0]}")
    return value
