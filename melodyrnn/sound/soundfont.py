"""Finds a SoundFont: a given one, else the user's, else one of the system, else the one that comes with pretty_midi.

A font that nobody has named must be General MIDI: fonts of drums alone, or of instruments that only a bank select
reaches, lie in the same folders, and pieces would be silent with them.

Source: SoundFont Technical Specification 2.04 (a RIFF file of the form "sfbk"; .sf3 files have compressed samples).
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from ..errors import SoundError

_SUFFIXES = (".sf2", ".sf3")
# Beginnings of the names of the better SoundFonts, the best first; all others come after them.
_PREFERRED = ("musescore_general", "fluidr3", "generaluser", "default-gm", "default")
_PRESET = struct.Struct("<20xHH14x")  # program and bank, between what is not needed here
_MAX_TABLE = _PRESET.size << 16  # bytes, against a size that is not true
_PROGRAMS, _DRUMS = {(program, 0) for program in range(128)}, 128  # the bank of drum kits


def find_soundfont(given: str | os.PathLike[str] | None = None, folders: Sequence[Path] | None = None) -> Path:
    """Return the path of a SoundFont.

    Args:
        given: path of the SoundFont to use; None to search for one that is General MIDI.
        folders: folders to search before pretty_midi; None for the user's folder and those of the system. What lies in
            the first comes before all others; of the others the best font comes first, wherever it lies.

    Raises:
        SoundError: where `given` is not a SoundFont, or where none is found.
    """
    if given is not None:
        return _checked(Path(given))
    folders = _folders() if folders is None else folders
    for path in [*_fonts(folders[:1]), *_fonts(folders[1:]), *_bundled()]:
        if is_general_midi(path):
            return path.resolve()  # Debian's "default-GM.sf2" is a link; the name of its target is more useful
    raise SoundError(f"a General MIDI SoundFont must be in {', '.join(map(str, folders))} or given. Received: none")


def is_soundfont(path: Path) -> bool:
    """Return whether a file has the header of a SoundFont."""
    try:
        with path.open("rb") as file:
            return _is_soundfont(file)
    except OSError:
        return False


def is_general_midi(path: Path) -> bool:
    """Return whether a file is a SoundFont with the 128 programs of General MIDI and a drum kit."""
    try:
        with path.open("rb") as file:
            presets = set(_presets(file)) if _is_soundfont(file) else set()
    except OSError:
        return False
    return presets >= _PROGRAMS and any(bank == _DRUMS for _, bank in presets)


def _is_soundfont(file: BinaryIO) -> bool:
    head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def _presets(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield program and bank of each preset; the file stands behind the header, at the first of its lists."""
    while len(head := file.read(12)) == 12:
        if head[:1] == b"\0":  # the byte that makes a list even, which sf3convert leaves out
            head = head[1:] + file.read(1)
        if head[8:] == b"pdta":
            size = struct.unpack("<4xI", file.read(8).ljust(8, b"\0"))[0]
            table = file.read(min(size, _MAX_TABLE) // _PRESET.size * _PRESET.size)
            rows = list(_PRESET.iter_unpack(table[: len(table) // _PRESET.size * _PRESET.size]))
            yield from rows[:-1]  # the last one ends the table and is no preset
            return
        file.seek(struct.unpack_from("<I", head, 4)[0] - 4, os.SEEK_CUR)


def _fonts(folders: Sequence[Path]) -> list[Path]:
    """Return what looks like a SoundFont in those of some folders that can be read, the best first."""
    readable = [folder for folder in folders if os.access(folder, os.R_OK | os.X_OK) and folder.is_dir()]
    paths = [path for folder in readable for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES]
    return sorted((path for path in paths if path.is_file()), key=_preference)


def _checked(path: Path) -> Path:
    if not path.exists():
        raise SoundError(f"a SoundFont must exist. Received: {path}")
    if not (path.is_file() and is_soundfont(path)):  # a named pipe would keep us waiting
        raise SoundError(f"a SoundFont must be a RIFF file of the form sfbk (.sf2, .sf3). Received: {path}")
    return path


def _preference(path: Path) -> tuple[int, str]:
    name = path.stem.lower()
    return next((n for n, start in enumerate(_PREFERRED) if name.startswith(start)), len(_PREFERRED)), name


def _folders() -> list[Path]:
    """Return the folder for the SoundFonts of the user, and those of the system."""
    home = Path(os.path.expanduser("~"))  # which does not fail for a user without a home
    if sys.platform == "darwin":
        return [home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks")]
    if sys.platform == "win32":
        return [home / "soundfonts", Path("C:/soundfonts")]
    return [
        home / ".local/share/soundfonts",
        Path("/usr/share/soundfonts"),
        Path("/usr/share/sounds/sf2"),
        Path("/usr/share/sounds/sf3"),
    ]


def _bundled() -> list[Path]:
    """Return the path of the SoundFont of pretty_midi without importing it; none where it is not installed."""
    spec = find_spec("pretty_midi")
    return [] if spec is None or spec.origin is None else [Path(spec.origin).parent / "TimGM6mb.sf2"]
