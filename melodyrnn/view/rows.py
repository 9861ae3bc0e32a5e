"""The rows and colours of a piano roll: a row for each pitch, below them one for each drum, above them the chords."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotationError
from ..music.chords import ChordSymbol
from ..music.piece import Piece, Track
from ..music.timeline import last_bar_line

# Sixteen colours that differ from each other and from light and dark paper; as --s0 to --s15 in assets/page.css.
COLOURS = (
    *("#2a6fdb", "#d1612f", "#2f9e58", "#8c54c8", "#b58900", "#1b98a6", "#ef41aa", "#6e6249"),
    *("#b57da7", "#b7376b", "#176d8b", "#ca56eb", "#137738", "#8481f6", "#f1274e", "#b11cac"),
)
BLACK_KEYS = (1, 3, 6, 8, 10)  # pitch classes
_MIN_ROWS = 13  # semitones
_NO_PITCHES = (60, 72)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a piece: pitches `low`..`high`, none where `low` is larger, and drums, the lowest pitch first."""

    low: int
    high: int
    drums: tuple[int, ...]

    @property
    def num_pitches(self) -> int:
        """Number of rows of pitches."""
        return max(0, self.high - self.low + 1)


def tracks_with_notes(piece: Piece) -> list[tuple[int, Track]]:
    """Return the tracks that are drawn, each with its number, whose remainder by 16 is that of its colour."""
    return list(enumerate(track for track in piece.tracks if len(track.notes)))


def rows_of(piece: Piece) -> Rows:
    """Return the rows of a piece: at least an octave of pitches, except where it has drums alone."""
    tracks = [track for _, track in tracks_with_notes(piece)]
    drums = sorted({pitch for track in tracks if track.is_drums for pitch in track.notes.pitch.tolist()})
    pitched = [track.notes.pitch for track in tracks if not track.is_drums]
    if drums and not pitched:
        return Rows(0, -1, tuple(drums))
    low, high = _NO_PITCHES
    if pitched:
        low, high = min(int(p.min()) for p in pitched) - 1, max(int(p.max()) for p in pitched) + 1
    spare = max(0, _MIN_ROWS - (high - low + 1))
    return Rows(low - spare // 2, high + spare - spare // 2, tuple(drums))


def chord_symbols(piece: Piece) -> list[tuple[int, str]]:
    """Return the tick and the text of the markers of a piece that are chord symbols, as they are written."""
    end = last_bar_line(piece)
    return [(marker.tick, marker.text) for marker in piece.markers if marker.tick < end and _is_chord(marker.text)]


def _is_chord(text: str) -> bool:
    try:
        ChordSymbol.parse(text)
    except NotationError:
        return False
    return True
