"""What a request leaves open, from the given music or the corpus of a model: meter, key, scale and tempo."""

from __future__ import annotations

from ..checkpoint import Metadata
from ..music.keys import Key
from ..music.meter import Meter
from ..score.score import Score
from .request import DEFAULT_TEMPO, Request
from .scales import parse_scale


def usual_meter(metadata: Metadata) -> Meter:
    """Return 4/4 where the corpus has it, else its most common meter."""
    if (4, 4) in metadata.vocabulary.meters:
        return Meter(4, 4)
    return Meter.parse(next(iter(metadata.corpus.get("meters", {"4/4": 1}))))


def key_and_scale(request: Request, given: Score | None, metadata: Metadata) -> tuple[Key, tuple[int, ...] | None]:
    """Return the key, and the semitones above its tonic that pitches may have, None for all."""
    scale = None
    if request.key is not None:
        key, scale = request.key.key, request.key.scale
    else:
        key = given.key if given is not None else Key.parse(next(iter(metadata.corpus.get("keys", {"C major": 1}))))
    return key, scale if request.scale is None else parse_scale(request.scale, key.mode)


def tempo_of(request: Request, given: Score | None, metadata: Metadata) -> int:
    """Return the microseconds per quarter note."""
    if request.tempo is None and given is not None:
        return given.microseconds_per_quarter
    return round(60e6 / (request.tempo or metadata.corpus.get("tempo", DEFAULT_TEMPO)))
