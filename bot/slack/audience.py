"""Find out who can read a conversation, which decides what documents its answers may use."""

from collections.abc import Set

from bot.slack.directory import Directory
from retrieval.audience import PUBLIC, Audience


async def audience_of(directory: Directory, workspace: str, channel: str, person: str) -> Audience:
    """Return the audience of a reply in this conversation to this person.

    In a direct message it is that person alone. A channel with outsiders (another workspace,
    guests) may only use what was shared with it, not what is public in the workspace. Raises
    SlackFailed when Slack does not say who is a member.
    """
    conversation = await directory.conversation(channel)
    if conversation.is_im:
        return await audience_of_one(directory, workspace, person)
    readers = {f"channel:{channel}"}
    if not conversation.is_shared and not await _has_outsiders(directory, channel):
        readers.add(PUBLIC)
        # A group's documents may be used where every member of the channel is in that group. A
        # public channel can be read by people who are not its members, so groups never count there.
        if conversation.is_private:
            people = set(await directory.members(channel)) - {(await directory.me()).user}
            readers |= await _groups_of_all(directory, people)
    return Audience(workspace, frozenset(readers))


async def audience_of_one(directory: Directory, workspace: str, person: str) -> Audience:
    """Return the audience of a reply that only this person sees, with their channels and groups."""
    readers = {f"person:{person}"}
    readers.update(f"channel:{channel}" for channel in await directory.channels_of(person))
    readers |= await _groups_of_all(directory, {person})
    if not (await directory.person(person)).is_outsider:
        readers.add(PUBLIC)
    return Audience(workspace, frozenset(readers))


async def can_see(directory: Directory, channel: str, person: str) -> bool:
    """Return whether a person can read a conversation: as a member, or because it is public.

    Guests and people of other workspaces see only the channels they are in. Raises SlackFailed.
    """
    if person in await directory.members(channel):
        return True
    if (await directory.conversation(channel)).is_private:
        return False
    return not (await directory.person(person)).is_outsider


async def _has_outsiders(directory: Directory, channel: str) -> bool:
    members = await directory.members(channel)
    return any(person.is_outsider for person in await directory.people(members))


async def _groups_of_all(directory: Directory, people: Set[str]) -> set[str]:
    """Return the user groups that all of these people are in."""
    if not people:
        return set()
    return {f"group:{group.id}" for group in await directory.groups() if people <= group.members}
