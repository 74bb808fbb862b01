"""`houselore search`: print the passages found for a query."""

import json

from rich.console import Console

from answering.types.questions import is_wordless
from houselore.errors import WrongUse
from houselore.people.lookup import Asker, find_audience
from houselore.services import open_index
from houselore.settings import Settings
from retrieval.search.retriever import search


async def search_index(
    settings: Settings, query: str, k: int, asker: Asker, *, as_json: bool
) -> None:
    """Print the `k` best passages for `query` that the asker may read."""
    if is_wordless(query):
        raise WrongUse('There is nothing to look for: `houselore search "words"`.')
    audience = await find_audience(settings, asker)
    async with open_index(settings) as index:
        passages = await search(index.database, index.embedder, query, audience, k)
        results = [
            {
                "chunk": passage.chunk_id,
                "document": passage.document_id,
                "title": passage.title,
                "url": passage.url
                or index.links.link(passage.document_id, passage.chunk_id, passage.readers),
                "score": passage.score,
                "text": passage.text,
            }
            for passage in passages
        ]
    out = Console(highlight=False, soft_wrap=True)
    if as_json:
        out.print_json(json.dumps({"results": results}))
        return
    if not results:
        out.print("Nothing found: try other words, or index more with `houselore index PATH`.")
    for result in results:
        out.print(f"{result['title']}  ({result['score']:.4f})", style="bold", markup=False)
        out.print(" ".join(str(result["text"]).split()), markup=False)
        out.print(str(result["url"]), style="blue", markup=False)
        out.print()
