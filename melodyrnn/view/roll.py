"""The piano roll of a piece as an <svg> element, for pages and notebooks.

Conventions: x is time in ticks, y is pitch. Every note is one <path d="M{onset} {pitch}h{duration}">, in ticks and MIDI
numbers, inside a <g class="notes"> of its track, which `data-track` numbers; a track of drums has one for each drum.
The transform of that group scales it, so player.js can read the notes from the drawing. `data-velocity` is the track's
most frequent velocity; notes with another one have `data-v`. The colours are readable on light and dark backgrounds; a
page may set others by class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from ..midi.channels import merged
from ..music.drums import drum_name
from ..music.keys import guess_key
from ..music.notation import pitch_name
from ..music.piece import Notes, Piece, Track
from ..music.timeline import bar_lines, last_bar_line, length_seconds, num_bars
from ..music.units import NUM_PITCH_CLASSES
from .rows import BLACK_KEYS, COLOURS, Rows, chord_symbols, rows_of, tracks_with_notes

_WIDTH, _MIN_BAR_WIDTH, _MAX_WIDTH = 960, 20, 16_000  # px
_NARROWEST = 560  # px; a narrower window scrolls the roll
_HEIGHT, _MIN_ROW, _MAX_ROW = 200, 3.0, 10.0  # px
_MIN_ROW_OF_PARTS = 5.0  # px: of several parts, which are harder to tell apart
_DRUM_ROW, _GAP = 11.0, 6.0  # px: of a drum, which has a name, and from the pitches to the drums
_LEFT, _LEFT_OF_DRUMS, _TOP = 30, 96, 16  # px, for the octave names, the names of drums, and the bar numbers
_CHORD_ROW = 14  # px
_EDGE_SHARE = 0.25  # of the length of a note: the widest line at its onset
_LETTER = 6  # px: of a bar number or a chord symbol


@dataclass(frozen=True, slots=True)
class _Frame:
    """Ticks 0..`end` and rows, and their scale in px: x = left + sx · tick, y = bottom − sy · pitch."""

    end: int
    rows: Rows
    left: int
    top: int
    width: float
    sx: float
    sy: float

    @property
    def first_drum(self) -> float:
        """The y of the top of the row of the highest drum, px."""
        return self.top + self.sy * self.rows.num_pitches + (_GAP if self.rows.num_pitches else 0)

    @property
    def height(self) -> float:
        """Height of the picture, px."""
        drums = len(self.rows.drums)
        return self.first_drum + _DRUM_ROW * drums if drums else self.top + self.sy * self.rows.num_pitches

    @property
    def bottom(self) -> float:
        """The y of the middle of pitch 0, px."""
        return self.top + self.sy * (self.rows.high + 0.5)

    def x(self, tick: float) -> float:
        """Return the x of a tick, px."""
        return self.left + self.sx * tick

    def y(self, pitch: float) -> float:
        """Return the y of the middle of a pitch, px."""
        return self.bottom - self.sy * pitch

    def y_of_drum(self, drum: int) -> float:
        """Return the y of the middle of the row of a drum, px."""
        return self.first_drum + _DRUM_ROW * (len(self.rows.drums) - self.rows.drums.index(drum) - 0.5)

    def pitches(self) -> str:
        """Return the transform of notes, from ticks and pitches to px."""
        return f"matrix({self.sx:.8g} 0 0 {-self.sy:g} {self.left} {self.bottom:g})"

    def drum(self, drum: int) -> str:
        """Return the transform of the hits of a drum, from ticks and its pitch to its row, px."""
        bottom = self.y_of_drum(drum) + _DRUM_ROW * drum
        return f"matrix({self.sx:.8g} 0 0 {-_DRUM_ROW:g} {self.left} {bottom:g})"


def to_html(piece: Piece) -> str:
    """Return the piano roll below its summary as HTML; a long roll scrolls."""
    return f"<div><p>{escape(summary(piece))}</p><div style='overflow-x:auto'>{to_svg(piece)}</div></div>"


def to_svg(piece: Piece) -> str:
    """Return the piano roll as an <svg> element."""
    frame = _frame(piece)
    notes = "".join(drawn for number, track in tracks_with_notes(piece) for drawn in _track(track, number, frame))
    return (
        f'<svg class="roll" viewBox="0 0 {frame.width:g} {frame.height:g}" '
        f'width="100%" style="min-width:{frame.width if frame.width > _WIDTH else _NARROWEST:g}px" '
        f'role="img" aria-label="piano roll" data-left="{frame.left}" data-scale="{frame.sx:.8g}" '
        f'font-family="system-ui,sans-serif" font-size="10" fill="currentColor">'
        f"{_keys(frame)}{_drums(frame)}{_bars(piece, frame)}{_chords(piece, frame)}{notes}</svg>"
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
    notes = merged(pitched)  # in order of onset, because guess_key uses the last note
    return f"{guess_key(notes.pitch, notes.duration)} (guessed)"


def _frame(piece: Piece) -> _Frame:
    rows, end = rows_of(piece), last_bar_line(piece)
    left = _LEFT_OF_DRUMS if rows.drums else _LEFT
    width = float(min(_MAX_WIDTH, max(_WIDTH, left + _MIN_BAR_WIDTH * num_bars(piece))))
    smallest = _MIN_ROW if len(tracks_with_notes(piece)) < 2 else _MIN_ROW_OF_PARTS
    sy = min(_MAX_ROW, max(smallest, _HEIGHT / max(1, rows.num_pitches)))
    top = _TOP + (_CHORD_ROW if chord_symbols(piece) else 0)
    return _Frame(end, rows, left, top, width, (width - left - 1) / end, round(sy, 2))


def _keys(frame: _Frame) -> str:
    """Return the shaded rows of the black keys, and the name of every C."""
    low, high = frame.rows.low, frame.rows.high
    black = [p for p in range(low, high + 1) if p % NUM_PITCH_CLASSES in BLACK_KEYS]
    first = -(-low // NUM_PITCH_CLASSES) * NUM_PITCH_CLASSES
    shade = "".join(f"M{frame.left} {frame.y(p):.1f}H{frame.width:g}" for p in black)
    names = "".join(
        f'<text x="{frame.left - 28}" y="{frame.y(p) + 3:.1f}" opacity=".7">{pitch_name(p)}</text>'
        for p in range(first, high + 1, NUM_PITCH_CLASSES)
    )
    return f'<path d="{shade}" stroke="currentColor" opacity=".06" stroke-width="{frame.sy:g}"/>{names}'


def _drums(frame: _Frame) -> str:
    """Return the names of the drums, and a line in the middle of the row of each."""
    if not frame.rows.drums:
        return ""
    lines = "".join(f"M{frame.left} {frame.y_of_drum(drum):.1f}H{frame.width:g}" for drum in frame.rows.drums)
    names = "".join(
        f'<text class="drum" x="2" y="{frame.y_of_drum(drum) + 3.5:.1f}" opacity=".7">{escape(drum_name(drum))}</text>'
        for drum in frame.rows.drums
    )
    return f'<path d="{lines}" stroke="currentColor" opacity=".12"/>{names}'


def _bars(piece: Piece, frame: _Frame) -> str:
    lines = bar_lines(piece)
    drawn = "".join(f"M{frame.x(tick):.1f} {_TOP}V{frame.height:g}" for tick, _ in [*lines, (frame.end, 0)])
    names = "".join(
        f'<text x="{x:.1f}" y="{_TOP - 4}" opacity=".7">{number}</text>'
        for x, number in _with_room([(frame.x(tick) + 2, str(number)) for tick, number in lines])
    )
    return f'<path class="bars" d="{drawn}" stroke="currentColor" opacity=".25" fill="none"/>{names}'


def _chords(piece: Piece, frame: _Frame) -> str:
    """Return the chord symbols above the notes."""
    return "".join(
        f'<text class="chord" x="{x:.1f}" y="{frame.top - 4}" font-size="11">{escape(text)}</text>'
        for x, text in _with_room([(frame.x(tick) + 2, text) for tick, text in chord_symbols(piece)])
    )


def _with_room(texts: list[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Yield those of some texts, (x, text) from left to right, that do not run into the one before."""
    free = 0.0
    for x, text in texts:
        if x >= free:
            yield x, text
            free = x + 12 + _LETTER * len(text)


