#!/usr/bin/env bash
# torchrun: several machines, or one. On every machine, with its own number from 0 on and the address
# of the one with number 0:
#   tuning/training/accelerate/torchrun.sh FOLDER PROCESSES [MACHINES NUMBER ADDRESS [PORT]]
# PROCESSES are those on this machine: a number, or `gpu` for one on each GPU.
set -euo pipefail
folder=$(realpath "${1:?which folder? \`houselore tune --prepare\` writes it}")
processes=${2:?how many processes on this machine?}
cd "$(dirname "$0")/../../.."
exec "${PYTHON:-.venv/bin/python}" -m torch.distributed.run --nproc-per-node "$processes" \
    --nnodes "${3:-1}" --node-rank "${4:-0}" --master-addr "${5:-127.0.0.1}" \
    --master-port "${6:-29500}" -m tuning.training.worker "$folder"
