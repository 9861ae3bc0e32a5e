"""Primers: the given music of a generation, as typed notes, as a score, or as a MIDI file that is kept tick for tick.

The network reads a primer through a `View`: one melody of one meter on the grid, whose first note is in bar 0. Bars of
a primer are numbered from 1, rests at its ends included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import SettingError
from ..music.meter import Meter
from ..music.notation import parse_notes
from ..music.piece import Piece
from ..music.units import MUSIC_SUFFIXES, STEPS_PER_QUARTER
from ..score.score import Score
from ..score.typed import melody_of_notes
from .view import GIVEN_IN_PYTHON, BarRange, View, check_bars

if TYPE_CHECKING:
    from .given import Given


@dataclass(frozen=True, slots=True)
class Primer:
    """A primer that has been read.

    Attributes:
        text: what the user wrote, for the recipe.
        view: returns what the network reads; its argument is the range of bars to draw anew, None for a continuation.
        whole: returns what the network reads for a variation of all notes.
        given: the MIDI file; None for typed notes and scores.
        has_dynamics: whether its velocities were chosen by someone.
        notices: guesses and limits that the user should know, one line each.
    """

    text: str
    view: Callable[[BarRange | None], View]
    whole: Callable[[], View]
    given: Given | None = None
    has_dynamics: bool = True
    notices: tuple[str, ...] = ()


PrimerLike = Primer | Score | Piece | str


def read_primer(
    primer: PrimerLike, meter: Meter | None = None, part: str | None = None, bars: BarRange | None = None
) -> Primer:
    """Return a primer. A text with the suffix of a MIDI file, or an existing path, is a file; any other text is notes.

    Args:
        primer: a path, notes such as "C4 E4 G4:2 r C5" (lengths in quarters), a score, a piece, which stands for the
            file that it would be written to, or a primer that is read.
        meter: of the bars, from the beginning of the primer on; None for that of the file or score, 4/4 for notes.
        part: name or number of the track of a file that the network reads; None for the likeliest melody.
        bars: the bars that are the primer, first and last; None for all.

    Raises:
        MidiError, NotationError: where it cannot be read.
        SettingError: where there is no note in it, or no such part.
    """
    if isinstance(primer, Primer):
        return primer
    if isinstance(primer, Piece) or (
        isinstance(primer, str) and (primer.lower().endswith(MUSIC_SUFFIXES) or _is_file(primer))
    ):
        from .given import read_given  # here because most requests have no file, and reading one imports more

        given = read_given(primer, meter, part, bars)
        return Primer(given.name, given.view, given.whole, given, True, given.notices)
    if part is not None:
        raise SettingError(f"given_part names a track of a MIDI file given as primer. Received: {part!r} and no file")
    if isinstance(primer, Score):
        return _of_score(primer, meter, bars)
    return _of_notes(primer, meter or Meter(4, 4), bars)


def _of_score(score: Score, meter: Meter | None, bars: BarRange | None) -> Primer:
    if not len(score):
        raise SettingError("primer must hold at least one note. Received: none")
    score = replace(score, meter=meter or score.meter)
    text = score.name or GIVEN_IN_PYTHON
    return _on_the_grid(text, score, int((score.onset + score.duration).max()), bars)


def _of_notes(text: str, meter: Meter, bars: BarRange | None) -> Primer:
    notes = parse_notes(text)
    score = melody_of_notes(notes, meter)
    primer = _on_the_grid(text, score, int(sum(note.duration for note in notes) * STEPS_PER_QUARTER), bars)
    return replace(primer, has_dynamics=False)


def _on_the_grid(text: str, score: Score, end: int, bars: BarRange | None) -> Primer:
    """Return the primer of a score that ends at step `end`, or of a range of its bars."""
    if bars is not None:
        score, end = _only(score, end, bars)
    length = -(-end // score.bar) * score.bar

    def view(bars: BarRange | None) -> View:
        span = None if bars is None else _steps_of(bars, length // score.bar, score.bar)
        first = int(score.onset[0]) if span is None else min(int(score.onset[0]), span[0])
        before = first // score.bar
        moved = before * score.bar
        return View(
            score.shifted(-moved),
            length // score.bar - before,
            end - moved,
            before,
            None if span is None else (span[0] - moved, span[1] - moved),
        )

    return Primer(text, view, lambda: view(None))


def _only(score: Score, end: int, bars: BarRange) -> tuple[Score, int]:
    """Return a range of bars of a score that ends at step `end`, and its end. Raises SettingError without a note."""
    check_bars(bars, -(-end // score.bar), "primer_bars")
    start, stop = (bars[0] - 1) * score.bar, min(end, bars[1] * score.bar)
    cut = score[(score.onset >= start) & (score.onset < stop)].shifted(-start)
    if not len(cut):
        raise SettingError(f"primer_bars must hold a note. Received: {bars[0]}-{bars[1]}, without one")
    return replace(cut, duration=np.minimum(cut.duration, stop - start - cut.onset)), stop - start


def _steps_of(bars: BarRange, num_bars: int, bar: int) -> tuple[int, int]:
    check_bars(bars, num_bars)
    return (bars[0] - 1) * bar, bars[1] * bar


def _is_file(name: str) -> bool:
    try:
        return bool(name.strip()) and Path(name).exists()
    except OSError:  # too long for a file name, as many notes are
        return False