def _track(track: Track, number: int, frame: _Frame) -> Iterator[str]:
    """Yield the notes of a track, or the hits of each of its drums."""
    notes = track.notes
    most_frequent = int(np.bincount(notes.velocity).argmax())
    if not track.is_drums:
        yield _notes(notes, f'{_attributes(track, number, most_frequent)} transform="{frame.pitches()}"', most_frequent)
        place = f'transform="{frame.pitches()}" d="{_edges(notes)}"{_edge_width(notes, frame)}'
        yield f'<path class="edges" data-track="{number}" {place} {_EDGE}/>'
        return
    for drum in sorted(set(notes.pitch.tolist())):
        hits, place = notes[notes.pitch == drum], f'transform="{frame.drum(drum)}"'
        attributes = f'{_attributes(track, number, most_frequent)} data-drums="1" stroke-opacity=".4" {place}'
        yield _notes(hits, attributes, most_frequent)
        # lines in the colour of the track, because hits may be too short to be seen, or as long as the rest after them
        colour = f'class="hits s{number % len(COLOURS)}" stroke="{COLOURS[number % len(COLOURS)]}"'
        yield f'<path {colour} data-track="{number}" {place} d="{_edges(hits)}" stroke-width="2.5" {_FIXED_WIDTH}/>'


_FIXED_WIDTH = 'vector-effect="non-scaling-stroke"'
_EDGE = f'stroke="#fff" opacity=".75" {_FIXED_WIDTH}'


def _attributes(track: Track, number: int, most_frequent: int) -> str:
    """Return the attributes of the notes of a track."""
    colour = number % len(COLOURS)
    return (
        f'class="notes s{colour}" stroke="{COLOURS[colour]}" stroke-width=".9" data-track="{number}" '
        f'data-velocity="{most_frequent}" data-program="{track.program}"'
    )


def _notes(notes: Notes, attributes: str, most_frequent: int) -> str:
    """Return notes as paths in a group with some attributes."""
    columns = (notes.onset, notes.duration, notes.pitch, notes.velocity)
    paths = "".join(
        f'<path d="M{onset} {pitch}h{duration}"{"" if v == most_frequent else _velocity(v)}/>'
        for onset, duration, pitch, v in zip(*(c.tolist() for c in columns), strict=True)
    )
    return f"<g {attributes}>{paths}</g>"


def _edges(notes: Notes) -> str:
    """Return a line at every onset, so that repeated notes do not look like one."""
    return "".join(
        f"M{onset} {pitch - 0.45:g}v.9" for onset, pitch in zip(notes.onset.tolist(), notes.pitch.tolist(), strict=True)
    )


def _edge_width(notes: Notes, frame: _Frame) -> str:
    """Return the width of the lines at onsets where they would hide short notes."""
    width = _EDGE_SHARE * frame.sx * float(np.median(notes.duration))
    return f' stroke-width="{width:.2g}"' if width < 1 else ""


def _velocity(velocity: int) -> str:
    """Return the attributes of a note whose velocity is not the track's most frequent one."""
    opacity = f"{0.45 + 0.55 * velocity / 127:.2f}".lstrip("0")
    return f' data-v="{velocity}" opacity="{opacity}"'
