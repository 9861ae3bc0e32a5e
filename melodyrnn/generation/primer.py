"""Reads a primer, the given beginning of a piece: typed notes, or the melody of a MIDI file, found as in an ingest."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import SettingError
from ..music.meter import Meter
from ..music.notation import parse_notes
from ..music.units import MIDI_SUFFIXES
from ..score.score import Score
from ..score.typed import melody_of_notes


def read_primer(text: str | os.PathLike[str], meter: Meter | None = None) -> Score:
    """Return a primer. A text with the suffix of a MIDI file, or an existing path, is a file; any other text is notes.

    Args:
        text: a path, or notes such as "C4 E4 G4:2 r C5", lengths in quarters.
        meter: of typed notes; 4/4 where None.

    Raises:
        MidiError, NotationError: where it cannot be read.
        SettingError: where the file holds no melody.
    """
    name = os.fspath(text)
    if not (name.lower().endswith(MIDI_SUFFIXES) or _is_file(name)):
        return melody_of_notes(parse_notes(name), meter or Meter(4, 4))
    return _melody_of_file(name)


def _melody_of_file(name: str) -> Score:
    # Imported here because most requests have no primer file.
    from ..extract.extractor import Refusal
    from ..extract.melody import find_melody
    from ..midi.read import read_piece
    from ..score.quantize import quantize

    voice = find_melody(read_piece(name))
    if isinstance(voice, Refusal):
        raise SettingError(f"a primer must hold a melody. Received: {name} ({voice.reason})")
    return quantize(voice)[0]


def _is_file(name: str) -> bool:
    try:
        return bool(name.strip()) and Path(name).exists()
    except OSError:  # too long for a file name, as many notes are
        return False
