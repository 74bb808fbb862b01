"""From feedback to a better model in service: examples, datasets, LoRA, evaluation, canary."""

import os

# TRL reports to its makers which trainer is run: keep that off a team's network.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# PyTorch's threads spin while they wait and slow down the bot beside them: on two cores that carry
# another load, a training step took 41 s so and takes 17 s with this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
