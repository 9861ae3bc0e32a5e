"""Piano rolls as a PNG, SVG or PDF figure, drawn by matplotlib (extra `plot`)."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import OutputError, SettingError
from ..extras import require
from ..files import atomic_file
from ..music.drums import drum_name
from ..music.notation import pitch_name
from ..music.piece import Piece, Track
from ..music.timeline import bar_lines, last_bar_line
from ..music.units import NUM_PITCH_CLASSES
from ..text import displayable
from .roll import summary
from .rows import BLACK_KEYS, COLOURS, Rows, chord_symbols, rows_of, tracks_with_notes
from .shown import LegendEntry, legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")
MAX_PIECES = 60
_MAX_ENTRIES, _MAX_LABEL, _MAX_LABEL_OF_TWO = 16, 90, 72  # tracks of a legend, and characters of each, also of two
_LEGEND_INCHES, _ENTRY_INCHES = 0.4, 0.155  # from the roll to its legend, and of an entry
_WIDTH_INCHES, _HEIGHT_INCHES, _DPI = 10.0, 2.6, 120
_PITCHES_INCHES, _DRUM_INCHES = 1.9, 0.12  # of the rows of pitches together, and of that of a drum
_ROW = 0.85  # of its height: what notes fill
_EDGE, _EDGE_SHARE = 0.4, 0.2  # points: of the white edge of a note, and of the length of a short one
_DRUM_OPACITY = 0.4
_MAX_TICKS, _MAX_CHORDS = 24, 40  # bar numbers and chord symbols in the width of the figure


def write_plot(
    pieces: Sequence[tuple[str, Piece]],
    path: str | os.PathLike[str],
    force: bool = False,
    dpi: int = _DPI,
    melodies: Sequence[int | None] = (),
) -> None:
    """Write the piano rolls of some pieces, one below the other, as one figure.

    Args:
        pieces: (title, piece), 1 to MAX_PIECES of them.
        path: its suffix, one of SUFFIXES, chooses the format.
        force: whether an existing file is overwritten.
        dpi: pixels per inch of a PNG.
        melodies: for each piece the number of the track that is marked as the melody, or None; empty for none at all.

    Raises:
        OutputError: for another suffix, or where the file cannot be written.
        SettingError: for no piece or more than MAX_PIECES.
        MissingExtraError: where matplotlib is not installed.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError(f"a picture's name must end in {', '.join(SUFFIXES)}. Received: {path}")
    if not 1 <= len(pieces) <= MAX_PIECES:
        raise SettingError(f"a picture must hold 1..{MAX_PIECES} pieces. Received: {len(pieces)}")
    heights = [_height(piece) for _, piece in pieces]
    figure = require("plot", "matplotlib.figure").Figure(figsize=(_WIDTH_INCHES, sum(heights)), layout="constrained")
    rows = figure.subplots(len(pieces), squeeze=False, height_ratios=heights)[:, 0]
    for axes, (title, piece), melody in zip(rows, pieces, melodies or [None] * len(pieces), strict=True):
        draw(piece, axes, title)
        _draw_legend(piece, axes, melody)
    # Without a date, the same piece always gives the same file.
    no_date = {"CreationDate": None} if suffix == ".pdf" else {"Date": None} if suffix == ".svg" else {}
    steady = require("plot").rc_context({"svg.hashsalt": "melodyrnn"})
    with steady, atomic_file(path, force) as temporary, warnings.catch_warnings():
        # A font may lack characters of a title and then draws boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(temporary, format=suffix[1:], dpi=dpi, metadata=no_date)


