"""The scopes that each method needs, and its rate limit."""

from sandbox.workspace.channels import Kind

WRITE = ("chat:write",)
BY_KIND: dict[str, dict[Kind, str]] = {
    "history": {
        "public": "channels:history",
        "private": "groups:history",
        "im": "im:history",
        "mpim": "mpim:history",
    },
    "read": {
        "public": "channels:read",
        "private": "groups:read",
        "im": "im:read",
        "mpim": "mpim:read",
    },
}
"""Scopes that depend on the kind of conversation; the method itself checks them."""

SCOPES: dict[str, tuple[str, ...]] = {
    "agents.sessions.rename": WRITE,
    "agents.sessions.setStatus": WRITE,
    "apps.connections.open": (),
    "assistant.threads.setStatus": ("assistant:write", "chat:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.appendStream": WRITE,
    "chat.delete": WRITE,
    "chat.getPermalink": (),
    "chat.postEphemeral": WRITE,
    "chat.postMessage": WRITE,
    "chat.startStream": WRITE,
    "chat.stopStream": WRITE,
    "chat.update": WRITE,
    "conversations.history": tuple(BY_KIND["history"].values()),
    "conversations.info": tuple(BY_KIND["read"].values()),
    "conversations.join": ("channels:join",),
    "conversations.list": tuple(BY_KIND["read"].values()),
    "conversations.members": tuple(BY_KIND["read"].values()),
    "conversations.open": ("im:write", "mpim:write"),
    "conversations.replies": tuple(BY_KIND["history"].values()),
    "emoji.list": ("emoji:read",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "team.info": ("team:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": tuple(BY_KIND["read"].values()),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""A method needs any one of these scopes; an empty tuple needs none."""

_TIERS: dict[int, tuple[str, ...]] = {
    1: ("apps.connections.open",),
    2: (
        "chat.startStream",
        "chat.stopStream",
        "conversations.list",
        "emoji.list",
        "reactions.remove",
        "usergroups.list",
        "usergroups.users.list",
        "users.list",
    ),
    4: (
        "assistant.threads.setStatus",
        "chat.appendStream",
        "chat.postEphemeral",
        "conversations.members",
        "users.info",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    ),
}
_A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}


def calls_a_minute(method: str) -> int:
    """Return Slack's calls a minute for a method (by its tier; most are tier 3)."""
    tier = next((tier for tier, methods in _TIERS.items() if method in methods), 3)
    return _A_MINUTE[tier]
