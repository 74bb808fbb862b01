"""Build the answerer of a registered model, with its adapter, voice and confidence."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from answering.answer_cache import AnswerCache
from answering.answerer import Answerer
from answering.chain import ChainParts
from answering.confidence.confidence import open_confidence
from answering.evidence.retrieve import SearchIndex
from answering.model.house_model import HouseModel
from answering.model.voice import NO_VOICE, Voice
from houselore.embedded.chat_model_files import BUNDLED_NAME
from houselore.embedded.lease import lease_servers
from houselore.embedded.supervisor import Address
from houselore.errors import ModelUnusable, PartUnusable, ServerDidNotStart
from houselore.models.chat_models import (
    abilities_of,
    base_name,
    counts_as_able,
    open_at_endpoint,
    open_base_model,
    open_provider,
)
from houselore.models.lora_endpoint import load_adapter, name_at_endpoint, unload_adapter
from houselore.models.router import ModelRouter
from houselore.models.style_guide import read_guide
from houselore.settings import Settings
from retrieval.reader.reader import Reader
from tuning.errors import MissingAdapter, StorageUnusable, UnusableAdapter
from tuning.hosted.jobs import hosted_id
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import Model, ensure_served
from tuning.voice.profile import read_voice

CONFIDENCE = "confidence.json"
"""The file in the data folder with the weights fitted by `houselore eval calibrate`."""


@dataclass(frozen=True, slots=True)
class Own:
    """An adapter's own server, and the stack that releases it."""

    address: Address
    stack: AsyncExitStack


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of every answerer; `stack` closes what is still open at the end."""

    stack: AsyncExitStack
    settings: Settings
    chat: Address | None
    index: SearchIndex
    reader: Reader | None
    cache: AnswerCache
    adapters: AdapterStore
    own: dict[str, Own] = field(default_factory=dict)
    # A storage that hangs is not to hold threads that others wait for, such as those of DNS.
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="adapters")
    )

    def __post_init__(self) -> None:
        """Stop the thread at the end without waiting for what it is doing."""
        self.stack.callback(self.threads.shutdown, wait=False, cancel_futures=True)

    async def answerer(self, model: Model) -> Answerer:
        """Return the answerer of a registered model. Raises ServerDidNotStart and ModelUnusable."""
        settings = self.settings
        adapter, voice = await self._adapter(model)
        chat_model = await self._chat_model(model, adapter)
        house = HouseModel(
            chat_model,
            model.name,
            abilities_of(settings, chat_model),
            voice,
            read_guide(settings) if counts_as_able(settings) else "",
        )
        confidence = open_confidence(
            settings.folder() / CONFIDENCE, model.name, base_name(settings)
        )
        return Answerer(ChainParts(self.index, self.reader, house, confidence), self.cache)

    async def _adapter(self, model: Model) -> tuple[Path | None, Voice]:
        """Return the local folder of a model's adapter (None for a base) and its voice.

        Raises ServerDidNotStart if it is not available now, ModelUnusable if its hash is another.
        """

        def get() -> tuple[Path | None, Voice]:
            adapter = self.adapters.get(model)
            return adapter, NO_VOICE if adapter is None else read_voice(adapter)

        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, get)
        except (StorageUnusable, MissingAdapter) as error:
            raise ServerDidNotStart(str(error)) from None
        except UnusableAdapter as error:
            raise ModelUnusable(str(error)) from None

    async def _chat_model(self, model: Model, adapter: Path | None) -> BaseChatModel:
        """Open a registered model in LangChain. Raises ServerDidNotStart and ModelUnusable."""
        if self.chat is None:
            return open_provider(self.settings, self._name_at_provider(model))
        if self.settings.chat_server == "embedded":
            return open_base_model(self.settings, await self._address(model, adapter, self.chat))
        name = await self._name_at_endpoint(model, adapter, self.chat)
        return open_at_endpoint(self.settings, name, self.chat)

    def _name_at_provider(self, model: Model) -> str:
        """Return `provider:model`: the configured model, or a hosted one by its id there."""
        name = self.settings.chat_model
        if model.adapter is None:
            return name
        if (hosted := hosted_id(model.adapter)) is None:
            raise ModelUnusable(f"{model.name} is an adapter, and {name} takes none.")
        return f"{name.partition(':')[0]}:{hosted}"

    async def _name_at_endpoint(self, model: Model, adapter: Path | None, chat: Address) -> str:
        """Return a model's name at the endpoint, after loading its adapter there."""
        if model.adapter is None:
            return self.settings.chat_model
        if adapter is None:
            return hosted_id(model.adapter) or model.name
        name = name_at_endpoint(model)
        await load_adapter(chat.url, chat.api_key, name, adapter)
        return name

    async def _address(self, model: Model, adapter: Path | None, chat: Address) -> Address:
        """Return a model's address; each adapter on the embedded model has its own server."""
        if model.adapter is None:
            return chat
        if adapter is None:
            raise ServerDidNotStart(
                f"{model.name} is served by an endpoint: set HOUSELORE_CHAT_URL."
            )
        if (own := self.own.get(model.name)) is not None:
            return own.address
        servers = lease_servers(
            self.settings.folder(), ["chat_model"], self.settings.chat_file, adapter
        )
        async with AsyncExitStack() as stack:
            lease = await stack.enter_async_context(servers)
            address = await lease.address("chat_model")
            # Kept only now: one that cannot be served is tried again and again.
            if model.name not in self.own:  # `with_model` may have opened it meanwhile
                self.own[model.name] = Own(address, stack.pop_all())
                self.stack.push_async_callback(self._end, model.name)
        return address

    async def close(self, model: Model) -> None:
        """Stop a model's own server, or unload its adapter from the endpoint.

        Raises ServerDidNotStart.
        """
        if self.settings.chat_server == "embedded":
            await self._end(model.name)
        elif (
            self.chat is not None and model.adapter is not None and hosted_id(model.adapter) is None
        ):
            await unload_adapter(self.chat.url, self.chat.api_key, name_at_endpoint(model))

    async def _end(self, name: str) -> None:
        if (own := self.own.pop(name, None)) is not None:
            await own.stack.aclose()


async def open_house(parts: Parts) -> ModelRouter:
    """Return the router, with the served model opened. Raises PartUnusable."""
    settings = parts.settings
    called = base_name(settings)
    is_bundled = settings.chat_server == "embedded" and settings.chat_file is None
    base = BUNDLED_NAME if is_bundled else called
    database = parts.index.database
    first = await ensure_served(database, called, base)
    house = ModelRouter(database, first, parts.answerer, parts.close)
    try:
        await house.start()
    except ServerDidNotStart as error:
        raise PartUnusable(
            f"The model in service, {first.name}, cannot be served: {error} `houselore models "
            "rollback` serves the one before."
        ) from error
    return house
