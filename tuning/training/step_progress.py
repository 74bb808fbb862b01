"""A trainer callback that reports each step.

Needs the extra `tuning`.
"""

from typing import Any

from transformers import TrainerCallback

from tuning.training.progress import Report


class Steps(TrainerCallback):  # type: ignore[misc]  # it is Any where the extra is not installed
    """Calls `report` after each step of the stage `name`."""

    def __init__(self, name: str, report: Report) -> None:
        self._name, self._report = name, report

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Report the step."""
        self._report(self._name, state.global_step, state.max_steps)
