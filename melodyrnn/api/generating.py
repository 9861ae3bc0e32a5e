"""`melodyrnn.generate`: loads a model and generates pieces in one call."""

from __future__ import annotations

from typing import Unpack

from ..tasks.paths import StrPath
from .model import load
from .piece import Piece
from .words import GENERATE_DEFAULTS, GenerateWords, takes


@takes(GenerateWords, defaults=GENERATE_DEFAULTS)
def generate(checkpoint: StrPath | None = None, **words: Unpack[GenerateWords]) -> list[Piece]:
    """Return new pieces of a model. For several calls, load the model once: `load(...).generate(...)`.

    Args:
        checkpoint: a .keras file, or the name of a model that comes with melodyrnn; None for the default one.
        **words: what is asked for, see `words.GenerateWords`.

    Raises:
        CheckpointError: where there is no such model, or it is damaged.
        SettingError: where an argument is outside its rule, or two of them cannot be met together.
        MidiError, NotationError: where the primer, or a note of the range, cannot be read.
    """
    return load(checkpoint).generate(**words)
