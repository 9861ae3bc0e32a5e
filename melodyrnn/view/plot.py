"""Piano rolls as a PNG, SVG or PDF figure, drawn by matplotlib (extra `plot`)."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import OutputError, SettingError
from ..extras import require
from ..files import atomic_file
from ..music.notation import pitch_name
from ..music.piece import Piece
from ..music.timeline import bar_lines, last_bar_line
from ..music.units import NUM_PITCH_CLASSES
from ..text import displayable
from .roll import BLACK_KEYS, COLOURS, MIN_ROWS, summary
from .shown import legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")
MAX_PIECES = 60
_MAX_ENTRIES, _MAX_LABEL = 16, 90  # tracks of a legend, and characters of each
_WIDTH_INCHES, _HEIGHT_INCHES, _DPI = 10.0, 2.6, 120


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
    figure = require("plot", "matplotlib.figure").Figure(
        figsize=(_WIDTH_INCHES, _HEIGHT_INCHES * len(pieces)), layout="constrained"
    )
    rows = figure.subplots(len(pieces), squeeze=False)[:, 0]
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


def draw(piece: Piece, axes: Axes, title: str = "") -> None:
    """Draw a piece on matplotlib axes: x is time, y is pitch, each track has a colour, louder notes are more opaque."""
    low, high = 127, 0
    for number, track in enumerate(t for t in piece.tracks if len(t.notes)):
        notes = track.notes
        low, high = min(low, int(notes.pitch.min())), max(high, int(notes.pitch.max()))
        axes.barh(
            notes.pitch,
            notes.duration,
            left=notes.onset,
            height=0.85,
            color=[(COLOURS[number % len(COLOURS)], 0.45 + 0.55 * v / 127) for v in notes.velocity.tolist()],
            edgecolor="white",
            linewidth=0.4,
        )
    low, high = (low, high) if low <= high else (60, 72)
    spare = max(2, MIN_ROWS - (high - low))
    low, high = low - spare // 2, high + spare - spare // 2
    end, lines = last_bar_line(piece), bar_lines(piece)
    stride = max(1, -(-len(lines) // 24))
    axes.set_xlim(0, end)
    axes.set_ylim(low - 0.5, high + 0.5)
    axes.set_xticks([tick for tick, _ in lines[::stride]], [str(number) for _, number in lines[::stride]])
    octaves = np.arange(-(-low // NUM_PITCH_CLASSES) * NUM_PITCH_CLASSES, high + 1, NUM_PITCH_CLASSES)
    axes.set_yticks(octaves, [pitch_name(p) for p in octaves.tolist()])
    for pitch in range(low, high + 1):
        if pitch % NUM_PITCH_CLASSES in BLACK_KEYS:
            axes.axhspan(pitch - 0.5, pitch + 0.5, color="black", alpha=0.05, linewidth=0)
    axes.vlines([tick for tick, _ in lines], low - 0.5, high + 0.5, color="black", alpha=0.25, linewidth=0.6, zorder=0)
    axes.set_title(
        displayable(" · ".join(filter(None, (title, summary(piece))))), fontsize=9, loc="left", parse_math=False
    )
    axes.set_xlabel("bar", fontsize=8)
    axes.tick_params(labelsize=8)


def _draw_legend(piece: Piece, axes: Axes, melody: int | None) -> None:
    """Draw the legend of the tracks below the roll, where there are several."""
    entries = legend(piece, melody)[:_MAX_ENTRIES]
    if not entries:
        return
    patch = require("plot", "matplotlib.patches").Patch
    handles = [patch(color=COLOURS[e.colour % len(COLOURS)], label=displayable(e.text[:_MAX_LABEL])) for e in entries]
    shown = axes.legend(
        handles=handles, fontsize=7, loc="upper left", bbox_to_anchor=(0, -0.18), ncols=2, frameon=False
    )
    for text, entry in zip(shown.get_texts(), entries, strict=True):
        text.set_parse_math(False)
        text.set_fontweight("bold" if entry.is_melody else "normal")
