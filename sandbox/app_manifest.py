"""Read the app from its manifest: name, scopes, event subscriptions, commands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import ManifestError
from sandbox.workspace.ids import id_from
from sandbox.workspace.people import Person

_EVERY_SCOPE = """
    app_mentions:read assistant:write bookmarks:write channels:history channels:join channels:read
    chat:write chat:write.customize chat:write.public commands emoji:read files:read
    groups:history groups:read groups:write im:history im:read im:write mpim:history mpim:read
    mpim:write reactions:read reactions:write team:read usergroups:read users:read
    users:read.email
"""
_EVERY_EVENT = """
    agent_session_stopped app_home_opened app_mention app_uninstalled channel_created channel_shared
    channel_unshared member_joined_channel member_left_channel message.channels message.groups
    message.im message.mpim reaction_added reaction_removed subteam_members_changed tokens_revoked
    user_change
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command that the app answers."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool

    def shape(self) -> dict[str, Any]:
        """Return the command for the control API."""
        return {
            "command": self.command,
            "description": self.description,
            "usage_hint": self.usage_hint,
        }


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global or a message shortcut of the app."""

    name: str
    callback_id: str
    type: str

    def shape(self) -> dict[str, Any]:
        """Return the shortcut for the control API."""
        return {"name": self.name, "callback_id": self.callback_id, "type": self.type}


@dataclass(frozen=True, slots=True)
class App:
    """The installed app. Ids and tokens derive from its name, so that a restart keeps them."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    interactivity: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    agent: bool = False
    agent_description: str = ""
    suggested_prompts: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The app's id, `A…`."""
        return id_from("A", self.name)

    @property
    def bot_user_id(self) -> str:
        """The bot user's id, `U…`, which mentions name."""
        return id_from("U", self.name)

    @property
    def bot_id(self) -> str:
        """The bot's id, `B…`, which its messages carry."""
        return id_from("B", self.name)

    @property
    def bot_token(self) -> str:
        """The Web API token."""
        return f"xoxb-sandbox-{self.id}"

    @property
    def app_token(self) -> str:
        """The Socket Mode token."""
        return f"xapp-sandbox-{self.id}"

    @property
    def signing_secret(self) -> str:
        """The secret that signs Events API requests."""
        return f"sandbox-signing-{self.id}"

    def hears(self, event: str) -> bool:
        """Return whether the app subscribed to this event, e.g. `message.im`."""
        return event in self.events

    def as_person(self, team: str) -> Person:
        """Return the bot user as one of the workspace's people."""
        return Person(
            id=self.bot_user_id,
            name=self.bot_name,
            real_name=self.name,
            title=self.agent_description,
            role="member",
            team=team,
            color="3b2f63",
            bot_id=self.bot_id,
            app_id=self.id,
        )


PERMISSIVE = App(
    name="App",
    bot_name="app",
    scopes=frozenset(_EVERY_SCOPE.split()),
    events=frozenset(_EVERY_EVENT.split()),
    agent=True,
)
"""The app of a sandbox without a manifest: it has every scope and every event."""


def load_manifest(path: Path) -> App:
    """Read an app from a manifest file in JSON. Raises ManifestError."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(
            f"The manifest {path} cannot be read: {error.strerror}. Check --manifest."
        ) from error
    except ValueError as error:
        raise ManifestError(f"The manifest {path} is not JSON: {error}.") from error
    if not isinstance(manifest, dict):
        raise ManifestError(f"The manifest {path} must be a JSON object.")
    return read_manifest(manifest)


def read_manifest(manifest: Mapping[str, Any]) -> App:
    """Build an app from a manifest. Raises ManifestError."""
    name = _at(manifest, "display_information", "name")
    if not isinstance(name, str) or not name:
        raise ManifestError("The manifest has no display_information.name: give the app a name.")
    features = _at(manifest, "features") or {}
    agent = features.get("agent_view") or features.get("assistant_view")
    home = features.get("app_home") or {}
    return App(
        name=name,
        bot_name=_at(features, "bot_user", "display_name") or name,
        scopes=frozenset(_at(manifest, "oauth_config", "scopes", "bot") or ()),
        events=frozenset(_at(manifest, "settings", "event_subscriptions", "bot_events") or ()),
        commands=tuple(_command(entry) for entry in features.get("slash_commands") or ()),
        shortcuts=tuple(
            Shortcut(entry["name"], entry["callback_id"], entry["type"])
            for entry in features.get("shortcuts") or ()
        ),
        interactivity=bool(_at(manifest, "settings", "interactivity", "is_enabled")),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        agent=agent is not None,
        agent_description=(agent or {}).get("agent_description")
        or (agent or {}).get("assistant_description", ""),
        suggested_prompts=_prompts((agent or {}).get("suggested_prompts") or ()),
    )


def _command(entry: Mapping[str, Any]) -> Command:
    return Command(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape")),
    )


def _prompts(entries: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((entry["title"], entry["message"]) for entry in entries)


def _at(tree: Mapping[str, Any], *path: str) -> Any:
    """Return the value at the path, or None."""
    value: Any = tree
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
