#!/bin/sh
# Makes page/vendor/spessasynth.js, the only third-party code that the page runs, from the versions in package-lock.json.
# Needs Node.js with npm, and the network for npm; the result is the same byte for byte on every machine.
#
#     sh melodyrnn/studio/vendor/build.sh [FOLDER]     FOLDER: where to write, instead of page/vendor
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$(mkdir -p "${1:-$here/../page/vendor}" && CDPATH= cd -- "${1:-$here/../page/vendor}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/spessasynth.js" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --silent
node_modules/.bin/esbuild spessasynth.js --bundle --minify --format=esm --target=es2022 --log-level=warning \
    --banner:js="// spessasynth_core and stb-vorbis, bundled: see LICENSES.txt" --outfile=bundle.js
cp bundle.js "$out/spessasynth.js"
{
    echo "spessasynth.js is bundled by melodyrnn/studio/vendor/build.sh from these packages, unchanged:"
    echo
    for name in spessasynth_core stb-vorbis; do
        node -p 'const p = require("./node_modules/'$name'/package.json"); `${p.name} ${p.version}, ${p.homepage}, ${p.license}`'
    done
    echo "    Copyright 2026 Spessasus, licensed under the Apache License, Version 2.0 (below)"
    echo "stb_vorbis, https://github.com/nothings/stb, which stb-vorbis holds as WebAssembly, public domain or MIT"
    echo "    Copyright (c) 2017 Sean Barrett; used here as public domain (www.unlicense.org)"
    echo
    cat node_modules/spessasynth_core/LICENSE
} > "$out/LICENSES.txt"
