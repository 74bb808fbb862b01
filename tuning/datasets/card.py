"""Write a dataset's card from its frozen lines: counts, provenance, biases."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from tuning.datasets.freeze import Frozen

_MARK = re.compile(r"\[(\d+)\]")

Line = Mapping[str, Any]


def card(frozen: Frozen) -> str:
    """Return the card in Markdown."""
    lines = [json.loads(line) for line in frozen.content.decode().split("\n") if line]
    lineage = frozen.lineage
    parts = [
        f"# Dataset {frozen.hash[:12]}",
        f"SHA-256 of its lines: `{frozen.hash}`. Form: {lineage['format']}.",
        "## Counts",
        _counts(frozen.counts),
        "## From where",
        "\n".join(
            f"- {name}: {_listed(lineage[key])}"
            for name, key in (
                ("given by", "origins"),
                ("causes of what was bad", "causes"),
                ("answered by", "models"),
                ("prompts", "prompt_versions"),
            )
        ),
        f"- answers: {len(lineage['answers']):,}; documents: {len(lineage['documents']):,}; "
        f"people: {len(frozen.people):,}",
        "## How it was made",
        f"At most {lineage['most_per_person']:,} examples of a kind a person; "
        f"{lineage['left_out_by_balance']:,} were left out for that. What shares a thread, a "
        f"document or a question is in one half; {_share(lines)} is for the test. People, "
        "addresses, telephone numbers and secrets were replaced by placeholders.",
        "## How it leans",
        "\n".join(f"- {line}" for line in _leanings(lines)),
    ]
    return "\n\n".join(parts) + "\n"


def _counts(counts: Mapping[str, int]) -> str:
    rows = ["| | train | test |", "| --- | --- | --- |"]
    for kind in ("sft", "preference", "kto"):
        train, test = (counts.get(f"{split}/{kind}", 0) for split in ("train", "test"))
        rows.append(f"| {kind} | {train:,} | {test:,} |")
    return "\n".join(rows)


def _leanings(lines: Sequence[Line]) -> Iterable[str]:
    """Yield the biases that a model could learn instead: of length, citation place and people."""
    pairs = [line for line in lines if line["kind"] == "preference"]
    if pairs:
        chosen, rejected = (fmean(len(one[key]) for one in pairs) for key in ("chosen", "rejected"))
        longer = fmean(len(one["chosen"]) > len(one["rejected"]) for one in pairs)
        yield (
            f"length: what is chosen has {chosen:.0f} characters, what is rejected "
            f"{rejected:.0f}; the chosen is the longer one in {longer:.0%}"
        )
    thumbs = Counter(line["label"] for line in lines if line["kind"] == "kto")
    if thumbs:
        yield f"thumbs: {thumbs[True]:,} good, {thumbs[False]:,} bad"
    cited = [_MARK.findall(line["chosen"]) for line in lines]
    if marked := [marks for marks in cited if marks]:
        yield f"place: the first citation is of note 1 in {fmean(m[0] == '1' for m in marked):.0%}"
    givers = Counter(
        label["person"] for line in lines for label in line["labels"] if label["decides"]
    )
    if givers:
        ((_, most),) = givers.most_common(1)
        yield f"people: who gave most decides {most / len(lines):.0%} of it; {len(givers):,} gave"


def _share(lines: Sequence[Line]) -> str:
    return f"{fmean(line['split'] == 'test' for line in lines):.0%}" if lines else "nothing"


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'unknown'} {count:,}" for name, count in counted.items()) or "none"