def _height(piece: Piece) -> float:
    """Return the height of the roll of a piece and of its legend, in inches."""
    entries = legend(piece)[:_MAX_ENTRIES]
    rolls = _HEIGHT_INCHES + _DRUM_INCHES * len(rows_of(piece).drums)
    return rolls + _ENTRY_INCHES * -(-len(entries) // _num_columns(entries))


def _num_columns(entries: Sequence[LegendEntry]) -> int:
    """Return in how many columns the entries of a legend fit."""
    return 2 if max((len(entry.text) for entry in entries), default=0) <= _MAX_LABEL_OF_TWO else 1


def draw(piece: Piece, axes: Axes, title: str = "") -> None:
    """Draw a piece on matplotlib axes: x is time, y is pitch, each track has a colour, louder notes are more opaque.

    Drums have rows with their names below the pitches, and chord symbols stand above.
    """
    rows, end, lines = rows_of(piece), last_bar_line(piece), bar_lines(piece)
    place = _places(rows)
    axes.set_xlim(0, end)
    for number, track in tracks_with_notes(piece):
        _draw_track(track, axes, COLOURS[number % len(COLOURS)], rows, place)
    height = _drum_height(rows)
    top = rows.high + 0.5 if rows.num_pitches else max(place.values()) + 0.5 * height
    bottom = min([rows.low - 0.5, *(y - 0.5 * height for y in place.values())])
    stride = max(1, -(-len(lines) // _MAX_TICKS))
    axes.set_ylim(bottom, top)
    axes.set_xticks([tick for tick, _ in lines[::stride]], [str(number) for _, number in lines[::stride]])
    axes.tick_params(labelsize=8)
    _draw_rows(rows, place, axes)
    axes.vlines([tick for tick, _ in lines], bottom, top, color="black", alpha=0.25, linewidth=0.6, zorder=0)
    symbols = chord_symbols(piece)
    for tick, text in symbols[:: max(1, -(-len(symbols) // _MAX_CHORDS))]:
        axes.annotate(text, (tick, top), (1, 2), textcoords="offset points", fontsize=6, parse_math=False)
    axes.set_title(
        displayable(" · ".join(filter(None, (title, summary(piece))))),
        fontsize=9,
        loc="left",
        pad=12 if symbols else None,
        parse_math=False,
    )
    axes.set_xlabel("bar", fontsize=8)


def _drum_height(rows: Rows) -> float:
    """Return the height of the row of a drum, in semitones of the rows above."""
    return max(1.0, rows.num_pitches * _DRUM_INCHES / _PITCHES_INCHES)


def _places(rows: Rows) -> dict[int, float]:
    """Return the y of the row of each drum, the highest below the pitches."""
    height = _drum_height(rows)
    return {drum: rows.low - 1 - height * (number + 0.5) for number, drum in enumerate(reversed(rows.drums))}


def _draw_track(track: Track, axes: Axes, colour: str, rows: Rows, place: Mapping[int, float]) -> None:
    notes, height = track.notes, _ROW * _drum_height(rows) if track.is_drums else _ROW
    edge = min(_EDGE, _EDGE_SHARE * float(np.median(notes.duration)) * _WIDTH_INCHES * 72 / axes.get_xlim()[1])
    opacity, edge = (_DRUM_OPACITY, 0.0) if track.is_drums else (1.0, edge)
    y = np.array([place[pitch] for pitch in notes.pitch.tolist()]) if track.is_drums else notes.pitch
    left, right, low, high = notes.onset, notes.end, y - height / 2, y + height / 2
    corners = [(left, low), (right, low), (right, high), (left, high)]
    boxes = require("plot", "matplotlib.collections").PolyCollection(  # in a tenth of the time of a bar for each note
        np.stack([np.stack(corner, axis=1) for corner in corners], axis=1),
        facecolors=[(colour, opacity * (0.45 + 0.55 * v / 127)) for v in notes.velocity.tolist()],
        edgecolors="white",
        linewidths=edge,
    )
    axes.add_collection(boxes, autolim=False)
    if track.is_drums:  # hits may be too short to be seen, or as long as the rest after them
        axes.vlines(left, low, high, color=colour, linewidth=1)


def _draw_rows(rows: Rows, place: Mapping[int, float], axes: Axes) -> None:
    """Draw the rows of the black keys, and the names of every C and of the drums."""
    octaves = range(-(-rows.low // NUM_PITCH_CLASSES) * NUM_PITCH_CLASSES, rows.high + 1, NUM_PITCH_CLASSES)
    names = [pitch_name(pitch) for pitch in octaves] + [drum_name(drum) for drum in place]
    axes.set_yticks([*octaves, *place.values()], names)
    for label in axes.get_yticklabels()[len(octaves) :]:
        label.set_fontsize(6)
    for pitch in range(rows.low, rows.high + 1):
        if pitch % NUM_PITCH_CLASSES in BLACK_KEYS:
            axes.axhspan(pitch - 0.5, pitch + 0.5, color="black", alpha=0.05, linewidth=0)


def _draw_legend(piece: Piece, axes: Axes, melody: int | None) -> None:
    """Draw the legend of the tracks below the roll, where there are several."""
    entries = legend(piece, melody)[:_MAX_ENTRIES]
    if not entries:
        return
    patch = require("plot", "matplotlib.patches").Patch
    handles = [patch(color=COLOURS[e.colour % len(COLOURS)], label=displayable(e.text[:_MAX_LABEL])) for e in entries]
    below = _LEGEND_INCHES / (_PITCHES_INCHES + _DRUM_INCHES * len(rows_of(piece).drums))
    shown = axes.legend(
        handles=handles,
        fontsize=7,
        loc="upper left",
        bbox_to_anchor=(0, -below),
        ncols=_num_columns(entries),
        frameon=False,
    )
    for text, entry in zip(shown.get_texts(), entries, strict=True):
        text.set_parse_math(False)
        text.set_fontweight("bold" if entry.is_melody else "normal")
