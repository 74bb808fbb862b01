"""From feedback to a better model in service. Knows neither Slack nor the prompt."""

import os

# TRL tells its makers which trainer is run: what a team trains is nobody's business.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# PyTorch's threads would wait for each other at full speed and hold up those who answer meanwhile:
# beside another load on two cores a step took 41 s so, and takes 17 s.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
