"""`houselore doctor`: print the findings."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from houselore.health.doctor import HealthFinding, examine
from houselore.settings import Settings

_MARKS = {"well": ("✓", "green"), "poorly": ("!", "yellow"), "broken": ("✗", "red")}


async def show_findings(settings: Settings, *, as_json: bool) -> int:
    """Print a line for each part; return exit code 1 when something is broken."""
    out = Console(highlight=False, soft_wrap=True)
    findings: list[HealthFinding] = []
    async for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            mark, colour = _MARKS[finding.verdict]
            out.print(Text.assemble((f"{mark} {finding.part}: ", colour), finding.said))
    if as_json:
        out.print_json(json.dumps({"findings": [asdict(finding) for finding in findings]}))
    return 1 if any(finding.verdict == "broken" for finding in findings) else 0
