"""Read the team's style guide, plain sentences in a file."""

from houselore.errors import WrongUse
from houselore.settings import Settings

_MOST_CHARACTERS = 4000


def read_guide(settings: Settings) -> str:
    """Return the text of HOUSELORE_STYLE_GUIDE, "" if it is not set. Raises WrongUse."""
    path = settings.style_guide
    if path is None:
        return ""
    try:
        guide = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The style guide {path} cannot be read: {error}.") from None
    if len(guide) > _MOST_CHARACTERS:
        raise WrongUse(
            f"The style guide {path} has {len(guide):,} characters, and every question would carry "
            f"them: {_MOST_CHARACTERS:,} are the most."
        )
    return guide
