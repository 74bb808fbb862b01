"""Data sets on disk as `make reader` reads them, of invented articles, a few passages each."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tuning.reader.data.make import HELD_OUT, SETS

_PEOPLE = ("Ada Brandt", "Noor Haddad", "Ivo Krall", "Lea Okafor", "Tom Silva", "Uma Weiss")
_CITIES = ("Aarhus", "Bergen", "Chania", "Delft", "Espoo", "Faro")
TABLE = "City,Bridges,Opened\n" + "".join(
    f"{city},{20 + at},{1950 + at}\n" for at, city in enumerate(_CITIES)
)


def write_made_sets(folder: Path) -> Path:
    """Write all sets that `make_examples` reads into `folder`, always the same; give `folder`."""
    for name in (HELD_OUT, *SETS):
        passages, questions = _table(name) if name == "wikitablequestions" else _prose(name)
        _write(folder / name / "passages.jsonl.gz", passages)
        _write(folder / name / "questions.jsonl.gz", questions)
    return folder


def _prose(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    passages: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for number, (person, city) in enumerate(zip(_PEOPLE, _CITIES, strict=True)):
        text = (
            f"The first bridge of {city} was built by {person} in {1900 + number}. It is "
            f"{100 + number} metres long. The harbour of {city} opens at six. Boats wait outside "
            f"until then. Most of them carry salt."
        )
        title = f"{name}_bridges" if number < 3 else f"{name}_harbours"
        passage = {"id": f"{name}-{number}", "title": title, "text": text}
        passages.append(passage | ({"domain": "new_wiki"} if name == "squadshifts" else {}))
        asked: tuple[tuple[str, list[str]], ...] = (
            (f"Who built the first bridge of {city}?", [person, person, person.split()[0]]),
            (f"When does the harbour of {city} open?", ["six"]),
            (f"Who built the last bridge of {city}?", []),
        )
        for question, answers in asked:
            starts = [text.index(answer) for answer in answers]
            questions.append(
                {
                    "id": f"{name}-{len(questions)}",
                    "question": question,
                    "passage_id": passage["id"],
                    "answers": answers,
                    "unanswerable": not answers,
                    **({"starts": starts} if name == "squadshifts" else {}),
                }
            )
    return passages, questions


def _table(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    passage = {"id": name, "title": "Bridges", "text": TABLE}
    questions = [
        {
            "id": f"{name}-{at}",
            "question": f"how many bridges has {city}",
            "passage_id": name,
            "answers": [str(20 + at)],
            "unanswerable": False,
        }
        for at, city in enumerate(_CITIES)
    ]
    return [passage], questions


def _write(path: Path, found: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(one) + "\n" for one in found)
    path.write_bytes(gzip.compress(text.encode("utf-8")))
