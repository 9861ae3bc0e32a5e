"""Reads the melodies of a corpus, a MIDI file or a folder of MIDI files."""

from __future__ import annotations

import os

from ..corpus.ingest.config import Filters, IngestConfig
from ..corpus.ingest.melodies import read_melodies
from ..corpus.ingest.sources import find_files
from ..corpus.store import is_corpus, open_corpus
from ..errors import CorpusError, SettingError
from ..score.score import Score

# A configuration that keeps every melody.
_ALL = IngestConfig(Filters(min_notes=1, min_pitches=1, min_bars=1, keep_duplicates=True, keep_generated=True))


def melodies_of(place: str | os.PathLike[str], split: str | None = None) -> list[Score]:
    """Return the melodies of a corpus folder, of a MIDI file or of a folder of MIDI files.

    Args:
        split: "train", "validation", "test" or "all" of a corpus; None for "test", and for MIDI files.

    Raises:
        CorpusError: where there is no melody.
        SettingError: for a split other than "all" where `place` is not a corpus.
    """
    if is_corpus(place):
        melodies = open_corpus(place).melodies(split or "test")
        if not melodies:
            raise CorpusError(f"a split must hold pieces. Received: {split or 'test'} of {place}, empty")
        return melodies
    if split not in (None, "all"):
        raise SettingError(f"split is for a corpus; MIDI files have no split. Received: {split} and {place}")
    melodies, _ = read_melodies(find_files([place]), _ALL)
    if not melodies:
        raise CorpusError(f"there must be a corpus or MIDI files with melodies to evaluate. Received: {place}")
    return melodies
