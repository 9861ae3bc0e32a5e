"""Reads the melodies of a corpus, a MIDI file or a folder of MIDI files."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from ..corpus.ingest.config import Filters, IngestConfig
from ..corpus.ingest.finding import find_files
from ..corpus.ingest.left_out import LeftOut
from ..corpus.ingest.melodies import read_melodies
from ..corpus.store import Corpus, is_corpus, open_corpus
from ..errors import CorpusError, SettingError
from ..extract.registry import DEFAULT_EXTRACTOR
from ..score.score import Score

# A configuration that keeps every melody.
KEEP_ALL = IngestConfig(Filters(min_notes=1, min_pitches=1, min_bars=1, keep_duplicates=True, keep_generated=True))


@dataclass(frozen=True, slots=True)
class Melodies:
    """Melodies, and what else was in their place and was left out."""

    melodies: list[Score]
    left_out: tuple[LeftOut, ...] = ()


def melodies_of(
    place: str | os.PathLike[str], split: str | None = None, what: str = "files", extractor: str = DEFAULT_EXTRACTOR
) -> Melodies:
    """Return the melodies of a corpus folder, of a MIDI file or of a folder of MIDI files.

    Args:
        split: "train", "validation", "test" or "all" of a corpus; None for "test", and for MIDI files.
        what: the name of the files in what is said about those that are left out.
        extractor: what takes melodies, or pieces of several parts, from MIDI files: a name of `extract.registry`.

    Raises:
        CorpusError: where there is no melody.
        SettingError: for a split other than "all" where `place` is not a corpus.
    """
    if is_corpus(place):
        return melodies_of_corpus(open_corpus(place), split)
    refuse_split(split, str(place))
    melodies, lines = read_melodies(find_files([place]), replace(KEEP_ALL, extractor=extractor))
    left_out = LeftOut.of_report(lines, what)
    if not melodies:
        reasons = "".join(f"; {one}" for one in left_out)
        raise CorpusError(f"there must be a corpus or MIDI files with melodies to evaluate. Received: {place}{reasons}")
    return Melodies(melodies, left_out)


def melodies_of_corpus(corpus: Corpus, split: str | None = None) -> Melodies:
    """Return the melodies of a split; None for "test". Raises CorpusError where there is none."""
    melodies = corpus.scores(split or "test")
    if not melodies:
        raise CorpusError(f"a split must hold pieces. Received: {split or 'test'} of {corpus.path}, empty")
    return Melodies(melodies)


def refuse_split(split: str | None, place: str) -> None:
    """Raise SettingError for a split of what has none."""
    if split not in (None, "all"):
        raise SettingError(f"split is for a corpus; MIDI files have no split. Received: {split} and {place}")
