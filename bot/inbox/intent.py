"""Detect a message's intent from its words: a question, a request for help, or thanks."""

import re

from answering.types.questions import is_wordless
from bot.rendering.mrkdwn import mentions

_MARK = re.compile(r"<[^<>]*>")  # what Slack itself wrote: a mention, a link, a channel
_EMOJI_NAME = re.compile(r":[a-z0-9_'+\-]+:", re.IGNORECASE)
_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")
_QUESTION_MARKS = frozenset("?\uff1f")  # the second is the full-width one

_OPENING = re.compile(
    r"(?:\b(?:(?:hi|hello|hey)(?: (?:all|team|everyone|there))?|good (?:morning|afternoon|evening)"
    r"|thanks|thank you|thx|great|cool|nice|and|but|ok|okay|so|also|then|well|oh|hm+|yes|sorry)\b"
    r"|[\W_])+"
)
_ASKING = re.compile(
    # Agreement that starts like a question:
    r"(?!(?:will|can) do\b|(?:could|may|should|will|would) be\b)"  # "will do", "should be fine"
    # The words with which a question or a request begins.
    r"(?:(?:what|how|why|who|whom|whose|when|where|which)(?:['’](?:s|re|d|ll))?"
    r"|can|could|do|does|did|is|are|was|were|will|would|should|may"
    r"|tell|show|explain|describe|summari[sz]e|compare|list|give|find|help|please)(?![\w'’])"
)
_COURTESY = re.compile(
    r"(?:\b(?:thanks|thank you|thx|ty|cheers|ok|okay|great|cool|nice|perfect|awesome|got it"
    r"|very much|so much|a lot|again)\b|[\W_])+"
)
_HELP = re.compile(
    r"help(?: me)?|what can (?:you |houselore )?do(?: for (?:me|us))?"
    r"|how can (?:you|houselore) help(?: me| us)?"
)


def asks_for_help(text: str) -> bool:
    """Return whether Slack text asks only what the bot can do."""
    said = _said(text)
    opening = _OPENING.match(said)
    words = re.findall(r"\w+", said[opening.end() if opening else 0 :])
    return bool(_HELP.fullmatch(" ".join(words)))


def asks_something(text: str) -> bool:
    """Return whether Slack text reads like a question or a request."""
    said = _said(text)
    if is_wordless(said):
        return False
    if not _QUESTION_MARKS.isdisjoint(said):
        return True
    opening = _OPENING.match(said)
    return bool(_ASKING.match(said, opening.end() if opening else 0))


def asks_anybody(text: str) -> bool:
    """Return whether Slack text asks a question and mentions no person and no user group."""
    return asks_something(text) and not mentions(text) and "<!subteam^" not in text


def is_courtesy(text: str) -> bool:
    """Return whether Slack text is only thanks, agreement or emoji, and needs no reply."""
    said = _said(text)
    if not _QUESTION_MARKS.isdisjoint(said):
        return False
    if is_wordless(said):
        return bool(_EMOJI_NAME.search(text) or _EMOJI.search(text))
    return bool(_COURTESY.fullmatch(said))


def _said(text: str) -> str:
    return _EMOJI_NAME.sub(" ", _MARK.sub(" ", text)).casefold()
