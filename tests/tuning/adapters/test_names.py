"""What a model may be called: its name is a folder's, a storage's key and a server's model."""

from pathlib import Path

import pytest

from database.database import Database
from tuning.adapters.names import check_name
from tuning.errors import UnusableName
from tuning.hosted.client import Endpoint
from tuning.pipeline import prepare, tune, tune_hosted
from tuning.rollout.adapter_store import AdapterStore
from tuning.training.inputs import Base

BASE = Base("no-such-model", "Tiny")


@pytest.mark.parametrize("name", ["house-2", "a", "House_2.1", "x" * 63, "fetched-2", "-"])
def test_a_plain_name_may_be_had(name: str) -> None:
    """Letters, digits, `_`, `.` and `-`, up to 63."""
    check_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "../../x", "a/b", "/etc", ".hidden", "..", "fetched", "x" * 64, "a b", "ünïcode", "a\n"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    """One sentence says what a name has to be."""
    with pytest.raises(UnusableName, match=r"is no name for a model: at most 63 letters"):
        check_name(name)


def written_in(folder: Path) -> list[Path]:
    """All that is there."""
    return list(folder.rglob("*"))


async def test_nothing_is_trained_or_written_under_such_a_name(
    database: Database, tmp_path: Path
) -> None:
    """Here, for other machines, or at a provider."""
    store = AdapterStore(tmp_path / "data")
    with pytest.raises(UnusableName):
        await tune(database, BASE, "../../x", store)
    with pytest.raises(UnusableName):
        await prepare(database, BASE, "../../x", store.folder)
    with pytest.raises(UnusableName):
        endpoint = Endpoint("http://127.0.0.1:9/v1", None)
        await tune_hosted(database, endpoint, "m", "../../x", store.folder)
    assert written_in(tmp_path) == []
