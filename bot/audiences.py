"""Who can read a conversation, and so what may be used for an answer in it. Reads no document."""

from bot.directory import Directory
from retrieval.audience import PUBLIC, Audience


async def audience_of(directory: Directory, workspace: str, channel: str, person: str) -> Audience:
    """The audience of a reply in this conversation to this person.

    In a direct message it is that person alone. A channel with outsiders (another workspace,
    guests) has only what was shared there, not even what is public. Nothing is guessed: raises
    SlackFailed.
    """
    conversation = await directory.conversation(channel)
    if conversation.is_im:
        return await audience_of_one(directory, workspace, person)
    readers = {f"channel:{channel}"}
    if not conversation.is_shared and not await _has_outsiders(directory, channel):
        readers.add(PUBLIC)
    return Audience(workspace, frozenset(readers))


async def audience_of_one(directory: Directory, workspace: str, person: str) -> Audience:
    """The audience of what only this person sees: theirs, and that of each channel they are in."""
    readers = {f"person:{person}"}
    readers.update(f"channel:{channel}" for channel in await directory.channels_of(person))
    if not (await directory.person(person)).is_outsider:
        readers.add(PUBLIC)
    return Audience(workspace, frozenset(readers))


async def _has_outsiders(directory: Directory, channel: str) -> bool:
    members = await directory.members(channel)
    return any(person.is_outsider for person in await directory.people(members))
