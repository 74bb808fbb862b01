"""Answers that hold what teams' documents hold, and the house's answer to Markdown of any kind."""

from unicodedata import category

from hypothesis import strategies as st

STEPS = """\
Do this every quarter, with two people present. [1]

3. Open the vault console and choose **Signing keys**.
4. Put the fingerprint into `keyring.toml`:

   ```toml
   [active]
   fingerprint = "SHA256:…"

   # <demo_name> {{ .Values.x }} $(hostname -s) @channel *.cfg __init__ <!channel> <@U0PRIYA>
   ```

5. Restart the signer with `curl -X POST https://signer.example.com/restart`.
   - On a Friday, ask @channel first.
     - Not on holidays.
6. Retire the old key.
"""
TABLE = """\
The gate of Vexmoor East opens at 8:30. [1]

| Warehouse | Code | Pallet places | Stocktaking day | Gate opens | Loading docks |
|---|---|---:|:-:|---|---|
| Vexmoor East | WH-1697 | 1223 | Thursday | 8:30 | 18, of which two are out of use |
| Saltwick Central | `WH-2026` | **1834** | | 9:30 | 23 |
"""
LIST = """\
Tech leads are responsible for: [2]

- **Reviews** of every change
  - within one working day
- Releases and `*.cfg` files

> Except on holidays,
> when on-call decides. [2]
"""
WHOLE = "\n".join((STEPS, TABLE, LIST))

_FRAGMENTS = [
    "- ", "  - ", "1. ", "12) ", "   ", "```\n", "```sh\n", "~~~\n", "> ", "| a | b |\n|---|---|\n",
    "| c | `d` |\n", "# ", "---\n", "\n", "\n\n", "**", "*", "_", "__", "~~", "`", "``", "\\",
    "[a](https://e.vil)", "![a](https://e.vil)", "<https://e.vil>", "https://e.vil", "www.e.vil",
    "<!channel>", "<@U123>", "<#C1|a>", "@channel", "[1]: https://e.vil\n", "[1]", "<b>", "&lt;",
    "&amp;lt;", "word", "two words", "30.", "é", "中", "\u2060", "\x00", "\x1b[31m", "|", " ",
]  # fmt: skip
markdowns = st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=6)), max_size=25).map(
    "".join
)
"""Markdown of any kind, finished or not, with whatever could act in Slack."""

codes = (
    st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=8)), min_size=1, max_size=12)
    .map(lambda parts: "".join(c for c in "".join(parts) if category(c) != "Cc" or c in "\n\t"))
    .map(lambda code: code.strip("\n"))
    .filter(bool)
)
"""Code of one or more lines, without control characters and blank ends."""


def fenced(code: str, language: str = "", indent: str = "") -> str:
    """The code as a block of Markdown, `indent` before each line."""
    longest = max((len(run) for run in code.replace("\n", " ").split(" ")), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(indent + line for line in (fence + language, *code.split("\n"), fence))
