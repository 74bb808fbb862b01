"""Select sources by a user's word: all, one by its location, or those a channel may read."""

import os
from collections.abc import Sequence
from pathlib import Path

from retrieval.errors import ReindexRefused
from retrieval.index.source_catalog import KnownSource


def choose_sources(sources: Sequence[KnownSource], word: str | None) -> list[KnownSource]:
    """Return the sources selected by `word`: None for all, `channel:C…`, or a location.

    The end of a location is enough (`docs/` for `/srv/docs`). Raises ReindexRefused if no source
    matches.
    """
    if not sources:
        raise ReindexRefused("Nothing has been indexed yet: `houselore index PATH`.")
    if word is None:
        return list(sources)
    if word.startswith("channel:"):
        found = [source for source in sources if word in source.readers]
        if not found:
            raise ReindexRefused("No source was indexed for this channel's readers.")
        return found
    found = [source for source in sources if _is_at(source.location, word)]
    if not found:
        known = ", ".join(source.location for source in sources)
        raise ReindexRefused(f"No source is called {word}. These are known: {known}.")
    return found


def _is_at(location: str, word: str) -> bool:
    wanted = word.rstrip("/")
    if location.rstrip("/") in (wanted, os.path.realpath(Path(word).expanduser())):
        return True
    return bool(wanted) and location.rstrip("/").endswith(f"/{wanted.removeprefix('./')}")
