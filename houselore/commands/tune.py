"""`houselore tune`: a frozen dataset to a candidate. Judges none and puts none into service."""

from rich.console import Console

from houselore.embedded.chat_model_files import BUNDLED_NAME, BUNDLED_SHA256, bundled_gguf
from houselore.errors import WrongUse
from houselore.services import open_store
from houselore.settings import EMBEDDED, Settings
from tuning.pipeline import Base, tune
from tuning.shipped import STARTER, check_starter

_HUB = "HuggingFaceTB"


async def tune_model(settings: Settings, name: str, dataset: str, epochs: float | None) -> None:
    """Train on a dataset, register the candidate, and say what comes next."""
    base = base_of(settings)
    async with open_store(settings) as store:
        folder = settings.folder() / "adapters"
        tuned = await tune(
            store.pool, store.workspace, base, name, folder, dataset=dataset, epochs=epochs
        )
    Console(highlight=False).print(
        f"{tuned.name} is a candidate, made of {tuned.lessons:,} examples of dataset "
        f"{tuned.dataset[:12]}; its adapter is {tuned.adapter}. `houselore model judge {name}` "
        f"puts it beside what is served, `houselore model canary {name}` tries it.",
        markup=False,
    )


def base_of(settings: Settings) -> Base:
    """What is trained: the built-in model goes on from its adapter, another GGUF file from itself.

    Raises WrongUse for an endpoint, UnusableAdapter, and ServerDidNotStart.
    """
    if settings.chat_url != EMBEDDED:
        raise WrongUse(
            "The model at an endpoint is trained where it is: `houselore data export --form trl` "
            "or `--form openai` gives its data, `houselore model register` takes its adapter."
        )
    if settings.chat_gguf is not None:
        return Base(str(settings.chat_gguf), settings.chat_gguf.stem)
    check_starter()
    return Base(str(bundled_gguf()), f"{_HUB}/{BUNDLED_NAME}", STARTER, BUNDLED_SHA256)
