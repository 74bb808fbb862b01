"""A person or bot of the workspace, and the user object of the Web API."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["owner", "admin", "member", "guest", "partner"]
ROLES: tuple[str, ...] = get_args(Role)
COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace; a `partner` belongs to another workspace, `team`."""

    id: str
    name: str
    real_name: str
    title: str
    role: Role
    team: str
    color: str
    bot_id: str | None = None
    app_id: str | None = None

    @property
    def is_bot(self) -> bool:
        """Whether this is the app's bot user."""
        return self.bot_id is not None

    @property
    def is_outsider(self) -> bool:
        """Whether they see only the channels they are in."""
        return self.role in ("guest", "partner")

    def shape(self) -> dict[str, Any]:
        """Return the person for the control API."""
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "title": self.title,
            "is_admin": self.role in ("owner", "admin"),
            "is_bot": self.is_bot,
            "is_guest": self.role == "guest",
            "is_partner": self.role == "partner",
            "color": f"#{self.color}",
        }

    def to_slack(self, home_team: str, domain: str) -> dict[str, Any]:
        """Return the user object of `users.info`."""
        profile: dict[str, Any] = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "avatar_hash": self.id[-8:].lower(),
            "status_text": "",
            "status_emoji": "",
            "team": self.team,
        }
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id, "always_active": True}
        else:
            profile["email"] = f"{self.name}@{domain}.example"
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": False,
            "color": self.color,
            "real_name": self.real_name,
            "tz": "Europe/Amsterdam",
            "tz_label": "Central European Time",
            "tz_offset": 3600,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if self.team != home_team:
            return user | {"is_stranger": False, "is_restricted": False}
        return user | {
            "is_admin": self.role in ("owner", "admin"),
            "is_owner": self.role == "owner",
            "is_primary_owner": self.role == "owner",
            "is_restricted": self.role == "guest",
            "is_ultra_restricted": False,
        }
