"""Read metadata values from the header of a GGUF file."""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from tuning.errors import MissingAdapter, UnusableAdapter

_MAGIC = b"GGUF"
# The specification's value types by number, with their struct formats; 8 is a string, 9 an array.
_PACKED = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_LONGEST = 1 << 24  # bytes of a string: a chat template is long, a corrupt length is longer

Value = int | float | bool | str


def read_header(path: Path, wanted: Iterable[str]) -> dict[str, Value]:
    """Return the values of the keys `wanted`; those that are missing, or arrays, are left out.

    Raises UnusableAdapter if the file is not GGUF of version 2 or 3, MissingAdapter if it cannot be
    read.
    """
    missing, found = set(wanted), {}
    try:
        with path.open("rb") as file:
            if file.read(4) != _MAGIC or _number(file, "I") not in (2, 3):
                raise UnusableAdapter(f"{path} is no GGUF file of version 2 or 3.")
            _number(file, "Q")
            for _ in range(int(_number(file, "Q"))):
                key, value = _string(file), _value(file, int(_number(file, "I")))
                if key in missing and value is not None:
                    missing.remove(key)
                    found[key] = value
                # A tokenizer's long arrays come later in the file: stop before them.
                if not missing:
                    break
    except OSError as error:
        raise MissingAdapter(f"{path} cannot be read: {error}.") from None
    except (OverflowError, struct.error, KeyError, ValueError) as error:
        raise UnusableAdapter(f"{path} cannot be read: {error}.") from None
    return found


def _value(file: BinaryIO, kind: int) -> Value | None:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _number(file, _PACKED[kind])
    inner, count = int(_number(file, "I")), int(_number(file, "Q"))
    if inner in _PACKED:
        file.seek(count * struct.calcsize(_PACKED[inner]), 1)
    else:
        for _ in range(count):
            _value(file, inner)
    return None


def _number(file: BinaryIO, packed: str) -> int | float | bool:
    size = struct.calcsize(f"<{packed}")
    value: int | float | bool = struct.unpack(f"<{packed}", file.read(size))[0]
    return value


def _string(file: BinaryIO) -> str:
    length = int(_number(file, "Q"))
    if length > _LONGEST:
        raise ValueError("a string has no end")
    return file.read(length).decode("utf-8")
