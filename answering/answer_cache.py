"""Cache answers in Redis, for questions of the same audience to the same index."""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from answering.types.answers import Answer, Citation
from answering.types.questions import Question

_log = logging.getLogger(__name__)
_SECONDS = 3600
_PATIENCE = 0.25  # seconds; a slower cache saves no time
_AWAY = (RedisError, OSError, TimeoutError)
_WORD = re.compile(r"[^\W_]+(?:['\u2019.:/_-][^\W_]+)*|[^\w\s.,;:!?\"'\u2019]")
# Words that do not change a question's meaning. Any other word may, so similar questions are not
# matched by vector: of SQuAD 2.0's pairs with a cosine of .98 or more, nine in ten have different
# answers (docs/log.md).
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|please|thanks|ok|okay|so|and|quick question)\b[\s,:!.-]*)*"
    r"(?:(?:can|could) (?:you|anyone|somebody|someone)(?: please)? tell (?:me|us) "
    r"|(?:does|do) (?:anyone|somebody|someone|you) know |i(?: woul|')d like to know )?",
    re.IGNORECASE,
)
_ARTICLES = frozenset(("a", "an", "the", "please", "thanks"))
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class CacheScope:
    """Everything that an answer depends on except its question.

    `index` is the index's version, `settings` names the model, the prompt and the other settings.
    """

    workspace: str
    readers: frozenset[str]
    index: str
    settings: str


class AnswerCache:
    """Keeps answers for an hour, for the same words (politeness aside) in the same conversation.

    If Redis does not answer, nothing is found and nothing is stored.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def find(self, scope: CacheScope, question: Question) -> Answer | None:
        """Return the cached answer, None if there is none."""
        kept: bytes | str | None = await self._ask(self._redis.get(_key(scope, question)))
        return _from_json(kept) if kept else None

    async def keep(self, scope: CacheScope, question: Question, answer: Answer) -> None:
        """Store an answer for an hour."""
        text = json.dumps(asdict(answer))
        await self._ask(self._redis.set(_key(scope, question), text, ex=_SECONDS))

    async def _ask(self, asking: Awaitable[_Found]) -> _Found | None:
        try:
            return await asyncio.wait_for(asking, _PATIENCE)
        except _AWAY as error:
            _log.info("The answers' cache is away (%s): answering without it", type(error).__name__)
            return None


def normal_form(question: str) -> tuple[str, ...]:
    """Return a question's words in lower case, without greetings, articles and punctuation."""
    asked = _POLITE.sub("", " ".join(question.split()))
    return tuple(word for word in _WORD.findall(asked.casefold()) if word not in _ARTICLES)


def _key(scope: CacheScope, question: Question) -> str:
    """Return the Redis key of a question."""
    turns = [[turn.speaker, turn.text] for turn in question.thread]
    place = [scope.workspace, sorted(scope.readers), scope.index, scope.settings]
    asked = normal_form(question.text) or question.text
    return "houselore:answer:" + _digest([place, asked, turns])


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _from_json(text: bytes | str) -> Answer:
    row: dict[str, Any] = json.loads(text)
    row["citations"] = tuple(Citation(**citation) for citation in row["citations"])
    return Answer(**{**row, "messages": tuple(row["messages"]), "evidence": tuple(row["evidence"])})
