#!/usr/bin/env bash
# Makes checkpoints/default.keras again. usage: checkpoints/make_default.sh DATA_FOLDER
# DATA_FOLDER holds the MIDI files named in checkpoints/default.md. Takes about 40 minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
melodyrnn ingest "$data"/{oneills1850,ryansmammoth,airdsairs,openewld} -o "$work/corpus" --validation 0.03 --test 0.04
melodyrnn train "$work/corpus" -o "$here/default.keras" --force \
    --units 384 --dropout 0.25 --batch-size 64 --epochs 24
melodyrnn evaluate "$here/default.keras" "$work/corpus"
