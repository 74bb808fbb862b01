"""Print the scores of `houselore eval documents`: tables, and the misses."""

from statistics import median

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from answering.evaluation.document_scores import (
    DocumentScores,
    JudgedReply,
    Proportion,
    reply_words,
)


def show_scores(out: Console, scores: DocumentScores) -> None:
    """Print the scores by kind of question, then the totals."""
    table = Table("kind", "right", "95% interval", "refused", "median words", box=SIMPLE)
    for kind, judged in scores.by_kind.items():
        right = Proportion(sum(one.right for one in judged), len(judged))
        refused = sum(one.abstained for one in judged)
        words = [one.words for one in judged if one.given]
        table.add_row(kind, *_cells(right), f"{refused}", f"{median(words):.0f}" if words else "")
    out.print(table)
    table = Table("", "", "95% interval", box=SIMPLE)
    for name, of in scores.proportions().items():
        if of.of:
            table.add_row(name.replace("_", " "), *_cells(of))
    out.print(table)
    _show_words_and_times(out, scores)


def show_misses(out: Console, scores: DocumentScores) -> None:
    """Print each wrong reply: the question, the fault, a right answer, what was shown."""
    for one in scores.misses:
        out.print(f"{one.question.id} ({one.question.kind})", style="bold", markup=False)
        for name, said in _miss(one):
            out.print(f"  {name}: {said}", markup=False, soft_wrap=True)
        out.print()


def misses_as_objects(scores: DocumentScores) -> list[dict[str, object]]:
    """Return the wrong replies as JSON objects."""
    return [
        {
            "id": one.question.id,
            "kind": one.question.kind,
            "question": one.question.text,
            "why": list(one.faults),
            "gold": one.question.gold,
            "reply": one.reply.reply if one.reply else None,
            "shown": one.reply.shown if one.reply else None,
            "sources": list(one.reply.sources) if one.reply else None,
            "source": one.question.sources[0] if one.question.sources else None,
        }
        for one in scores.misses
    ]


def _miss(one: JudgedReply) -> list[tuple[str, str]]:
    asked, reply = one.question, one.reply
    rows = [("asked", asked.text), ("why", "; ".join(one.faults)), ("right", asked.gold)]
    if asked.sources:
        rows.append(("in", ", ".join(asked.sources)))
    if reply:
        sure = "" if reply.confidence is None else f", {reply.confidence:.2f}"
        rows += [(f"shown ({reply.shown}{sure})", reply.reply), ("from", ", ".join(reply.sources))]
    return [(name, said) for name, said in rows if said]


def _cells(of: Proportion) -> tuple[str, str]:
    low, high = of.interval or (0.0, 0.0)
    return f"{of.count} of {of.of}: {of.share or 0:.2f}", f"{low:.2f} to {high:.2f}"


def _show_words_and_times(out: Console, scores: DocumentScores) -> None:
    given = [one for one in scores.answerable if one.given]
    if words := reply_words(given):
        text = f"words of an answer: {words['median']} in the median, p90 {words['p90']}"
        apart = reply_words(one for one in given if not one.question.rules.ordered)
        out.print(f"{text}; without steps {apart['median']}" if apart else text)
    if times := scores.seconds():
        out.print(f"seconds to the last word: p50 {times[0]:.2f}, p95 {times[1]:.2f}")
