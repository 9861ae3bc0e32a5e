"""The piano roll of a piece as an <svg> element, for pages and notebooks.

Conventions: x is time in ticks, y is pitch. Every note is one <path d="M{onset} {pitch}h{duration}">, in ticks and MIDI
numbers, inside the <g class="notes"> of its track. The transform of that group scales it, so player.js can read the
notes from the drawing. `data-velocity` is the track's most frequent velocity; notes with another one have `data-v`.
The colours are readable on light and dark backgrounds; a page may set others by class.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from ..music.keys import guess_key
from ..music.notation import pitch_name
from ..music.piece import Notes, Piece, Track
from ..music.timeline import bar_lines, last_bar_line, length_seconds, num_bars
from ..music.units import NUM_PITCH_CLASSES

COLOURS = ("#2a6fdb", "#d1612f", "#2f9e58", "#8c54c8", "#b58900", "#1b98a6")
BLACK_KEYS = (1, 3, 6, 8, 10)  # pitch classes
MIN_ROWS = 13  # semitones
_WIDTH, _MIN_BAR_WIDTH, _MAX_WIDTH = 960, 20, 16_000  # px
_NARROWEST = 560  # px; a narrower window scrolls the roll
_HEIGHT, _MIN_ROW, _MAX_ROW = 200, 3.0, 10.0  # px
_LEFT, _TOP = 30, 16  # px, for the octave names and the bar numbers


@dataclass(frozen=True, slots=True)
class _Frame:
    """Ticks 0..`end`, pitches `low`..`high` and their scale in px: x = left + sx · tick, y = bottom − sy · pitch."""

    end: int
    low: int
    high: int
    width: float
    sx: float
    sy: float

    @property
    def height(self) -> float:
        """Height of the picture, px."""
        return _TOP + self.sy * (self.high - self.low + 1)

    @property
    def bottom(self) -> float:
        """The y of the middle of pitch 0, px."""
        return self.height + self.sy * (self.low - 0.5)

    def x(self, tick: float) -> float:
        """Return the x of a tick, px."""
        return _LEFT + self.sx * tick

    def y(self, pitch: float) -> float:
        """Return the y of the middle of a pitch, px."""
        return self.bottom - self.sy * pitch


def to_html(piece: Piece) -> str:
    """Return the piano roll below its summary as HTML; a long roll scrolls."""
    return f"<div><p>{escape(summary(piece))}</p><div style='overflow-x:auto'>{to_svg(piece)}</div></div>"


def to_svg(piece: Piece) -> str:
    """Return the piano roll as an <svg> element."""
    frame = _frame(piece)
    tracks = [(n, t) for n, t in enumerate(t for t in piece.tracks if len(t.notes))]
    notes = "".join(_notes(track, number, frame) for number, track in tracks)
    return (
        f'<svg class="roll" viewBox="0 0 {frame.width:g} {frame.height:g}" '
        f'width="100%" style="min-width:{frame.width if frame.width > _WIDTH else _NARROWEST:g}px" '
        f'role="img" aria-label="piano roll" data-left="{_LEFT}" data-scale="{frame.sx:.8g}" '
        f'font-family="system-ui,sans-serif" font-size="10" fill="currentColor">'
        f"{_rows(frame)}{_bars(piece, frame)}{notes}</svg>"
    )


def summary(piece: Piece) -> str:
    """Return key, meters, tempo, number of bars and notes, and length of a piece as one line of text."""
    tempos = sorted({t.quarters_per_minute for t in piece.tempos if t.tick < max(1, piece.end)})
    slow, fast = (f"{tempo:.4g}" for tempo in (tempos[0], tempos[-1]))
    meters = list(dict.fromkeys(str(m) for m in piece.meters if m.tick < max(1, piece.end)))
    bars, seconds = num_bars(piece), length_seconds(piece)
    return " · ".join(
        [
            key_name(piece),
            ", ".join(meters[:4]),
            f"{slow} bpm" if slow == fast else f"{slow} to {fast} bpm",
            f"{bars} bar{'s' * (bars != 1)}",
            f"{piece.num_notes} note{'s' * (piece.num_notes != 1)}",
            f"{int(seconds) // 60}:{seconds % 60:04.1f}",
        ]
    )


def key_name(piece: Piece) -> str:
    """Return the key signature of the piece, else the key estimated from the notes of all its pitched tracks."""
    if piece.keys:
        return str(piece.keys[0].key)
    pitched = [t.notes for t in piece.tracks if len(t.notes) and not t.is_drums]
    if not pitched:
        return "no key"
    columns = zip(*((n.onset, n.duration, n.pitch, n.velocity) for n in pitched), strict=True)
    notes = Notes.of(*map(np.concatenate, columns))  # in order of onset, because guess_key uses the last note
    return f"{guess_key(notes.pitch, notes.duration)} (guessed)"


def _frame(piece: Piece) -> _Frame:
    pitches = [p for t in piece.tracks if len(t.notes) for p in (int(t.notes.pitch.min()), int(t.notes.pitch.max()))]
    low, high = (min(pitches) - 1, max(pitches) + 1) if pitches else (60, 72)
    spare = max(0, MIN_ROWS - (high - low + 1))
    low, high = low - spare // 2, high + spare - spare // 2
    end = last_bar_line(piece)
    width = float(min(_MAX_WIDTH, max(_WIDTH, _LEFT + _MIN_BAR_WIDTH * num_bars(piece))))
    sy = min(_MAX_ROW, max(_MIN_ROW, _HEIGHT / (high - low + 1)))
    return _Frame(end, low, high, width, (width - _LEFT - 1) / end, round(sy, 2))


def _rows(frame: _Frame) -> str:
    """Return the shaded rows of the black keys, and the name of every C."""
    black = [p for p in range(frame.low, frame.high + 1) if p % NUM_PITCH_CLASSES in BLACK_KEYS]
    first = -(-frame.low // NUM_PITCH_CLASSES) * NUM_PITCH_CLASSES
    shade = "".join(f"M{_LEFT} {frame.y(p):.1f}H{frame.width:g}" for p in black)
    names = "".join(
        f'<text x="2" y="{frame.y(p) + 3:.1f}" opacity=".7">{pitch_name(p)}</text>'
        for p in range(first, frame.high + 1, NUM_PITCH_CLASSES)
    )
    return f'<path d="{shade}" stroke="currentColor" opacity=".06" stroke-width="{frame.sy:g}"/>{names}'


def _bars(piece: Piece, frame: _Frame) -> str:
    lines = bar_lines(piece)
    drawn = "".join(f"M{frame.x(tick):.1f} {_TOP}V{frame.height:g}" for tick, _ in [*lines, (frame.end, 0)])
    names, free = [], 0.0
    for tick, number in lines:
        x = frame.x(tick)
        if x >= free:
            names.append(f'<text x="{x + 2:.1f}" y="{_TOP - 4}" opacity=".7">{number}</text>')
            free = x + 14 + 6 * len(str(number))
    return f'<path class="bars" d="{drawn}" stroke="currentColor" opacity=".25" fill="none"/>{"".join(names)}'


def _notes(track: Track, number: int, frame: _Frame) -> str:
    notes = track.notes
    most_frequent = int(np.bincount(notes.velocity).argmax())
    columns = (notes.onset, notes.duration, notes.pitch, notes.velocity)
    rows = list(zip(*(c.tolist() for c in columns), strict=True))
    paths = "".join(
        f'<path d="M{onset} {pitch}h{duration}"{"" if v == most_frequent else _velocity(v)}/>'
        for onset, duration, pitch, v in rows
    )
    # a thin line at every onset, so that repeated notes do not look like one
    edges = "".join(f"M{onset} {pitch - 0.45:g}v.9" for onset, _, pitch, _ in rows)
    place = f"matrix({frame.sx:.8g} 0 0 {-frame.sy:g} {_LEFT} {frame.bottom:g})"
    colour = number % len(COLOURS)
    drums = ' data-drums="1"' if track.is_drums else ""
    return (
        f'<g class="notes s{colour}" stroke="{COLOURS[colour]}" stroke-width=".9" transform="{place}" '
        f'data-velocity="{most_frequent}" data-program="{track.program}"{drums}>{paths}</g>'
        f'<path transform="{place}" d="{edges}" stroke="#fff" opacity=".75" vector-effect="non-scaling-stroke"/>'
    )


def _velocity(velocity: int) -> str:
    """Return the attributes of a note whose velocity is not the track's most frequent one."""
    opacity = f"{0.45 + 0.55 * velocity / 127:.2f}".lstrip("0")
    return f' data-v="{velocity}" opacity="{opacity}"'
