"""Write the section "The loop" of docs/benchmarks.md, with its curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.page import PAGE, write_section

_PICTURE = Path("images/benchmark-loop.svg")
_TEXT = Path(__file__).with_name("loop_section.md")
_CURVES = ("style", "liked", "helpful", "grounded")
_FIGURES = (*_CURVES[:1], "in_manner", *_CURVES[1:], "cited", "refused", "abstained")
_ENDS = ("promoted", "taken_back", "undecided")

Result = Mapping[str, Any]


def write_page(rollouts: Result, database: Result, teams: Sequence[Result]) -> None:
    """Write the section on rollouts, those in the database, and each team's weeks."""
    picture = PAGE.parent / _PICTURE
    _draw(teams, picture)
    text = _TEXT.read_text(encoding="utf-8").format(
        picture=_PICTURE,
        rollouts=rollouts["rollouts"],
        rollouts_machine=rollouts["machine"],
        scenarios=_rollout_table(rollouts["scenarios"]),
        database=_rollout_table(database["ends"]),
        in_database=next(iter(database["ends"].values()))["rollouts"],
        machine=teams[0]["machine"],
        held=teams[0]["plan"]["held_out"],
        plans="; ".join(map(_plan, teams)),
        weeks=_table(
            ("team", "week", "lessons", *map(_words, _FIGURES), "gate", "rollout"),
            [row for team in teams for row in _team_rows(team)],
        ),
        datasets=_table(
            ("team", "week", "answers to learn", "with the cap on one person", "once reviewed"),
            [_dataset_row(team, week) for team in teams for week in team["weeks"]],
        ),
        passed=_passed(teams),
        verdicts="\n\n".join(_verdict(team) for team in teams),
    )
    write_section("loop", text)


def _rollout_table(ends: Mapping[str, Result]) -> str:
    rows = []
    for name, one in ends.items():
        answers = ", ".join(f"{count:,.0f}" for count in one["answers"] or ())
        rows.append((name, *(f"{one[end]:.3f}" for end in _ENDS), answers))
    head = ("the canary", *map(_words, _ENDS), "answers until then: quartiles")
    return _table(head, rows)


def _passed(teams: Sequence[Result]) -> str:
    weeks = [week for team in teams for week in team["weeks"]]
    passed = sum(week["passes"] for week in weeks)
    if passed:
        return f"Of {len(weeks)} candidates {passed} passed the gate."
    return (
        f"None of {len(weeks)} candidates passed the gate, so what answers stayed as it was: they "
        "gained in style, and wrote more that no note supports."
    )


def _plan(team: Result) -> str:
    plan = team["plan"]
    return f"{team['manner']}: {plan['questions']} questions a week, {plan['held_out']} held out"


def _team_rows(team: Result) -> list[Sequence[str]]:
    first = (team["manner"], "before", "", *_shown(team["first"]), "", "")
    weeks = [
        (
            *(team["manner"], str(week["week"]), str(week["lessons"])),
            *_shown(week["figures"]),
            *(_gate(week), week["rollout"]),
        )
        for week in team["weeks"]
    ]
    damaged = team["bad"]
    if not damaged:
        return [first, *weeks]
    last = (*_shown(damaged["figures"]), _gate(damaged), damaged["rollout"])
    return [first, *weeks, (team["manner"], "weights shuffled", "", *last)]


def _dataset_row(team: Result, week: Result) -> Sequence[str]:
    counts = week["dataset"]
    cells = [
        f"{counts[kind]}, the spammer's {counts[f'{kind}_of_the_spammer']}"
        for kind in ("collected", "balanced", "reviewed")
    ]
    return (team["manner"], str(week["week"]), *cells)


def _verdict(team: Result) -> str:
    lines = [f"    {line}" for line in team["weeks"][0]["verdict"].splitlines()]
    return f"The gate on {team['manner']}'s first candidate:\n\n" + "\n".join(lines)


def _gate(one: Result) -> str:
    return "passed" if one["passes"] else "refused"


def _shown(figures: Result) -> list[str]:
    return [f"{figures[name]:.2f}" for name in _FIGURES]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _draw(teams: Sequence[Result], path: Path) -> None:
    """Draw a panel for each team: the served model by week, and dotted the candidates."""
    with mpl.rc_context({"svg.hashsalt": "houselore", "font.size": 9}):
        figure = Figure(figsize=(10, 3.4), layout="constrained")
        panels = figure.subplots(1, len(teams), sharey=True, squeeze=False)[0]
        for axes, team in zip(panels, teams, strict=True):
            serving = [team["first"], *(week["serving"] for week in team["weeks"])]
            for name in _CURVES:
                (line,) = axes.plot([one[name] for one in serving], marker="o", label=_words(name))
                tried = [week["figures"][name] for week in team["weeks"]]
                at = range(1, len(serving))
                axes.plot(at, tried, marker="x", linestyle=":", color=line.get_color())
            weeks = [str(week["week"]) for week in team["weeks"]]
            axes.set(title=team["manner"], ylim=(0, 1.02), xlabel="week")
            axes.set_xticks(range(len(serving)), ["before", *weeks])
            axes.grid(alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
        labels = panels[0].get_legend_handles_labels()
        figure.legend(*labels, loc="outside upper center", ncols=len(_CURVES))
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
