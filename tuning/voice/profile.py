"""A team's voice, learned from its approved answers and kept beside an adapter. Checks nothing."""

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
    """The words that the right answers to different questions add to what they were told.

    A word is of the voice where at least four questions, and a tenth of all, have it in their
    answer, neither in their notes or thread nor among the names of any answer; the 60 most
    frequent.
    """
    told: dict[str, set[str]] = {}
    names: set[str] = set()
    for row in rows:
        known = {
            word
            for message in row.prompt
            if message.role != "system"  # what a model is instructed with is nobody's knowledge
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
    """Keep a voice in an adapter's folder."""
    text = json.dumps(sorted(voice.words), ensure_ascii=False)
    (adapter / VOICE).write_text(text + "\n", encoding="utf-8")


def read_voice(adapter: Path) -> Voice:
    """What `write_voice` kept, none where nothing is.

    What is read is filtered again: a file from elsewhere exempts no claim from being checked.
    Raises UnusableAdapter, and MissingAdapter where it cannot be read here.
    """
    try:
        words = json.loads((adapter / VOICE).read_text(encoding="utf-8"))
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
    """Words with a capital letter inside a sentence: who is named is a claim."""
    found = set()
    for span in split_sentences(text):
        found |= {name.lower() for name in _NAME.findall(text[span.start : span.end])}
    return found - {"i"}
