"""The progress of a training on standard error, and silence from the library that computes.

On a terminal two lines change in place and fit its width; elsewhere there is a line for each round. Bits are per note.
"""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from ..streams import without_lines
from ..tasks.progress import Progress
from ..tasks.train_task import Compiling, TrainProgress
from .terminal import echo, is_quiet, shows_progress

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.status import Status

# What TensorFlow, XLA and Abseil print from C++ when nothing is wrong: information and warnings, in their two forms,
# and a notice of plugins that register twice, which it calls an error.
_NOISE = (
    r"WARNING: All log messages before absl::|[IW]\d{4} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]+: [IW] "
    r"|To enable the following instructions:|.*Unable to register cu\w+ (factory|plugin)"
)
_SMOOTHING = 0.05  # share of a step in the training bits that are shown
_BAR_WIDTHS = (24, 12)
_GAP = "  "


@contextmanager
def quiet_backend() -> Iterator[None]:
    """Return a context in which the backend of Keras prints errors only. Keras must not have been imported before."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with without_lines(_NOISE):
        yield


class TrainingDisplay:
    """Shows the progress of a training; a listener of the task `train`."""

    def __init__(self, max_seconds: float | None = None) -> None:
        """Take the time limit of the training, in seconds; None for none."""
        self._max_seconds = max_seconds
        self._live: Status | Live | None = None  # what is shown on a terminal
        self._rounds = 0  # number of rounds printed
        self._bits = math.nan  # of training, smoothed
        self._began: tuple[float, float] | None = None  # the time of the first step, and the share done then

    def __enter__(self) -> TrainingDisplay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._show(None)

    def __call__(self, progress: Progress) -> None:
        if isinstance(progress, TrainProgress):
            self._step(progress)
            return
        if isinstance(progress, Compiling) and not is_quiet():
            echo(f"{progress.backend}: {counted(progress.devices)}", err=True)
        if shows_progress():
            self._show(_console().status(progress.stage))

    def _step(self, progress: TrainProgress) -> None:
        bits = progress.train_bits
        self._bits = bits if math.isnan(self._bits) else self._bits + _SMOOTHING * (bits - self._bits)
        if shows_progress():
            self._draw(progress)
        elif progress.rounds > self._rounds and not is_quiet():
            self._rounds = progress.rounds
            echo(line_of_round(progress), err=True)

    def _draw(self, progress: TrainProgress) -> None:
        from rich.live import Live

        from ..tasks.time_left import seconds_left

        now, done = time.monotonic(), progress.done / progress.total if progress.total else 0.0
        if self._began is None:
            self._began = now, done
            live = Live(console=_console(), refresh_per_second=4, transient=True)
            self._show(live)
        left = seconds_left(now - self._began[0], self._began[1], done, self._max_seconds)
        if isinstance(self._live, Live):
            self._live.update(drawn(progress, self._bits, done, left, self._live.console.width))

    def _show(self, live: Status | Live | None) -> None:
        """Replace the shown display by `live`."""
        if self._live is not None:
            self._live.stop()
        self._live = live
        if live is not None:
            live.start()


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def drawn(progress: TrainProgress, train_bits: float, done: float, left: float | None, width: int) -> RenderableType:
    """Return the two lines on a terminal of `width` columns."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    before = f"epoch {progress.epoch:.1f}/{progress.num_epochs:.0f}"
    after = [f"{done:.0%}", "" if left is None else f"{clock(left)} left", f"{progress.notes_per_second:,.0f} notes/s"]
    row = Table.grid(padding=(0, 2, 0, 0))
    for bar in _BAR_WIDTHS:
        room = width - len(before) - bar - 2 * len(_GAP) - 1
        shown = fitted(after, room)
        if len(shown) == len(_GAP.join(filter(None, after))):
            break
    row.add_row(Text(before), ProgressBar(1.0, done, width=bar), Text(shown))
    return Group(row, Text(fitted(figures(progress, train_bits), width - 1), no_wrap=True, overflow="ellipsis"))


def counted(names: Sequence[str]) -> str:
    """Return names with their numbers, such as "2 × CPU"; a single one by itself."""
    found = Counter(names)
    return ", ".join(name if number == 1 else f"{number} × {name}" for name, number in found.items())


def figures(progress: TrainProgress, train_bits: float) -> list[str]:
    """Return the figures of a training in words, the most important first."""
    if progress.validation_bits is None:
        return [f"{train_bits:.3f} bits/note in training"]
    return [
        f"{progress.validation_bits:.3f} bits/note",
        f"Markov chain {progress.baseline_bits:.3f}",
        f"best {progress.best_bits:.3f}",
        f"training {train_bits:.3f}",
    ]


def fitted(parts: Sequence[str], width: int) -> str:
    """Return as many of the parts, from the first on, as fit into `width` characters; at least the first."""
    shown = ""
    for part in filter(None, parts):
        longer = f"{shown}{_GAP}{part}" if shown else part
        if shown and len(longer) > width:
            break
        shown = longer
    return shown


def line_of_round(progress: TrainProgress) -> str:
    """Return the line of a round, for logs."""
    parts = [f"epoch {progress.epoch:.1f}/{progress.num_epochs:.0f}", *figures(progress, progress.train_bits)]
    return _GAP.join([*parts, f"{progress.notes_per_second:,.0f} notes/s"])


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, "3:20", or with hours, "1:02:03"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
