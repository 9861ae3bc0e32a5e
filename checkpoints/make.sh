#!/usr/bin/env bash
# Makes a shipped checkpoint again. usage: checkpoints/make.sh folk|songs|chorales|leadsheets DATA_FOLDER
# DATA_FOLDER holds the folders of MIDI files named below; the cards (folk.md and so on) say where they come from and
# how long it takes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=${1:-}
data=$(cd "${2:?usage: checkpoints/make.sh folk|songs|chorales|leadsheets DATA_FOLDER}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
further=(--dropout 0.25 --batch-size 32 --epochs 16 --learning-rate 0.0015 --patience 1) # of `folk`, after 20 epochs
case $name in
chorales)
    python "$here/../benchmarks/chorales.py" "$data/jsb-chorales/satb" --corpus "$work/chorales"
    melodyrnn train "$work/chorales" -o "$here/chorales.keras" --force --units 320 --length 256 --batch-size 8 --epochs 40
    python "$here/../benchmarks/chorales.py" "$data/jsb-chorales/satb" "$here/chorales.keras"
    exit
    ;;
leadsheets)
    sheets=(openewld pop909 jazzage)
    melodyrnn ingest "${sheets[@]/#/$data/leadsheets/}" -o "$work/leadsheets" --parts leadsheet --off-grid snap --no-velocity
    melodyrnn train "$work/leadsheets" -o "$here/leadsheets.keras" --force --length 192 --batch-size 16 --epochs 7
    melodyrnn evaluate "$here/leadsheets.keras" "$work/leadsheets" --no-baselines
    exit
    ;;
folk)
    corpus=$work/tunes
    sizes=(--from "$work/first.keras" "${further[@]}")
    ;;
songs)
    corpus=$work/songs
    sizes=(--from "$work/folk.keras" --dropout 0.3 --batch-size 48 --epochs 11 --learning-rate 0.002)
    ;;
*)
    echo "usage: checkpoints/make.sh folk|songs|chorales|leadsheets DATA_FOLDER" >&2
    exit 2
    ;;
esac
# what both start from: folk tunes
tunes=(oneills1850 ryansmammoth airdsairs)
melodyrnn ingest "${tunes[@]/#/$data/}" -o "$work/tunes" --validation 0.03 --test 0.04
melodyrnn train "$work/tunes" -o "$work/first.keras" --units 384 --dropout 0.25 --batch-size 64 --epochs 20
if [ "$name" = songs ]; then # played ends: onto sixteenths
    melodyrnn train "$work/tunes" -o "$work/folk.keras" --from "$work/first.keras" "${further[@]}"
    songs=(openewld pop909)
    melodyrnn ingest "${songs[@]/#/$data/}" -o "$corpus" --validation 0.05 --test 0.15 --off-grid snap --no-velocity
fi
melodyrnn train "$corpus" -o "$here/$name.keras" --force "${sizes[@]}"
melodyrnn critic "$here/$name.keras" "$corpus"
melodyrnn evaluate "$here/$name.keras" "$corpus" --no-baselines
melodyrnn compare "$here/$name.keras" "$corpus"
