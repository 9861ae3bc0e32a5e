"""A given MIDI file, whole: all its events, its music, and its bars.

Bars are those of the file: they follow its time signatures from tick 0 on, and its length is its end of track.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from ..errors import MidiError, SettingError
from ..formats.files import as_midi
from ..midi.chunks import unwrap
from ..midi.raw import RawFile, parse
from ..midi.read import read_bytes, read_data
from ..midi.write import midi_bytes
from ..music.bars import Bars, last_onset, num_bars, with_grouped_beats
from ..music.meter import Meter
from ..music.piece import Piece, TimeSignature
from ..music.units import STEPS_PER_QUARTER
from .view import GIVEN_IN_PYTHON

MAX_HELD_BARS = 32  # a longer last note has lost its note-off
_MAX_REST_BARS = 64  # a longer rest at the end of a file is damage, not a rest


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A MIDI file that is given.

    Attributes:
        raw: all events of the file.
        piece: its music; `piece.end` is the end of the file.
        bars: the bars of the file.
        num_bars: the number of bars of the file.
        name: the name of the file.
    """

    raw: RawFile
    piece: Piece
    bars: Bars
    num_bars: int
    name: str

    @classmethod
    def of(cls, raw: RawFile, piece: Piece, name: str, what: str = "a given file") -> GivenFile:
        """Return a file that has been read. Raises SettingError where its last note has no end.

        Args:
            piece: the music of `raw`.
            what: what the file is, for messages.
        """
        piece = with_grouped_beats(piece)
        bars = Bars.of(piece.meters, piece.ticks_per_quarter)
        _check_last_notes(piece, bars, name, what)
        silence = _MAX_REST_BARS * bars.lengths[-1]
        end = raw.end if raw.end - piece.end <= silence else piece.end
        piece = replace(piece, end=max(end, piece.end))
        return cls(raw, piece, bars, num_bars(piece), name)

    @property
    def last_bar_line(self) -> int:
        """The tick at which the last bar ends."""
        return self.bars.tick_of(self.num_bars + 1)


def open_file(
    music: str | os.PathLike[str] | Piece, meter: Meter | None = None
) -> tuple[RawFile, Piece, str, tuple[str, ...]]:
    """Return the events, the music and the name of a file, and what was repaired, one line each.

    Args:
        music: the path of a file of music, or a piece, which stands for the file that it would be written to.
        meter: of all bars; None for those of the file.

    Raises:
        MidiError, NotationError: where it cannot be read.
    """
    name = GIVEN_IN_PYTHON if isinstance(music, Piece) else os.fspath(music)
    data = midi_bytes(music) if isinstance(music, Piece) else as_midi(read_data(music), name)
    piece = read_bytes(data, name)
    notices: tuple[str, ...] = ()
    try:
        raw = parse(unwrap(data, name)[0], name)
    except MidiError:
        notices = (f"{name} is damaged; what can be read is kept ({'; '.join(piece.repairs)})",)
        written = midi_bytes(piece)
        raw, piece = parse(written, name), read_bytes(written, name)
    if raw.ticks_per_quarter < STEPS_PER_QUARTER:
        raw = raw.rescaled(STEPS_PER_QUARTER)
        piece = read_bytes(raw.to_bytes(), name)
    if meter is not None:
        piece = replace(piece, meters=(TimeSignature(0, meter),))
    return raw, piece, name, notices


def _check_last_notes(piece: Piece, bars: Bars, name: str, what: str) -> None:
    """Raise SettingError where a note is held far beyond the last onset of the file: its note-off is lost."""
    held = (piece.end - last_onset(piece)) / bars.lengths[-1]
    if held > MAX_HELD_BARS:
        raise SettingError(
            f"the last notes of {what} must end within {MAX_HELD_BARS} bars. "
            f"Received: {name}, where one is held for {held:.0f} bars after the last note has begun"
        )
