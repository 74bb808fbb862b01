"""Turn domain events into the events that Slack would send the app."""

import time
from typing import Any

from sandbox.workspace.channels import Channel
from sandbox.workspace.domain_events import (
    ChannelMade,
    Deleted,
    Edited,
    GroupChanged,
    Happening,
    HomeOpened,
    Joined,
    Left,
    PersonChanged,
    Posted,
    Reacted,
    SharingChanged,
    Stopped,
    Uninstalled,
)
from sandbox.workspace.ids import new_id
from sandbox.workspace.messages import Message
from sandbox.workspace.views import Views
from sandbox.workspace.workspace import Workspace

Event = dict[str, Any]
_SUBSCRIPTION = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def wrap(event: Event, workspace: Workspace) -> Event:
    """Return the event in the envelope of an Events API request."""
    app = workspace.app
    place = event.get("channel") or event.get("item", {}).get("channel")
    channel = workspace.channels.get(place) if isinstance(place, str) else None
    return {
        "token": app.signing_secret[-8:],
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and bool(channel.shared_with),
        "event_context": f"4-{new_id('')}",
    }


class Events:
    """Turns domain events into the Slack events that the app subscribed to."""

    def __init__(self, workspace: Workspace, views: Views) -> None:
        self.workspace = workspace
        self.views = views

    def of(self, happening: Happening) -> list[Event]:
        """Return the Slack events of a domain event; empty if the app may not know of it."""
        app = self.workspace.app
        if isinstance(happening, Uninstalled):
            return [
                event
                for event in (
                    {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user_id]}},
                    {"type": "app_uninstalled"},
                )
                if app.hears(str(event["type"]))
            ]
        if not self.workspace.installed:
            return []
        return [event for name, event in self._named(happening) if app.hears(name)]

    def _named(self, happening: Happening) -> list[tuple[str, Event]]:
        """Return each event with the name to subscribe to, whether the app did or not."""
        match happening:
            case Posted(message):
                return self._posted(message)
            case Edited(message, previous):
                return self._edited(message, previous)
            case Deleted(message, previous):
                return self._deleted(message, previous)
            case Reacted():
                return self._reacted(happening)
            case Joined(channel, person, inviter):
                extra = {"inviter": inviter} if inviter else {}
                return self._membership("member_joined_channel", channel, person, extra)
            case Left(channel, person):
                return self._membership("member_left_channel", channel, person, {})
            case SharingChanged():
                return self._sharing(happening)
            case PersonChanged(person):
                return self._person(person)
            case GroupChanged():
                return self._group(happening)
            case ChannelMade(channel):
                return self._made(channel)
            case HomeOpened(person, tab):
                return self._home(person, tab)
            case Stopped():
                return self._stopped(happening)
            case _:
                return []

    def _heard_in(self, message: Message) -> Channel | None:
        """Return the message's channel if the app is a member and the message is for all."""
        channel = self.workspace.channels[message.channel]
        inside = self.workspace.bot in channel.members and message.only_for is None
        return channel if inside else None

    def _posted(self, message: Message) -> list[tuple[str, Event]]:
        if (channel := self._heard_in(message)) is None:
            return []
        said = self.workspace.described(message)
        said |= {
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": channel.event_kind,
        }
        if message.is_reply:
            root = channel.messages.get(message.root_ts)
            said["parent_user_id"] = root.user if root else None
        if message.broadcast:
            said["subtype"] = "thread_broadcast"
        events = [(f"message.{_SUBSCRIPTION[channel.event_kind]}", said)]
        mentioned = f"<@{self.workspace.bot}>" in message.text and not channel.is_direct
        if mentioned and message.subtype is None and message.user != self.workspace.bot:
            kept = {key: value for key, value in said.items() if key not in ("channel_type",)}
            events.insert(0, ("app_mention", kept | {"type": "app_mention"}))
        return events

    def _edited(self, message: Message, previous: Event) -> list[tuple[str, Event]]:
        return self._changed(
            message,
            {
                "subtype": "message_changed",
                "message": self.workspace.described(message),
                "previous_message": previous,
            },
        )

    def _deleted(self, message: Message, previous: Event) -> list[tuple[str, Event]]:
        return self._changed(
            message,
            {
                "subtype": "message_deleted",
                "deleted_ts": message.ts,
                "previous_message": previous,
            },
        )

    def _changed(self, message: Message, change: Event) -> list[tuple[str, Event]]:
        if (channel := self._heard_in(message)) is None:
            return []
        ts = self.workspace.clock.ts()
        event = {
            "type": "message",
            **change,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.event_kind,
        }
        return [(f"message.{_SUBSCRIPTION[channel.event_kind]}", event)]

    def _reacted(self, reacted: Reacted) -> list[tuple[str, Event]]:
        if self._heard_in(reacted.message) is None:
            return []
        name = "reaction_added" if reacted.added else "reaction_removed"
        event = {
            "type": name,
            "user": reacted.person,
            "reaction": reacted.name,
            "item": {
                "type": "message",
                "channel": reacted.message.channel,
                "ts": reacted.message.ts,
            },
            "item_user": reacted.message.user,
            "event_ts": self.workspace.clock.ts(),
        }
        return [(name, event)]

    def _membership(
        self, name: str, channel: Channel, person: str, extra: Event
    ) -> list[tuple[str, Event]]:
        if self.workspace.bot not in channel.members and person != self.workspace.bot:
            return []
        event = {
            "type": name,
            "user": person,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "public" else "G",
            "team": self.workspace.team_of(person),
            "event_ts": self.workspace.clock.ts(),
            **extra,
        }
        return [(name, event)]

    def _sharing(self, sharing: SharingChanged) -> list[tuple[str, Event]]:
        channel = sharing.channel
        if self.workspace.bot not in channel.members:
            return []
        name = "channel_shared" if sharing.shared else "channel_unshared"
        event: Event = {"type": name, "channel": channel.id, "event_ts": self.workspace.clock.ts()}
        if sharing.shared:
            event["connected_team_id"] = sharing.team
        else:
            event["previously_connected_team_id"] = sharing.team
            event["is_ext_shared"] = bool(channel.shared_with)
        return [(name, event)]

    def _person(self, person: str) -> list[tuple[str, Event]]:
        workspace = self.workspace
        user = workspace.people[person].to_slack(workspace.team_id, workspace.domain)
        ts = workspace.clock.ts()
        event = {"type": "user_change", "user": user, "cache_ts": int(float(ts)), "event_ts": ts}
        return [("user_change", event)]

    def _group(self, changed: GroupChanged) -> list[tuple[str, Event]]:
        ts = self.workspace.clock.ts()
        event = {
            "type": "subteam_members_changed",
            "subteam_id": changed.group,
            "team_id": self.workspace.team_id,
            "date_previous_update": 1_700_000_000,
            "date_update": int(float(ts)),
            "added_users": list(changed.added),
            "added_users_count": str(len(changed.added)),
            "removed_users": list(changed.removed),
            "removed_users_count": str(len(changed.removed)),
            "event_ts": ts,
        }
        return [("subteam_members_changed", event)]

    def _made(self, channel: Channel) -> list[tuple[str, Event]]:
        if channel.kind != "public":
            return []
        described = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": True,
            "is_shared": bool(channel.shared_with),
            "created": channel.created,
            "creator": channel.creator,
        }
        ts = self.workspace.clock.ts()
        event = {"type": "channel_created", "channel": described, "event_ts": ts}
        return [("channel_created", event)]

    def _home(self, person: str, tab: str) -> list[tuple[str, Event]]:
        direct = self.workspace.direct({person, self.workspace.bot})
        event: Event = {
            "type": "app_home_opened",
            "user": person,
            "channel": direct.id if direct else "",
            "tab": tab,
            "event_ts": self.workspace.clock.ts(),
        }
        view = self.views.homes.get(person)
        if tab == "home" and view is not None:
            event["view"] = self.views.described(view)
        return [("app_home_opened", event)]

    def _stopped(self, stopped: Stopped) -> list[tuple[str, Event]]:
        event = {
            "type": "agent_session_stopped",
            "channel": stopped.channel,
            "thread_ts": stopped.thread_ts,
            "user": stopped.person,
            "streaming_message_ts": list(stopped.streams),
            "event_ts": self.workspace.clock.ts(),
        }
        return [("agent_session_stopped", event)]
