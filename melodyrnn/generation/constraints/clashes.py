"""Checks, before sampling, whether wishes can be met together; the error names those that clash."""

from __future__ import annotations

import numpy as np

from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ..wishes import Wishes
from .close import closes
from .ending import ending_pitches
from .pitches import opening_pitches, sounding_pitches


def check(wishes: Wishes) -> None:
    """Raise SettingError where two wishes clash."""
    sounding = np.nonzero(sounding_pitches(wishes))[0]
    scale_or_key = "scale" if wishes.scale is not None else "key"
    range_or_scale = "range" if wishes.low is not None or wishes.high is not None else "scale"
    received = f"Received: pitches {wishes.lowest} to {wishes.highest} in {wishes.key}"
    if not len(sounding):
        raise SettingError(f"range and {scale_or_key} must have a pitch in common. {received}")
    if not ending_pitches(wishes).any():
        end_or_key = "end" if wishes.end else "key"
        ending = "not the tonic" if wishes.end == "open" else "the tonic"
        raise SettingError(
            f"{range_or_scale} and {end_or_key} must leave a pitch to end on, which is {ending}. {received}"
        )
    if wishes.end == "close" and not closes(wishes).any():
        raise SettingError(
            f"{range_or_scale} and end must leave a note from which to close: a step from the tonic, or the dominant. "
            f"{received}"
        )
    if not opening_pitches(wishes).any():
        raise SettingError(f"{range_or_scale} and key must leave a note of the tonic triad to begin on. {received}")
    gap = int(np.diff(sounding).max(initial=0))
    if wishes.max_interval is not None and gap > wishes.max_interval:
        raise SettingError(
            f"max_interval and {scale_or_key} must let the melody pass from note to note. "
            f"Received: {wishes.max_interval} semitones where the scale has a gap of {gap}"
        )


def check_vocabulary(wishes: Wishes, vocabulary: Vocabulary) -> None:
    """Raise SettingError where the vocabulary has no pitch to begin or to end on."""
    pitch = vocabulary.sorted_values["pitch"] + vocabulary.events.transposition(wishes.key)
    known = pitch[(pitch >= 0) & (pitch <= 127)]
    if not opening_pitches(wishes)[known].any() or not ending_pitches(wishes)[known].any():
        raise SettingError(
            f"range must hold pitches that this model has seen ({known.min()} to {known.max()} in {wishes.key}) and "
            f"that fit the other wishes. Received: {wishes.low} to {wishes.high}"
        )
