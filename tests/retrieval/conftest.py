"""The real embedder, opened once for all tests of this folder."""

import pytest

from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """all-MiniLM-L6-v2 in this process."""
    return open_embedder(EMBEDDED)
