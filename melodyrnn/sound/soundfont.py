"""Finds a SoundFont: a given one, else one of the system, else the one that comes with pretty_midi.

Source: SoundFont Technical Specification 2.04 (a RIFF file of the form "sfbk"; .sf3 files have compressed samples).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from ..errors import SoundError

_SUFFIXES = (".sf2", ".sf3")
# Beginnings of the names of the better SoundFonts, the best first; others of the same folder come after them.
_PREFERRED = ("musescore_general", "fluidr3", "generaluser", "default-gm", "default")


def find_soundfont(given: str | os.PathLike[str] | None = None, folders: Sequence[Path] | None = None) -> Path:
    """Return the path of a SoundFont.

    Args:
        given: path of the SoundFont to use; None to search for one.
        folders: folders to search before pretty_midi; None for those of the system.

    Raises:
        SoundError: where `given` is not a SoundFont, or where none is found.
    """
    if given is not None:
        return _checked(Path(given))
    folders = _system_folders() if folders is None else folders
    for folder in folders:
        paths = [p for p in sorted(folder.glob("*")) if p.suffix.lower() in _SUFFIXES] if folder.is_dir() else []
        for path in sorted(paths, key=_preference):
            if is_soundfont(path):
                return path.resolve()  # Debian's "default-GM.sf2" is a link; the name of its target is more useful
    bundled = _bundled()
    if bundled is not None and is_soundfont(bundled):
        return bundled
    raise SoundError(f"a SoundFont must be in {', '.join(map(str, folders))} or given. Received: none")


def is_soundfont(path: Path) -> bool:
    """Return whether a file has the header of a SoundFont."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def _checked(path: Path) -> Path:
    if not path.exists():
        raise SoundError(f"a SoundFont must exist. Received: {path}")
    if not is_soundfont(path):
        raise SoundError(f"a SoundFont must be a RIFF file of the form sfbk (.sf2, .sf3). Received: {path}")
    return path


def _preference(path: Path) -> tuple[int, str]:
    name = path.stem.lower()
    return next((n for n, start in enumerate(_PREFERRED) if name.startswith(start)), len(_PREFERRED)), name


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks")]
    if sys.platform == "win32":
        return [Path("C:/soundfonts"), home / "soundfonts"]
    return [
        home / ".local/share/soundfonts",
        Path("/usr/share/soundfonts"),
        Path("/usr/share/sounds/sf2"),
        Path("/usr/share/sounds/sf3"),
    ]


def _bundled() -> Path | None:
    """Return the path of the SoundFont of pretty_midi without importing it; None where it is not installed."""
    spec = find_spec("pretty_midi")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "TimGM6mb.sf2"
