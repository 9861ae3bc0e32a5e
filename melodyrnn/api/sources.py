"""The music that functions of the API take: corpora, folders, files, scores and pieces."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..corpus.ingest.left_out import LeftOut
from ..corpus.store import is_corpus, open_corpus
from ..errors import CorpusError, SettingError
from ..evaluation.sources import Melodies, melodies_of, melodies_of_corpus, refuse_split
from ..extract.registry import DEFAULT_EXTRACTOR
from ..score import score as scores
from ..tasks.paths import StrPath
from .corpus import Corpus
from .piece import Piece

Tune = scores.Score | Piece
# a corpus or its folder, a file of music or a folder of them, or scores and pieces
Music = StrPath | Corpus | Tune | Sequence[Tune]


def as_melodies(music: Music, split: str | None, extractor: str = DEFAULT_EXTRACTOR) -> Melodies:
    """Return melodies, and what was left out.

    Args:
        split: of a corpus; None for the test split.
        extractor: what takes melodies, or pieces of several parts, from files.

    Raises:
        CorpusError: where there is none.
        MidiError: where a file cannot be read.
        SettingError: for a split where there is no corpus.
    """
    if isinstance(music, str | os.PathLike):
        return melodies_of(music, split, extractor=extractor)
    if isinstance(music, Corpus):
        return melodies_of_corpus(music.stored, split)
    refuse_split(split, "melodies")
    return melodies_of_tunes([music] if isinstance(music, Tune) else music)


def training_split(music: Music, split: str | None) -> Sequence[scores.Score]:
    """Return the melodies that baselines are trained on before they are measured on a split of the same corpus.

    Raises SettingError where there is no corpus, and where the pieces would be among those that are measured.
    """
    stored = music.stored if isinstance(music, Corpus) else None
    if isinstance(music, str | os.PathLike) and is_corpus(music):
        stored = open_corpus(music)
    if stored is None or split in ("train", "all"):
        received = "no corpus" if stored is None else f"split {split}"
        raise SettingError(f"baselines need the test or validation split of a corpus. Received: {received}")
    return stored.scores("train")


def melodies_of_tunes(tunes: Sequence[Tune]) -> Melodies:
    """Return scores, and the melodies of pieces; pieces without one are left out. Raises CorpusError for none."""
    melodies: list[scores.Score] = []
    reasons: list[tuple[str, str]] = []
    for number, tune in enumerate(tunes, start=1):
        if isinstance(tune, scores.Score):
            melodies.append(tune)
            continue
        try:
            melodies += tune.melodies()
        except CorpusError as error:
            reasons.append((str(error), f"piece {number}"))
    left_out = LeftOut.of("pieces", len(tunes), reasons)
    if not melodies:
        raise CorpusError(f"there must be melodies to measure. Received: none{''.join(f'; {one}' for one in left_out)}")
    return Melodies(melodies, left_out)
