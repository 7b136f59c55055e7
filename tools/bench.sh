#!/bin/sh
# Time and peak memory of one report, a format at a time, beside two other programs on the same data:
#
#     tools/bench.sh [TENANT]          (default 1; RUNS=5, SAMPLE_MONTH, SAMPLE_NOW, BUILD from the environment)
#
# Compare ratios, not seconds: the peers run in the same minute on the same machine.
set -eu
cd "$(dirname "$0")/.."
exec "${PYTHON:-/usr/bin/python3}" tools/bench.py "$@"
