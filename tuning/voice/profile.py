"""Learn a team's voice, the words it adds, from approved answers; store it beside an adapter."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from answering.marks import strip_marks
from answering.model.voice import NO_VOICE, Voice, claims_nothing, words_in
from text.sentences import split_sentences
from tuning.datasets.formats import DatasetRow
from tuning.errors import MissingAdapter, UnusableAdapter

VOICE = "voice.json"
_FEWEST, _SHARE, _MOST = 4, 0.1, 60
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w*")


def learn_voice(rows: Sequence[DatasetRow]) -> Voice:
    """Return the words that right answers add to what the model was told.

    A word counts if at least four questions, and a tenth of all, have it in their answer but not in
    their evidence or thread, and it is no name in any answer; the 60 most frequent are kept.
    """
    told: dict[str, set[str]] = {}
    names: set[str] = set()
    for row in rows:
        known = {
            word
            for message in row.prompt
            if message.role != "system"  # or the instructions' own words could not be voice
            for word in words_in(message.content)
        }
        plain = strip_marks(row.chosen)
        told.setdefault(row.question, set()).update(words_in(plain) - known)
        names |= names_in(plain)
    counted = Counter(word for words in told.values() for word in words)
    enough = max(_FEWEST, _SHARE * len(told))
    often = sorted(
        (word for word, count in counted.items() if count >= enough and word not in names),
        key=lambda word: (-counted[word], word),
    )
    return Voice(frozenset([word for word in often if claims_nothing(word)][:_MOST]))


def write_voice(adapter: Path, voice: Voice) -> None:
    """Write a voice to an adapter's folder."""
    text = json.dumps(sorted(voice.words), ensure_ascii=False)
    (adapter / VOICE).write_text(text + "\n", encoding="utf-8")


def read_voice(adapter: Path) -> Voice:
    """Read what `write_voice` wrote; an empty voice if there is no file.

    Raises UnusableAdapter, and MissingAdapter if it cannot be read here.
    """
    try:
        words = json.loads((adapter / VOICE).read_text(encoding="utf-8"))
        # Filters the words again: a file from elsewhere must not exempt a claim from the check.
        return Voice.of(words)
    except FileNotFoundError:
        return NO_VOICE
    except OSError as error:
        raise MissingAdapter(f"{adapter / VOICE} cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise UnusableAdapter(
            f"{adapter / VOICE} is no list of words ({error}): remove it or write it anew."
        ) from None


def names_in(text: str) -> set[str]:
    """Return words with a capital letter inside a sentence, in lower case: names are claims."""
    found = set()
    for span in split_sentences(text):
        found |= {name.lower() for name in _NAME.findall(text[span.start : span.end])}
    return found - {"i"}
