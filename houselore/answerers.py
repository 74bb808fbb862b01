"""What answers with each registered model, opened when it is wanted. Chooses among none."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from psycopg_pool import AsyncConnectionPool

from answering.answerer import Answerer
from answering.cache import AnswerCache
from answering.confidence import open_confidence
from answering.finding import Abilities
from answering.links import SourceLinks
from answering.models import open_chat_model
from answering.prompts import PROMPT_VERSION
from answering.voice import NO_VOICE, Voice
from houselore.embedded.chat_model import ALIAS
from houselore.embedded.chat_model_files import BUNDLED_NAME, chat_model_name
from houselore.embedded.keeper import Address
from houselore.embedded.lease import lease_servers
from houselore.errors import PartUnusable, ServerDidNotStart
from houselore.house import House
from houselore.settings import EMBEDDED, Settings
from houselore.style_guide import read_guide
from retrieval.embeddings import Embedder
from retrieval.reranking import Reranker
from tuning.errors import UnusableAdapter
from tuning.registry import Model, ensure_served
from tuning.voice import read_voice

CONFIDENCE = "confidence.json"
"""The file in the data folder that holds what `houselore eval calibrate` has fitted."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every answerer is made of, and the stack that keeps what is opened for one."""

    stack: AsyncExitStack
    settings: Settings
    chat: Address
    pool: AsyncConnectionPool
    embedder: Embedder
    links: SourceLinks
    cache: AnswerCache
    reranker: Reranker | None

    async def answerer(self, model: Model) -> Answerer:
        """What answers with a registered model. Raises ServerDidNotStart."""
        settings, embedded = self.settings, self.settings.chat_url == EMBEDDED
        large = not embedded
        name = ALIAS if embedded else settings.chat_model
        if large and model.adapter is not None:
            name = model.name  # as vLLM calls an adapter that it has loaded
        chat = await self._address(model)
        return Answerer(
            self.pool,
            self.embedder,
            open_chat_model(chat.url, name, chat.api_key, logprobs=embedded),
            model.name,
            self.links,
            open_confidence(settings.folder() / CONFIDENCE, model.name, PROMPT_VERSION),
            abilities=Abilities(
                reads=settings.chat_reads or ("passages" if large else "sentences"),
                rewrites=large if settings.chat_rewrites is None else settings.chat_rewrites,
            ),
            cache=self.cache,
            reranker=self.reranker,
            voice=self._voice(model),
            guide=read_guide(settings) if large else "",
        )

    def _voice(self, model: Model) -> Voice:
        try:
            folder = self.settings.folder()
            return NO_VOICE if model.adapter is None else read_voice(folder / model.adapter)
        except UnusableAdapter as error:
            raise ServerDidNotStart(str(error)) from None

    async def _address(self, model: Model) -> Address:
        """Where a model answers: an adapter on the embedded one has a server of its own."""
        if self.settings.chat_url != EMBEDDED or model.adapter is None:
            return self.chat
        folder = self.settings.folder()
        servers = lease_servers(
            folder, ["chat_model"], self.settings.chat_gguf, folder / model.adapter
        )
        async with AsyncExitStack() as own:
            lease = await own.enter_async_context(servers)
            address = await lease.address("chat_model")
            # Kept only now: one that cannot be served is tried again and again.
            self.stack.push_async_exit(own.pop_all())
        return address


async def open_house(parts: Parts) -> House:
    """What answers questions with the model that is served. Raises PartUnusable."""
    settings = parts.settings
    embedded = settings.chat_url == EMBEDDED
    called = chat_model_name(settings.chat_gguf) if embedded else settings.chat_model
    base = BUNDLED_NAME if embedded and settings.chat_gguf is None else called
    first = await ensure_served(parts.pool, settings.workspace, called, base)
    house = House(parts.pool, settings.workspace, first, parts.answerer)
    try:
        await house.start()
    except ServerDidNotStart as error:
        raise PartUnusable(
            f"The model in service, {first.name}, cannot be served: {error} `houselore model "
            "rollback` serves the one before."
        ) from error
    return house
