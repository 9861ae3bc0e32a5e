"""Resolves the files and folders that tasks receive."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..files import is_folder
from ..music.units import MIDI_SUFFIXES

StrPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class OutputKind:
    """A kind of file that a task writes.

    Attributes:
        words: its name in messages, such as "a page".
        suffixes: the suffixes of its files, in lower case; any where empty.
        default: the name of the file in an output that is a folder.
    """

    words: str
    suffixes: tuple[str, ...]
    default: str


def named(output: StrPath, kind: OutputKind) -> Path:
    """Return the file that an output stands for: in a folder, and in a name that ends in a slash, the default one.

    Raises UsageError for another suffix.
    """
    path = Path(output, kind.default) if is_folder(output) else Path(output)
    if kind.suffixes and path.suffix.lower() not in kind.suffixes:
        raise UsageError(f"{kind.words}'s name must end in {_either(kind.suffixes)}. Received: {output}")
    return path


def refuse_other_file(output: StrPath, rule: str) -> None:
    """Raise UsageError where an output that may be a folder is named as a file of a kind that is not written.

    Args:
        rule: what the output must be, for the message, such as "a folder, or a .mid file".
    """
    found = Path(output).suffix.lower()
    if found in _FOREIGN and not is_folder(output):
        hint = next((f"; {words}" for suffixes, words in _HINTS if found in suffixes), "")
        raise UsageError(f"the output must be {rule}{hint}. Received: {output}")


_SOUND = (".mp3", ".wav", ".ogg", ".flac", ".m4a", ".aac", ".aiff", ".opus", ".wma")
_PICTURES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".gif", ".webp")
_PAGES = (".html", ".htm")
_SCORES = (".abc", ".musicxml", ".mxl", ".xml", ".mscz", ".mscx", ".ly", ".krn")
_MUSIC = (*MIDI_SUFFIXES, *_SCORES, ".als", ".flp", ".rpp", ".logicx")
_DATA = (".keras", ".h5", ".json", ".jsonl", ".csv", ".txt", ".zip", ".gz", ".npy", ".npz")
_FOREIGN = (*_SOUND, *_PICTURES, *_PAGES, *_MUSIC, *_DATA)
_HINTS = (
    (_SOUND, "`melodyrnn render` makes sound, as .wav"),
    (_PICTURES, "`melodyrnn plot` draws pictures"),
    (_PAGES, "`melodyrnn preview` writes pages"),
    (_SCORES, "notation programs import .musicxml"),
)


def _either(words: Sequence[str]) -> str:
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
