"""Training the reader: resumed as if never stopped, and run without PyTorch as it was trained.

Needs the extra `tuning`.
"""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the extra `tuning` is not installed")

from retrieval.embeddings.minilm import find_weights, open_tokenizer  # noqa: E402 - after the check
from retrieval.reader.reader import ReaderInput, open_reader  # noqa: E402
from tests.tuning.reader.made_sets import write_made_sets  # noqa: E402
from tuning.reader.data.examples import ReaderExample  # noqa: E402
from tuning.reader.data.make import make_examples  # noqa: E402
from tuning.reader.evaluate import evaluate_reader, show_figures  # noqa: E402
from tuning.reader.export import export_reader  # noqa: E402
from tuning.reader.model import ReaderModel, open_model, pad_batch  # noqa: E402
from tuning.reader.tokens import NO_SPAN, Numbered, draw_batches, number_examples  # noqa: E402
from tuning.reader.train import ReaderSettings, train_reader  # noqa: E402

pytestmark = pytest.mark.training

SETTINGS = ReaderSettings(batch=4, steps=6)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> list[Numbered]:
    """The examples of made data sets, as tokens."""
    folder = write_made_sets(tmp_path_factory.mktemp("sets"))
    return number_examples(make_examples(folder), open_tokenizer())


def train(numbered: list[Numbered], folder: Path, seconds: float = 1e9, **kept: Any) -> ReaderModel:
    """Six steps from MiniLM."""
    return train_reader(
        open_model(find_weights(), seed=1),
        numbered,
        folder,
        SETTINGS,
        seconds,
        kept.get("kept", lambda *_: None),
    )


class _Stopped(Exception):
    """A run that somebody ended."""


def test_a_resumed_run_makes_the_same_weights(numbered: list[Numbered], tmp_path: Path) -> None:
    """Ended after 2 of 6 steps and called again, it has the weights of a run at once."""

    def stop(_: ReaderModel, step: int) -> None:
        if step == 2:
            raise _Stopped

    whole = train(numbered, tmp_path / "whole").state_dict()
    with pytest.raises(_Stopped):
        train(numbered, tmp_path / "halves", 0, kept=stop)
    halves = train(numbered, tmp_path / "halves").state_dict()
    assert all(torch.allclose(whole[name], halves[name], atol=1e-6) for name in whole)
    fresh = torch.nn.Module.state_dict(ReaderModel())
    assert not torch.allclose(fresh["span.weight"], whole["span.weight"])


def test_what_is_exported_reads_as_what_was_trained(
    numbered: list[Numbered], tmp_path: Path
) -> None:
    """In 8 bits and without PyTorch the logits are those of the trained model within .3."""
    model = train(numbered, tmp_path / "run").eval()
    digest = export_reader(model, tmp_path / "reader.safetensors")
    reader = open_reader(tmp_path / "reader.safetensors", digest)
    text = "The first bridge of Bergen was built by Noor Haddad in 1901. Boats wait outside."
    for question in ("Who built the first bridge of Bergen?", "when do boats wait"):
        one = ReaderExample(question, ("Bridges",), text, False, None, None, "")
        with torch.no_grad():
            spans, answers = model(pad_batch(number_examples([one], open_tokenizer())))
        (reading,) = reader.read(question, [ReaderInput(("Bridges",), text)])
        assert reading.answers == pytest.approx(float(answers[0]), abs=0.3)
        null = float(spans[0, 0].sum())
        most = float(spans[0, 1:].max(dim=0).values.sum())
        assert reading.span <= most - null + 0.6


def test_the_figures_are_of_the_held_out_articles(tmp_path: Path) -> None:
    """Measuring gives a row for each held-out article and one for all, of areas and shares."""
    folder = write_made_sets(tmp_path / "sets")
    export_reader(ReaderModel(), tmp_path / "reader.safetensors")
    measured = evaluate_reader(open_reader(tmp_path / "reader.safetensors"), folder)
    assert [(one.name, one.answerable, one.near_misses) for one in measured] == [
        ("squad2 bridges", 6, 3),
        ("squad2 harbours", 6, 3),
        ("all", 12, 6),
    ]
    assert all(0 <= value <= 1 for one in measured for value in one.figures.values())
    assert len(show_figures(measured).splitlines()) == 5


def test_examples_become_the_tokens_of_their_answers() -> None:
    """A span is the answer's tokens behind the headings; none is the null; some teach no place."""
    tokenizer = open_tokenizer()
    text = "Ask Ada Brandt."
    right = ReaderExample("Who?", ("Bridges",), text, True, 4, 14, "")
    wrong = ReaderExample("Who?", (), text, False, None, None, "")
    steps = ReaderExample("How?", (), text, True, None, None, "")
    found = number_examples([right, wrong, steps], tokenizer)
    words = tokenizer.decode(found[0].ids[found[0].start : found[0].end + 1])
    assert words == "ada brandt"
    assert (found[1].start, found[1].end, found[1].answers) == (0, 0, False)
    assert (found[2].start, found[2].end, found[2].answers) == (NO_SPAN, NO_SPAN, True)


def test_a_pair_that_is_too_long_is_left_out() -> None:
    """What the model cannot take at once teaches nothing."""
    long = ReaderExample("Who?", (), "word " * 400, False, None, None, "")
    assert number_examples([long], open_tokenizer()) == []


def test_batches_hold_all_examples_once(numbered: list[Numbered]) -> None:
    """Each example is in one batch, those of a batch are of about one length, the seed decides."""
    batches = draw_batches(numbered, 8, seed=3)
    assert sorted(place for batch in batches for place in batch) == list(range(len(numbered)))
    assert batches == draw_batches(numbered, 8, seed=3) != draw_batches(numbered, 8, seed=4)
    spread = [
        max(len(numbered[one].ids) for one in batch) - min(len(numbered[one].ids) for one in batch)
        for batch in batches
    ]
    assert sum(spread) / len(spread) < 12
