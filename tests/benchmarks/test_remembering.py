"""The embedder that remembers, and the wall time that it counts."""

import asyncio

import pytest

from benchmarks.remembering import Remembering
from tests.retrieval.hash_embedder import Hashed


class Slow(Hashed):
    """Takes a tenth of a second a call."""

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """After a tenth of a second."""
        await asyncio.sleep(0.1)
        return self.embed_documents(texts)


async def test_calls_side_by_side_count_once() -> None:
    """Ten that run together take as long as one; one behind them is added; a known text is not."""
    embedder = Remembering(Slow())
    await asyncio.gather(*(embedder.aembed_documents([str(n)]) for n in range(10)))
    assert embedder.seconds == pytest.approx(0.1, abs=0.08)
    await embedder.aembed_documents(["another"])
    assert embedder.seconds == pytest.approx(0.2, abs=0.16)
    known = embedder.seconds
    assert await embedder.aembed_documents(["3"]) == Hashed().embed_documents(["3"])
    assert embedder.seconds == pytest.approx(known, abs=0.05)
