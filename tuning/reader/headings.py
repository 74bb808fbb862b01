"""A heading as the questions that people ask for what stands under it. Reads no text."""

import random
import re
from collections.abc import Sequence

_MARK = re.compile(r"^#+\s*|\s*#+\s*$|[*`]|\s*\[[^\]]*\]\([^)]*\)\s*$")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NO_HEADING = re.compile(r"https?:|^\W*$|^v?\d")
_GERUNDS = {
    "running": "run",
    "setting": "set",
    "getting": "get",
    "stopping": "stop",
    "skipping": "skip",
    "pinning": "pin",
}
_VERBS_WORDS = """
    add allow apply ask avoid build cache change check choose clean clear collect configure
    connect contribute control copy create customize debug define delete deploy disable document
    download edit enable enforce expose extend find fix follow generate get give handle help
    host ignore import include inspect install keep learn limit link list load lock log make
    manage migrate mount override pin prepare publish pull push raise record register remove
    render replace report request require resolve restrict review run search select send set
    share show skip specify start stop store submit switch sync test track translate trust
    uninstall update upgrade upload use validate verify view write
"""
_VERBS = frozenset(_VERBS_WORDS.split())
_HOW = (
    "how do I {}?",
    "how can I {}?",
    "how to {}",
    "how do we {}?",
    "steps to {}?",
    "what do I do to {}?",
)
_WHAT = ("what is {}?", "what's the deal with {}?", "how does {} work?", "tell me about {}", "{}?",
         "where can I read about {}?", "what do I need to know about {}?")  # fmt: skip
_WHICH = ("which {} are there?", "what are the {}?", "what {} do we have?", "list of {}?", "{}?")
_GENERAL_WORDS = """
    usage configuration options requirements example examples overview introduction settings
    installation notes arguments syntax prerequisites limitations basics features
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())


def clean_heading(line: str) -> str:
    """The heading's words without Markdown; nothing for one that is code or a version."""
    heading = _LINK.sub(r"\1", _MARK.sub("", line)).replace("`", "").replace("*", "")
    heading = " ".join(heading.split()).strip(" .:")
    return "" if _NO_HEADING.search(heading) else heading


def ask_for(heading: str, above: Sequence[str], draw: random.Random) -> list[str]:
    """Up to two questions for the section of this heading; of a general one for what it is of."""
    subject = above[-1] if above and heading.lower() in _GENERAL else ""
    if heading.lower() in _GENERAL and not subject:
        return []
    forms: tuple[str, ...] = _HOW
    if heading.endswith("?"):
        return [heading]
    verb, *rest = heading.split()
    if heading.lower().startswith("how to "):
        asked = heading[7:]
    elif verb.lower() in _VERBS and rest:
        asked = f"{verb.lower()} {' '.join(rest)}"
    elif (base := _base(verb.lower())) and rest:
        asked = f"{base} {' '.join(rest)}"
    else:
        plural = heading.endswith("s") and not heading.endswith(("ss", "is", "us"))
        forms = (*_WHICH, *_WHAT[2:]) if plural else _WHAT
        asked = _lowered(heading) + (f" for {_lowered(subject)}" if subject else "")
    return [form.format(asked) for form in draw.sample(forms, 2)]


def _base(word: str) -> str | None:
    """The verb of a form on -ing, or None where it is none that is surely known."""
    if word in _GERUNDS:
        return _GERUNDS[word]
    if not word.endswith("ing"):
        return None
    return next((verb for verb in (word[:-3], f"{word[:-3]}e") if verb in _VERBS), None)


def _lowered(heading: str) -> str:
    """The heading with a small first letter, unless its first word is a name or a code."""
    first = heading.split()[0] if heading else ""
    return heading if first[1:] != first[1:].lower() else heading[:1].lower() + heading[1:]
