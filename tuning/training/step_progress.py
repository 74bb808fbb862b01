"""How far a training is, told step by step. Needs the extra `tuning`; trains nothing."""

from typing import Any

from transformers import TrainerCallback

from tuning.training.progress import Report


class Steps(TrainerCallback):  # type: ignore[misc]  # it is Any where the extra is not installed
    """Tells `report` of each step of the stage `name`."""

    def __init__(self, name: str, report: Report) -> None:
        self._name, self._report = name, report

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """After each step."""
        self._report(self._name, state.global_step, state.max_steps)
