"""The Web API's methods by name, one file a family."""

from collections.abc import Callable
from typing import Any

from sandbox.web_api.methods import (
    agents,
    auth,
    chat,
    conversations,
    history,
    reactions,
    streams,
    team,
    users,
    views,
)
from sandbox.web_api.methods.call import Call

Method = Callable[[Call], dict[str, Any]]

METHODS: dict[str, Method] = {
    "agents.sessions.rename": agents.rename,
    "agents.sessions.setStatus": agents.set_session_status,
    "apps.connections.open": auth.open_connection,
    "assistant.threads.setStatus": agents.set_status,
    "assistant.threads.setSuggestedPrompts": agents.set_suggested_prompts,
    "assistant.threads.setTitle": agents.set_title,
    "auth.test": auth.test,
    "bots.info": users.bot_info,
    "chat.appendStream": streams.append,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.startStream": streams.start,
    "chat.stopStream": streams.stop,
    "chat.update": chat.update,
    "conversations.history": history.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_,
    "conversations.replies": history.replies,
    "emoji.list": team.emoji,
    "reactions.add": reactions.add,
    "reactions.get": reactions.get,
    "reactions.remove": reactions.remove,
    "team.info": team.info,
    "usergroups.list": team.groups,
    "usergroups.users.list": team.group_members,
    "users.conversations": conversations.of_user,
    "users.info": users.info,
    "users.list": users.list_,
    "views.open": views.open_,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
