"""Decode bytes to text: by byte order mark, as UTF-8, as declared, or as Windows-1252."""

import codecs
import re

from retrieval.errors import UnreadableDocument

# UTF-32 comes before UTF-16, because its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.02  # share of control characters; more means binary data
_MOST_FOREIGN = 0.3  # share of bytes from 0x80 on; more means another encoding than Windows-1252
_SAMPLE = 100_000


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode `data` by its byte order mark, as UTF-8, as `declared`, or else as Windows-1252.

    Raises UnreadableDocument if the bytes are not text; its message is a sentence without a
    subject, to which the caller adds the file's name.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _checked(data, declared) if declared else _as_windows(data)
    _refuse_binary(text)
    return text


def _checked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableDocument(
            f"says it is in the encoding {encoding}, and is not. Save it as UTF-8."
        ) from error
    _refuse_binary(text)
    return text


def _as_windows(data: bytes) -> str:
    sample = data[:_SAMPLE]
    foreign = sum(byte >= 0x80 for byte in sample) / len(sample)
    if b"\x00" in sample or foreign > _MOST_FOREIGN:
        raise UnreadableDocument("is not text, or in an unknown encoding. Save it as UTF-8.")
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("is in an unknown encoding. Save it as UTF-8.") from error
    _refuse_binary(text)
    return text


def _refuse_binary(text: str) -> None:
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > max(3, _MOST_CONTROLS * len(sample)):
        raise UnreadableDocument("holds binary data, not text.")
