"""How soon a key is heard in the studio, and whether the sound has gaps. Needs chromium and chromium-driver.

    python benchmarks/studio_sound.py [--keys 30] [--busy 0]

For each key, a node of the audio thread behind the player finds the first sample above -60 dBFS. "rendered" is the time
from the call of noteOn() to that sample on the context's clock; "heard" adds the time until the sample leaves, by
AudioContext.getOutputTimestamp(), which holds the latency that the browser knows of its output. Without a sound card
Chromium plays into a device of its own that takes samples in real time. Then a dense piece plays for 10 seconds, with
--busy processes that never wait beside it, and the browser counts the gaps (AudioContext.playbackStats).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from queue import Queue

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import browser

from melodyrnn.studio.page_files import PageFiles
from melodyrnn.studio.security import Address
from melodyrnn.studio.server import serve
from melodyrnn.studio.soundfont import SoundFontFile

SETUP = """
window.base = document.baseURI.replace(/page.vendor.*/, "");
window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
window.open_ = async (hasFont) => {
  const { createPlayer } = await import(base + "page/sound/player.js");
  window.p = await createPlayer({ font: hasFont ? base + "soundfont" : null });
  const began = performance.now();
  await p.fontTried;
  return performance.now() - began;
};
"""
TAP = """
registerProcessor("tap", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.quiet = 0;
    this.isArmed = false;
    this.port.onmessage = () => { this.isArmed = true; this.quiet = 0; };
  }
  process([[samples]]) {
    const at = samples ? samples.findIndex((value) => Math.abs(value) > 1e-3) : -1;
    this.quiet = at < 0 ? this.quiet + 128 / sampleRate : 0;
    if (this.isArmed && this.quiet > 0.3) { this.isArmed = false; this.isReady = true; this.port.postMessage("ready"); }
    else if (this.isReady && at >= 0) { this.isReady = false; this.port.postMessage(currentTime + at / sampleRate); }
    return true;
  }
});
"""
KEYS = """
const [tapSource, keys] = arguments, done = arguments[2];
(async () => {
  await p.context.audioWorklet.addModule(URL.createObjectURL(new Blob([tapSource], { type: "text/javascript" })));
  const tap = new AudioWorkletNode(p.context, "tap");
  p.output.connect(tap).connect(p.context.destination);
  await p.context.resume();
  const answer = () => new Promise((resolve) => (tap.port.onmessage = ({ data }) => resolve(data)));
  const rows = [];
  for (let n = 0; n < keys; n++) {
    const silent = answer();
    tap.port.postMessage(0);
    await silent;
    await sleep(Math.random() * 20);
    const sounded = answer(), called = performance.now(), now = p.context.currentTime;
    p.noteOn(0, 60 + (n % 12), 100);
    const at = await sounded;
    const { contextTime, performanceTime } = p.context.getOutputTimestamp();
    rows.push([1000 * (at - now), performanceTime + 1000 * (at - contextTime) - called]);
    p.stop();
  }
  const { baseLatency, outputLatency, sampleRate } = p.context;
  return { rows, kind: p.kind, baseLatency, outputLatency, sampleRate };
})().then(done, (error) => done(String(error.stack)));
"""
DENSE = """
const done = arguments[0];
(async () => {
  const tracks = [0, 24, 32, 48, 40].map((program, track) => ({
    program, isDrum: false, notes: Array.from({ length: 500 }, (_, n) => [n * 60, 110, 40 + track * 8 + (n % 7), 90]),
  }));
  p.load({ ticksPerQuarter: 480, end: 30000, tempos: [[0, 500000]], tracks });
  p.play();
  await sleep(1500);
  const before = p.context.playbackStats?.toJSON();
  await sleep(8000);
  for (const began = performance.now(); performance.now() - began < 2000; ); // the page itself is busy
  await sleep(500);
  const after = p.context.playbackStats?.toJSON();
  p.stop();
  return before && [after.underrunEvents - before.underrunEvents, after.underrunDuration - before.underrunDuration];
})().then(done, (error) => done(String(error.stack)));
"""


def words(values: list[float]) -> str:
    low, middle, high = np.quantile(values, [0, 0.5, 1])
    return f"{middle:5.1f} ms (least {low:.1f}, most {high:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=30)
    parser.add_argument("--busy", type=int, default=0)
    options = parser.parse_args()
    found: Queue[Address] = Queue()

    def started(address: Address) -> AbstractContextManager[None]:
        found.put(address)
        return nullcontext()

    services = [PageFiles(), SoundFontFile()]
    threading.Thread(target=serve, args=(lambda: services, 0, started), daemon=True).start()
    url = f"{found.get().url}page/vendor/LICENSES.txt"  # a page without a script of its own
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    with tempfile.TemporaryDirectory() as name, browser(Path(name)) as driver:
        driver.set_script_timeout(600)
        driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})  # for the node that listens
        for has_font in (True, False):
            driver.get(url)
            driver.execute_script(SETUP)
            loaded = driver.execute_async_script("open_(arguments[0]).then(arguments[1])", has_font)
            keys = driver.execute_async_script(KEYS, TAP, options.keys)
            assert isinstance(keys, dict), keys
            rendered, heard = zip(*keys["rows"], strict=True)
            gaps = driver.execute_async_script(DENSE)
            print(f"{keys['kind']}, {keys['sampleRate']} Hz, there after {loaded:.0f} ms")
            known = [1000 * keys[name] for name in ("baseLatency", "outputLatency")]
            print(f"  baseLatency {known[0]:.1f} ms, outputLatency {known[1]:.1f} ms")
            print(f"  rendered after {words(rendered)}, heard after {words(heard)}")
            print(f"  gaps in 10 s of 5 tracks: {gaps and f'{gaps[0]}, {1000 * gaps[1]:.1f} ms'}")
    for loop in loops:
        loop.kill()
    print("load", *(f"{value:.1f}" for value in os.getloadavg()), "on", os.cpu_count(), "cores,", options.busy, "busy")


if __name__ == "__main__":
    main()
