"""The words of `melodyrnn ingest` as keyword arguments: how melodies are found, and which files are read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from ..corpus.ingest.config import IngestConfig
from ..corpus.ingest.option_settings import WHOLE
from ..errors import SettingError
from ..evaluation.sources import KEEP_ALL
from ..extract.extractor import Refusal
from ..extract.registry import EXTRACTORS
from .words import check_words


class MelodyWords(TypedDict, total=False):
    """How the melodies of a piece are found, and which of them are kept.

    Attributes:
        voices: "auto" (the likeliest melody), "all" (every monophonic track), "skyline" (as auto, but of chords the top
            line) or "track:" and a number or name.
        off_grid: how freely played melodies are treated: "drop", "snap" to sixteenths and triplets, or "keep" on the
            nearest of 12 steps per quarter note.
        max_grid_error: largest mean distance of onsets from the grid, in steps, of a melody that is not freely played.
        max_rest: longest silence within a melody, in quarter notes; a longer one splits it.
        bar_lines: "auto" (those of the file are moved where they do not fit its notes) or "file" (they never are).
        min_notes: fewest notes of a melody.
        min_bars: fewest bars of a melody.
        min_pitches: fewest distinct pitches of a melody.
    """

    voices: str
    off_grid: str
    max_grid_error: float
    max_rest: float
    bar_lines: str
    min_notes: int
    min_bars: int
    min_pitches: int


class PartWords(TypedDict, total=False):
    """Whole pieces in the place of melodies.

    Attributes:
        parts: "melody" (one line of each file), "all" (whole pieces, each track a part with the role that is found for
            it), "piano" (one or two hands), "tracks" (parts in the order of the file, such as four voices) or
            "leadsheet" (a melody with its chord symbols).
        roles: of whole pieces, the role of tracks by name or number: {"Strings": "harmony", 3: "bass"}.
        max_bars: most bars of a whole piece; a longer one is cut at bar lines.
    """

    parts: str
    roles: Mapping[str | int, str]
    max_bars: int


class FileWords(TypedDict, total=False):
    """Which files an ingest reads.

    Attributes:
        keep_duplicates: whether files and tunes that occur again, in any key, are kept.
        keep_generated: whether files that melodyrnn wrote are read.
        max_notes: largest number of notes in a file.
        max_file_mb: largest size of a file, in megabytes.
        max_archive_mb: largest unpacked size of the files in a zip archive, in megabytes.
        any_names: whether members of archives whose names point outside them are read.
        time_limit: longest time for reading a file, in seconds.
    """

    keep_duplicates: bool
    keep_generated: bool
    max_notes: int
    max_file_mb: float
    max_archive_mb: float
    any_names: bool
    time_limit: float


class IngestWords(MelodyWords, PartWords, FileWords, total=False):
    """All words of an ingest."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A field of one of the three settings of an `IngestConfig`, or of itself, and the least value of a number."""

    settings: str | None
    field: str
    least: float | None = None


_LEAST = 1e-3  # of what must be above 0
_PLACES: Mapping[str, _Place] = {
    "voices": _Place("extraction", "voices"),
    "off_grid": _Place("extraction", "off_grid"),
    "max_grid_error": _Place("extraction", "max_grid_error", 0),
    "max_rest": _Place("extraction", "max_rest_quarters", _LEAST),
    "bar_lines": _Place("extraction", "bar_lines"),
    "parts": _Place(None, "extractor"),
    "roles": _Place("extraction", "roles"),
    "max_bars": _Place("extraction", "max_bars", 1),
    "min_notes": _Place("filters", "min_notes", 1),
    "min_bars": _Place("filters", "min_bars", 1),
    "min_pitches": _Place("filters", "min_pitches", 1),
    "keep_duplicates": _Place("filters", "keep_duplicates"),
    "keep_generated": _Place("filters", "keep_generated"),
    "max_notes": _Place("limits", "file_notes", 1),
    "max_file_mb": _Place("limits", "file_megabytes", _LEAST),
    "max_archive_mb": _Place("limits", "archive_megabytes", _LEAST),
    "any_names": _Place("limits", "any_names"),
    "time_limit": _Place("limits", "seconds", _LEAST),
}


def _values(config: IngestConfig) -> dict[str, object]:
    parts = {word: config if p.settings is None else getattr(config, p.settings) for word, p in _PLACES.items()}
    values = {word: getattr(parts[word], place.field) for word, place in _PLACES.items()}
    return {**values, "roles": dict(config.extraction.roles)}


INGEST_DEFAULTS: Mapping[str, object] = _values(IngestConfig())
MELODY_DEFAULTS: Mapping[str, object] = _values(KEEP_ALL)  # of a piece at hand, whose melodies are all wanted


def config_of(function: str, words: Mapping[str, object], base: IngestConfig) -> IngestConfig:
    """Return a configuration with some words changed.

    Raises:
        SettingError: for a wrong value.
        TypeError: for a word that does not exist.
    """
    check_words(function, words, IngestWords)
    for word, value in words.items():
        place = _PLACES[word]
        if place.least is not None and not value >= place.least:  # type: ignore[operator]  # a number, as was checked
            raise SettingError(f"{word} must be at least {place.least:g}. Received: {value}")
        value = _roles(value) if word == "roles" else value
        if place.settings is None:
            base = replace(base, **{place.field: value})  # type: ignore[arg-type]  # checked above
            continue
        changed = replace(getattr(base, place.settings), **{place.field: value})
        base = replace(base, **{place.settings: changed})
    if base.extractor not in EXTRACTORS:
        raise SettingError(f"parts must be one of {', '.join(EXTRACTORS)}. Received: {base.extractor!r}")
    return base


def _roles(value: object) -> tuple[tuple[str, str], ...]:
    """Return the roles of tracks as settings hold them. Raises SettingError for what is no mapping."""
    if not isinstance(value, Mapping):
        raise SettingError(f'roles must be like {{"Strings": "harmony"}}. Received: {value!r}')
    return tuple((str(track), str(role)) for track, role in value.items())


def described(refusal: Refusal) -> str:
    """Return the reason of a refusal, with the argument that would keep it where the refusal has an option."""
    if refusal.option in (None, WHOLE):  # a melody is asked for
        return refusal.reason
    word, _, value = (refusal.option or "").removeprefix("--").partition(" ")
    argument = "True" if not value else value if value.isdecimal() else repr(value)
    return f"{refusal.reason} ({word.replace('-', '_')}={argument} would keep it)"
