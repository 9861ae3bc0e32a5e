"""The layouts of finished melodies, computed for many at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import IntArray
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..score.score import Score, opens_with_pickup
from .bar_repeats import BarNotes, labels_of
from .character import character_of
from .form import as_text
from .layout import MAX_APPROACH, Layout
from .returns import returns_of


def layouts_of(scores: Sequence[Score]) -> list[Layout | None]:
    """Return the layout of each melody; None for one with notes in its pick-up alone."""
    if not scores:
        return []
    onset, duration, pitch = (
        np.concatenate([getattr(score, name) for score in scores]) for name in ("onset", "duration", "pitch")
    )
    sizes = np.array([len(score) for score in scores], dtype=np.int64)
    return layouts_of_notes(onset, duration, pitch, sizes, [(score.meter, score.key) for score in scores])


def layouts_of_notes(
    onset: IntArray, duration: IntArray, pitch: IntArray, sizes: IntArray, kinds: Sequence[tuple[Meter, Key]]
) -> list[Layout | None]:
    """Return the layouts of melodies whose notes follow each other.

    Args:
        onset, duration, pitch: of all notes, (num_notes,); pitches sound.
        sizes: notes of each melody, at least one.
        kinds: meter and key of each melody.
    """
    bar = np.array([meter.bar(STEPS_PER_QUARTER) for meter, _ in kinds], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(len(sizes)), sizes)
    num_bars = np.maximum(1, -(-np.maximum.reduceat(onset + duration, starts) // bar))
    labels = labels_of(owner, onset, pitch, bar, num_bars)
    returns, sources = returns_of(BarNotes.of(owner, onset, pitch, bar, num_bars), labels, np.repeat(bar, num_bars))
    late = opens_with_pickup(onset[starts], bar)
    out: list[Layout | None] = []
    first_bar = np.cumsum(num_bars) - num_bars
    for n, (meter, key) in enumerate(kinds):
        pickup_bars = int(late[n])
        own = slice(starts[n], starts[n] + sizes[n])
        bars = slice(first_bar[n] + pickup_bars, first_bar[n] + num_bars[n])
        if bars.start == bars.stop:
            out.append(None)
            continue
        notes = onset[own], duration[own], pitch[own]
        ends, last, cadences = _of_bars(notes[0], notes[2] - tonic_offset(key), int(bar[n]), int(num_bars[n]))
        out.append(
            Layout(
                meter,
                key,
                int(bar[n] - notes[0][0]) if pickup_bars else 0,
                as_text(labels[first_bar[n] : bars.stop], pickup_bars),
                tuple(returns[bars].tolist()),
                tuple(sources[bars].tolist()),
                tuple(ends[pickup_bars:].tolist()),
                tuple(last[pickup_bars:].tolist()),
                tuple(cadences[pickup_bars:].tolist()),
                int(notes[1][-1]),
                (int(notes[2].min()), int(np.median(notes[2])), int(notes[2].max())),
                character_of(*notes),
                max(-MAX_APPROACH, min(MAX_APPROACH, int(notes[2][-1] - notes[2][-2:][0]))),
            )
        )
    return out


def has_layout(onset: IntArray, num_bars: int, meter: Meter) -> bool:
    """Return whether a melody has notes after its pick-up, if any; `onset` is of all its notes, at least one."""
    return num_bars > 1 or not opens_with_pickup(int(onset[0]), meter.bar(STEPS_PER_QUARTER))


def layout_of(score: Score) -> Layout | None:
    """Return the layout of a melody; None for one with notes in its pick-up alone."""
    return layouts_of([score])[0]


def _of_bars(onset: IntArray, pitch: IntArray, bar: int, num_bars: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return for each bar its number of notes, the steps to its last onset, and the pitch class it closes on."""
    count = np.bincount(onset // bar, minlength=num_bars)[:num_bars]
    through = np.cumsum(count)
    last = np.maximum(through - 1, 0)  # the last note up to the end of the bar
    return count, np.where(count > 0, onset[last] % bar, 0), pitch[last] % NUM_PITCH_CLASSES
