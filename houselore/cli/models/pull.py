"""`houselore models pull`: pull model files from the Hugging Face hub."""

from rich.console import Console

from answering.model.hub_file import HubFile
from houselore.errors import WrongUse
from houselore.models.hub import pull_with_progress
from houselore.settings import Settings


async def pull_models(settings: Settings, name: str | None) -> None:
    """Pull the file `name`, or those the settings name. Raises WrongUse and PullFailed."""
    files = list(settings.hub_files.values()) if name is None else [_named(name)]
    if not files:
        raise WrongUse(
            "Nothing is set that would be pulled: `houselore models pull hf://OWNER/REPO/FILE.gguf`"
            ", or set HOUSELORE_CHAT_MODEL to that name."
        )
    out = Console(highlight=False, soft_wrap=True)
    for file in files:
        await pull_with_progress(settings, file)
        out.print(f"{file} is in {file.place(settings.models_folder)}.", markup=False)
    if name is not None and files[0] not in settings.hub_files.values():
        out.print(f"HOUSELORE_CHAT_MODEL={name} lets it answer.", markup=False)


def _named(name: str) -> HubFile:
    try:
        return HubFile.parse(name)
    except ValueError as error:
        raise WrongUse(f"{error}.") from None
