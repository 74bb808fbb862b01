"""The reader as it ships, opened once a run."""

import pytest

from retrieval.reader.reader import Reader, open_reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The reader with the shipped weights."""
    return open_reader()
