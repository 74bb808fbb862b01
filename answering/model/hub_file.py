"""The name of a GGUF file on the Hugging Face hub, and its path on this machine."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

SCHEME = "hf://"
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.+-]*"
_NAME = re.compile(
    rf"hf://(?P<owner>{_PART})/(?P<repo>{_PART})(?:@(?P<revision>{_PART}))?"
    rf"/(?P<path>(?:{_PART}/)*{_PART}\.gguf)"
)
_NUMBERED = re.compile(r"-(?P<number>\d{5})-of-(?P<count>\d{5})(?=\.gguf$)")
_MAX_PARTS = 99  # a model of more parts does not fit one machine


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository at a revision: a branch, a tag or a commit."""

    owner: str
    repo: str
    path: str
    revision: str = "main"

    @classmethod
    def parse(cls, name: str) -> "HubFile":
        """Parse `hf://OWNER/REPO[@REVISION]/FILE.gguf`. Raises ValueError."""
        found = _NAME.fullmatch(name)
        if found is None or ".." in name:
            raise ValueError(
                f"`{name}` is no file of the hub: write hf://OWNER/REPO/FILE.gguf, with "
                "@REVISION behind REPO where it is not the main branch's"
            )
        parts = found.groupdict()
        return cls(parts["owner"], parts["repo"], parts["path"], parts["revision"] or "main")

    def __str__(self) -> str:
        at = "" if self.revision == "main" else f"@{self.revision}"
        return f"{SCHEME}{self.repo_id}{at}/{self.path}"

    @property
    def repo_id(self) -> str:
        """Return `OWNER/REPO`."""
        return f"{self.owner}/{self.repo}"

    @property
    def stem(self) -> str:
        """Return the model's name, as in `model_stem`."""
        return model_stem(self.path)

    def parts(self) -> list["HubFile"]:
        """Return the file, or all of `…-00001-of-00003.gguf`, which llama.cpp reads as one."""
        found = _NUMBERED.search(self.path)
        if found is None:
            return [self]
        numbers = range(1, min(int(found["count"]), _MAX_PARTS) + 1)
        names = [f"-{number:05}-of-{found['count']}" for number in numbers]
        return [replace(self, path=_NUMBERED.sub(name, self.path)) for name in names]

    def place(self, models: Path) -> Path:
        """Return its path in the folder `models`."""
        return models / self.owner / self.repo / self.revision / self.path


def model_stem(path: str) -> str:
    """Return the model's name: the file's name without suffix and part number."""
    return Path(_NUMBERED.sub("", path)).stem
