"""Whether the studio stands many rapid calls: jobs of many tabs, cancelled at random, each with an open stream.

    python benchmarks/studio_load.py [--jobs 200] [--tabs 20] [--rounds 2] [--seed 7]

Starts `melodyrnn studio` as a process of its own. In each round every tab asks for its share of the jobs, one right
after another, opens the stream of each at once, and cancels some, the same with the same seed. It fails where a stream
does not end with done, cancelled or refused; where a job that nobody cancelled is not done; where a job gives the piece
of another; and where a job is done before an older one of its tab has ended. Prints times, and the server's resident
memory before and after each round, which must stay (only Linux tells it).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from studio_server import RunningStudio, running_studio

SHARE = 0.4  # of calls after which a job of the tab is cancelled
BARS = 2
ENDS = ("done", "cancelled", "refused")


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended.

    Attributes:
        name: of its last event.
        seconds: from the call to the last event.
        was_cancelled: whether a call cancelled it, perhaps too late.
    """

    name: str
    seconds: float
    was_cancelled: bool


def follow(studio: RunningStudio, jobs: list[str], number: int, asked: float) -> tuple[str, float]:
    """Read the stream of a job of a tab; return the name of its last event, and the seconds since it was asked for."""
    events = studio.events(jobs[number])
    seconds = time.perf_counter() - asked
    name = events[-1][0] if events else "none"
    pieces = [data["document"]["seed"] for kind, data in events if kind == "piece"]
    if name not in ENDS or pieces != [number] * (name == "done" or len(pieces)):
        raise SystemExit(f"job {number} of a tab ended with {name} and the pieces of seeds {pieces}")
    for older in jobs[:number] if name == "done" else ():
        # no content: nothing follows; not found: it ended long ago
        rest = studio.call("GET", f"api/jobs/{older}/events", headers={"Last-Event-ID": "999999"})
        if rest.status not in (204, 404):
            raise SystemExit(f"job {number} of a tab was done before an older one had ended")
    return name, seconds


def use_tab(studio: RunningStudio, tab: str, count: int, chance: random.Random) -> list[Ended]:
    """Ask for the jobs of a tab, cancel some, and return how each ended."""
    jobs: list[str] = []
    cancelled: set[str] = set()
    with ThreadPoolExecutor(count) as pool:
        streams = []
        for number in range(count):
            asked = time.perf_counter()
            order = {"verb": "generate", "wishes": {"bars": BARS, "seed": number}, "tab": tab}
            jobs.append(studio.call("POST", "api/jobs", order).json()["job"])
            streams.append(pool.submit(follow, studio, jobs, number, asked))
            if chance.random() < SHARE:
                cancelled.add(job := chance.choice(jobs))
                studio.call("DELETE", f"api/jobs/{job}")
        found = [Ended(*one.result(), job in cancelled) for job, one in zip(jobs, streams, strict=True)]
    if wrong := [one for one in found if one.name != "done" and not one.was_cancelled]:
        raise SystemExit(f"a job that nobody cancelled ended with {wrong[0].name}")
    return found


def round_of_jobs(studio: RunningStudio, jobs: int, tabs: int, seed: int) -> list[Ended]:
    """Let all tabs ask at once."""
    chances = [random.Random(seed * 1000 + number) for number in range(tabs)]
    with ThreadPoolExecutor(tabs) as pool:
        found = pool.map(lambda number: use_tab(studio, f"tab{number}", jobs // tabs, chances[number]), range(tabs))
        return [one for of_tab in found for one in of_tab]


def resident(studio: RunningStudio) -> float:
    """Memory of the server in MB; nan where the system does not tell."""
    status = Path(f"/proc/{studio.process.pid}/status")
    found = re.findall(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else []
    return int(found[0]) / 1024 if found else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="of a round")
    parser.add_argument("--tabs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_studio(Path(folder) / "session") as studio:
        studio.generate(bars=BARS, seed=1)  # which loads the model
        print(f"{'before':10s} resident {resident(studio):6.1f} MB")
        for number in range(asked.rounds):
            start = time.perf_counter()
            found = round_of_jobs(studio, asked.jobs, asked.tabs, asked.seed + number)
            taken = time.perf_counter() - start
            waits = [one.seconds for one in found if one.name == "done"]
            ends = ", ".join(f"{sum(one.name == name for one in found)} {name}" for name in ENDS)
            print(
                f"after {len(found) * (number + 1):4d} resident {resident(studio):6.1f} MB   {ends}   {taken:.1f} s, "
                f"from call to end median {np.median(waits):.2f} s, longest {max(waits):.2f} s"
            )


if __name__ == "__main__":
    main()
