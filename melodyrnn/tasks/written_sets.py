"""Writes the two sets of a comparison as MIDI files, so that other programs can compare them too.

    FOLDER/real/0001.mid, 0002.mid and so on        FOLDER/generated/0001.mid, 0002.mid and so on

Bar lines stand at multiples of the bar from tick 0; a pick-up is the end of bar 0. The name of a piece is the name of
its track. Generated files say so in a text event, so that an ingest leaves them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import OutputError
from ..files import atomic_folder, check_output_folder
from ..midi.write import midi_bytes
from ..music.units import GENERATED_MARK
from ..score.convert import to_piece
from ..score.score import Score
from .paths import StrPath, refuse_other_file

REAL, GENERATED = "real", "generated"
_TEXTS = {REAL: (), GENERATED: (f"{GENERATED_MARK} (written by compare)",)}


def check_folder(folder: StrPath, force: bool) -> Path:
    """Return the folder that two sets will be written to, as a Path.

    Raises:
        UsageError: where it is named as a file.
        OutputError: where it exists and `force` is False, and where it holds anything but two such sets.
    """
    refuse_other_file(folder, "a folder")
    path = check_output_folder(folder, force)
    others = sorted(entry.name for entry in path.iterdir() if entry.name not in _TEXTS) if path.is_dir() else []
    if others:
        raise OutputError(
            f"a folder of two sets is replaced only where it holds nothing but {REAL} and {GENERATED}. "
            f"Received: {path} with {others[0]}"
        )
    return path


def write_sets(folder: Path, real: Sequence[Score], generated: Sequence[Score], force: bool = False) -> None:
    """Write two sets of pieces as the folders `real` and `generated` in `folder`, both or nothing.

    Raises OutputError where `folder` exists and `force` is False, and where writing fails.
    """
    with atomic_folder(folder, force) as temporary:
        for name, pieces in ((REAL, real), (GENERATED, generated)):
            (temporary / name).mkdir()
            for number, piece in enumerate(pieces, 1):
                data = midi_bytes(to_piece(piece, texts=_TEXTS[name]))
                (temporary / name / f"{number:04d}.mid").write_bytes(data)
