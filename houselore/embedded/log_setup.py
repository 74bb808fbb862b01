"""Set up logging: everything to a file in the data folder, warnings to the terminal."""

import logging
import logging.handlers
import sys
from pathlib import Path

from houselore.embedded.data_dir import private_folder
from houselore.settings import Settings

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_BYTES, _KEPT = 5_000_000, 3
_TALKATIVE = (
    "httpx",
    "httpx2",
    "httpcore",
    "openai",
    "urllib3",
    "asyncio",
    "alembic",
    "procrastinate",
    "uvicorn",
    "bot.slack",  # Bolt's own loggers take their level from it
)


def start_log(settings: Settings) -> Path:
    """Log to `logs/houselore.log` in the data folder and return its path.

    A terminal shows warnings only. Without one (a container, a service) stderr gets everything.
    """
    path = private_folder(settings.folder() / "logs") / "houselore.log"
    level = settings.log_level.upper()
    file = logging.handlers.RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT)
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING if sys.stderr.isatty() else level)
    logging.basicConfig(level=level, format=_FORMAT, handlers=[file, terminal], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return path
