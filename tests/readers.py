"""Modules for worker processes of tests: readers that fail, and an extractor that is not part of melodyrnn."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import numpy as np

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.examine import examine
from melodyrnn.extract.extractor import Extracted, ExtractionSettings, Refusal
from melodyrnn.extract.grid import scores_of
from melodyrnn.extract.monophony import monophonic
from melodyrnn.music.piece import Notes, Piece

CRASH, HANG, RAISE = b"CRASH", b"HANG", b"RAISE"


def misbehave(data: bytes, config: IngestConfig) -> list[Extracted]:
    """Die as native code dies, hang, or raise where the bytes of a file say so; read them where they do not."""
    if data.startswith(CRASH):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.startswith(HANG):
        time.sleep(3600)
    if data.startswith(RAISE):
        raise ZeroDivisionError("on purpose")
    return examine(data, config)


def refuse(data: bytes, config: IngestConfig) -> list[Extracted]:
    """Refuse every file, which shows that it was read."""
    return [Extracted(None, Refusal("read again"))]


class BassExtractor:
    """Extracts the lowest note of each onset of all tracks but drums."""

    name = "bass"

    def extract(self, piece: Piece, settings: ExtractionSettings) -> Iterator[Extracted]:
        """Yield the scores of the lowest notes."""
        tracks = [track.notes for track in piece.tracks if not track.is_drums and len(track.notes)]
        if not tracks:
            yield Extracted(None, Refusal("no bass"))
            return
        onset, duration, pitch, velocity = (
            np.concatenate([getattr(notes, name) for notes in tracks])
            for name in ("onset", "duration", "pitch", "velocity")
        )
        order = np.lexsort((pitch, onset))
        first = order[np.insert(np.diff(onset[order]) > 0, 0, True)]
        line, _ = monophonic(Notes.of(onset[first], duration[first], pitch[first], velocity[first]))
        for result, details in scores_of(piece, line, 0, settings):
            yield Extracted("bass", result, details)


BASS = BassExtractor()
NOT_AN_EXTRACTOR = object()
