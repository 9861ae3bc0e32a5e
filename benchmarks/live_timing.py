"""The timing errors of `play` and `jam`, through a JACK server with the dummy driver. Needs jackd2.

    python benchmarks/live_timing.py play [--seconds 60] [--period 128]
    python benchmarks/live_timing.py jam [--exchanges 20]

All figures are measured outside the program, by a JACK client that records when it receives a message. JACK delivers
once a period (128 frames at 48 kHz: 2.7 ms), which is an error of its own. The figures are printed with the load of the
machine and a lower bound: how late a loop wakes up that only sleeps until the same moments.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from melodyrnn.midi.write import write_piece

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from jack import Clock, Listener, Player, jack_server, start

from melodyrnn.generation.scales import SCALES
from melodyrnn.live.drivers import quiet_drivers
from melodyrnn.music.piece import Notes, Piece, Tempo, Track

SCALE = (62, 64, 66, 67, 69, 71, 73, 74)  # D major


class SleepingLoop(threading.Thread):
    """Sleeps until the moments of `play` and records how late it wakes up."""

    def __init__(self, seconds: float, step: float) -> None:
        super().__init__(daemon=True)
        self._moments = time.monotonic() + 0.5 + np.arange(int(seconds / step)) * step
        self.late: list[float] = []

    def run(self) -> None:
        wait = threading.Event().wait
        for moment in self._moments:
            while (left := moment - time.monotonic()) > 0:
                wait(left)
            self.late.append(time.monotonic() - moment)


def describe(name: str, errors: npt.ArrayLike) -> None:
    """Print median, 99th percentile and maximum of the distances from the median error, in milliseconds."""
    milliseconds = 1000 * (np.asarray(errors) - np.median(errors))
    size = np.abs(milliseconds)
    print(f"{name:38s} median {np.median(size):6.2f}   99 % {np.percentile(size, 99):6.2f}   max {size.max():6.2f} ms")


def load() -> str:
    return "load " + " ".join(f"{value:.1f}" for value in os.getloadavg()) + f" on {os.cpu_count()} cores"


def play(seconds: float, period: int, realtime: bool) -> None:
    """Measure `play` with eighth notes at 120 bpm."""
    size = int(seconds / 0.25)
    notes = Notes.of(np.arange(size) * 240, [200] * size, [60 + n % 12 for n in range(size)], [90] * size)
    with tempfile.TemporaryDirectory() as folder, jack_server(period, realtime):
        path = Path(folder) / "eighths.mid"
        write_piece(Piece(480, (Track(notes),), (Tempo(0, 500_000),), end=size * 240), path)
        listener, loop = Listener(), SleepingLoop(seconds, 0.25)
        process = start("play", str(path), "--port", "tester")
        loop.start()
        _, err = process.communicate()
        assert process.returncode == 0, err
        loop.join()
        time.sleep(0.2)
        times = np.array([t for t, _ in listener.notes()])
        errors = times - np.arange(size) * 0.25
        slope = np.polyfit(np.arange(size) * 0.25, errors, 1)[0]
        print(f"play: {len(times)} of {size} notes in {seconds:g} s, period {period} frames, {load()}")
        describe("onsets, about their line", errors)
        describe("lower bound: a loop that sleeps", loop.late)
        print(
            f"drift {1e6 * slope:.1f} millionths, {1000 * slope * seconds:.2f} ms in all; hanging {listener.hanging()}"
        )
        listener.close()
        for number in (signal.SIGINT, signal.SIGTERM):
            interrupted(path, number)


def interrupted(path: Path, number: int) -> None:
    """Send a signal in the middle of a note, ten times, and print how many notes still sound."""
    hanging = 0
    for _ in range(10):
        listener = Listener()
        process = start("play", str(path), "--port", "tester")
        while not listener.hanging():
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate()
        time.sleep(0.2)
        hanging += len(listener.hanging())
        listener.close()
    print(f"{signal.Signals(number).name} in the middle of a note, 10 times: {hanging} hanging")


def jam(exchanges: int, tempo: float, bars: int, period: int, realtime: bool) -> None:
    """Measure `jam`: a scripted player plays on the beats of a MIDI clock, and answers are compared with that clock."""
    rng = np.random.default_rng(0)
    with jack_server(period, realtime):
        listener, player = Listener(), Player()
        arguments = ["--bars", str(bars), "--clock", "player", "--seed", "1", "--exchanges", str(exchanges)]
        process = start("jam", "--input", "player", "--output", "tester", *arguments)
        assert process.stdout is not None
        while "answering" not in process.stdout.readline():
            assert process.poll() is None
        length = 4 * bars
        with Clock(player, tempo) as clock:
            for n in range(exchanges):
                steps = rng.integers(0, len(SCALE), length - 1)
                beats = 2 * length * n + np.arange(length - 1)
                calls = [(clock.moment(b), 0.8 * 60 / tempo, SCALE[s]) for b, s in zip(beats, steps, strict=True)]
                calls[0], calls[-1] = (*calls[0][:2], 62), (*calls[-1][:2], 62)
                player.play(calls)
            out, err = process.communicate(timeout=4 * length * 60 / tempo + 30)
        assert process.returncode == 0, err
        report(listener, clock, out, exchanges, length)
        player.close()
        listener.close()


def report(listener: Listener, clock: Clock, out: str, exchanges: int, length: int) -> None:
    quarter = clock.moment(1) - clock.moment(0)
    starts, seen, outside, notes = [], set(), 0, 0
    for n in range(exchanges):
        line = clock.moment(length * (2 * n + 1))
        answer = [(t - line, p) for t, p in listener.notes() if -quarter / 2 < t - line < (length - 0.5) * quarter]
        starts.append(answer[0][0] if answer else np.nan)
        seen.add(tuple((round(12 * t / quarter), p) for t, p in answer))
        outside += sum((p - 2) % 12 not in SCALES["major"] for _, p in answer)
        notes += len(answer)
    keys = re.findall(r"notes in (.+?), answered", out)
    late = np.abs(np.array(starts)) * 1000
    print(f"jam: {exchanges} exchanges of {length // 4} bars at {60 / quarter:.0f} bpm, {load()}")
    print(
        f"answers start {np.nanmedian(late):.1f} ms (median), {np.nanmax(late):.1f} ms (largest) from the bar line; "
        f"{int(np.isnan(late).sum())} missing, {out.count('late')} not ready in time"
    )
    print(
        f"{len(seen)} different answers; {outside} of {notes} notes outside D major; keys heard: {sorted(set(keys))}; "
        f"hanging {listener.hanging()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["play", "jam"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--period", type=int, default=128)
    parser.add_argument("--exchanges", type=int, default=20)
    parser.add_argument("--realtime", action="store_true", help="JACK with real-time priority, as musicians run it")
    parser.add_argument("--tempo", type=float, default=160)
    parser.add_argument("--bars", type=int, default=1)
    options = parser.parse_args()
    with quiet_drivers():
        if options.what == "play":
            play(options.seconds, options.period, options.realtime)
        else:
            jam(options.exchanges, options.tempo, options.bars, options.period, options.realtime)


if __name__ == "__main__":
    main()
