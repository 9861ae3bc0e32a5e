"""The speed of ingesting a folder of MIDI files, beside pretty_midi only parsing them.

    python benchmarks/ingest_speed.py FOLDER... [--workers 2] [--files 200] [--rounds 3] [--copies 1]

For each folder, the best of `--rounds`: pretty_midi and symusic only parsing `--files` files spread over the folder;
the ingest of the folder with one worker and with `--workers`, from listing the files to the finished corpus; the time
of each step for a file; a second ingest, in which nothing has changed. The process that ingests has one thread, as
`melodyrnn ingest` has, so it forks its workers. With `--copies` 8, eight copies of each file are
ingested, each with a different text, to measure a large folder. The peak memory of the process and of its largest
worker is printed for the folder and for twice its files.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pretty_midi
import symusic

from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.examine import examine
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.identity import digest
from melodyrnn.corpus.ingest.opener import Opener
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.extract.candidates import choose
from melodyrnn.midi.read import read_bytes
from melodyrnn.threads import THREAD_VARIABLES

CONFIG = IngestConfig(Filters(keep_duplicates=True))
INGEST = """
import json, resource, sys, time
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.config import Filters
folder, output, workers = sys.argv[1:]
start = time.perf_counter()
files = ingest([folder], output, Filters(keep_duplicates=True), workers=int(workers), force=True).num_files
seconds = time.perf_counter() - start
use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
processor = sum(u.ru_utime + u.ru_stime for u in use)
print(json.dumps([files, seconds, processor, *(u.ru_maxrss / 1024 for u in use)]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as scratch:
            measure(folder, Path(scratch), options)


def measure(folder: Path, scratch: Path, options: argparse.Namespace) -> None:
    sources = find_files([folder])
    sample = sources[:: max(1, len(sources) // options.files)]
    large = copies(sources, scratch / "midi", options.copies)
    best = dict.fromkeys(("pretty_midi", "symusic", "one", "many", "again", "processor"), float("inf"))
    memory = 0.0
    for _ in range(options.rounds):
        best["pretty_midi"] = min(best["pretty_midi"], each(lambda s: pretty_midi.PrettyMIDI(s.path), sample[::4]))
        best["symusic"] = min(
            best["symusic"], each(lambda s: symusic.Score.from_midi(Path(s.path).read_bytes()), sample)
        )
        shutil.rmtree(scratch / "corpus", ignore_errors=True)
        for name, workers in (("one", 1), ("again", 1), ("many", options.workers)):
            if name == "many":
                shutil.rmtree(scratch / "corpus", ignore_errors=True)
            seconds, processor, peak = ingest(large, scratch / "corpus", workers)
            best[name] = min(best[name], seconds)
            if name == "one":
                best["processor"], memory = min(best["processor"], processor), max(memory, peak)
    copies(sources, scratch / "midi", 2 * options.copies)
    *_, twice = ingest(large, scratch / "twice", 1)
    print_figures(folder, len(sources) * options.copies, best, options.workers, memory, twice)
    stages(sample)


def copies(sources: Sequence[Source], folder: Path, number: int) -> Path:
    """Write `number` copies of each file, each with a different text after its header, so that none is a duplicate."""
    folder.mkdir(exist_ok=True)
    for place, source in enumerate(sources):
        data = Path(source.path).read_bytes()
        at = data.find(b"MTrk")
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        for copy in range(number):
            text = b"\0\xff\x01\x04%04d" % copy
            head = data[: at + 4] + (length + len(text)).to_bytes(4, "big") + text
            (folder / f"{place:06d}-{copy}.mid").write_bytes(head + data[at + 8 :])
    return folder


def each(parse: Callable[[Source], object], sample: Sequence[Source]) -> float:
    """Mean seconds of parsing a file."""
    start = time.perf_counter()
    for source in sample:
        parse(source)
    return (time.perf_counter() - start) / len(sample)


def ingest(folder: Path, output: Path, workers: int) -> tuple[float, float, float]:
    """Ingest a folder in a process of its own.

    Returns:
        Seconds a file; processor seconds a file, with the start of Python and all workers; peak memory of the process
        and its workers in MB.
    """
    command = [sys.executable, "-c", INGEST, str(folder), str(output), str(workers)]
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    files, seconds, processor, own, worker = json.loads(run.stdout)
    return seconds / files, processor / files, own + workers * worker


def print_figures(folder: Path, files: int, best: dict[str, float], workers: int, memory: float, twice: float) -> None:
    milliseconds = {name: seconds * 1000 for name, seconds in best.items()}
    print(f"\n{folder}: {files} files")
    for name, words in (
        ("pretty_midi", "pretty_midi parses"),
        ("symusic", "symusic parses"),
        ("one", "ingest, 1 worker"),
        ("processor", "  of processor time in all its processes"),
        ("many", f"ingest, {workers} workers"),
        ("again", "ingest again, 1 worker, nothing changed"),
    ):
        print(f"  {words:42s}{milliseconds[name]:8.3f} ms a file")
    print(f"  {'1 worker, times pretty_midi':42s}{best['pretty_midi'] / best['one']:8.1f}")
    print(f"  {f'{workers} workers, times pretty_midi':42s}{best['pretty_midi'] / best['many']:8.1f}")
    print(f"  {f'{workers} workers, times 1':42s}{best['one'] / best['many']:8.2f}")
    print(f"  {'peak memory; for twice the files':42s}{memory:8.0f} MB; {twice:.0f} MB")


def stages(sample: Sequence[Source]) -> None:
    """Print the time of each step for a file, measured in this process."""
    gc.freeze()  # as workers do
    gc.set_threshold(50_000)
    opener = Opener(CONFIG.limits)
    data = [opener.read(source) for source in sample]
    pieces = [read_bytes(one, "") for one in data]
    found = [examine(one, CONFIG) for one in data]
    steps: dict[str, tuple[Callable[..., object], Sequence[object]]] = {
        "read and digest the bytes": (lambda s: digest(opener.read(s)), sample),
        "bytes to a piece": (lambda d: read_bytes(d, ""), data),
        "  of it symusic": (symusic.Score.from_midi, data),
        "rank the tracks": (lambda p: choose(p, "auto"), pieces),
        "all of it to melodies": (lambda d: examine(d, CONFIG), data),
        "melodies to rows": (lambda f: FileResult.of(f).to_bytes(), found),
    }
    print("  where it goes:")
    for name, (step, values) in steps.items():
        seconds = min(_time(step, values) for _ in range(5)) / len(values)
        print(f"    {name:40s}{seconds * 1000:8.3f} ms a file")


def _time(step: Callable[..., object], values: Sequence[object]) -> float:
    start = time.perf_counter()
    for value in values:
        step(value)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
