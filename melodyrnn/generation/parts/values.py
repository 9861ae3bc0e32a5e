"""The values that the wishes leave the parts of a plan; wishes that leave none are refused."""

from __future__ import annotations

import numpy as np

from ...arrays import IntArray
from ...errors import SettingError
from ...events.fields import FIELD_OF_KIND
from ...events.parts.names import part_name
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCH_CLASSES
from ..part_wishes import MAX_POLYPHONY
from .ending import STEP
from .plan import PartsPlan


def values_of(vocabulary: Vocabulary, plan: PartsPlan, part: int) -> IntArray:
    """Return the values that the wishes leave a part, relative to the tonic, in order."""
    wishes = plan.wishes_of(part)
    known = vocabulary.sorted_values[FIELD_OF_KIND[vocabulary.kinds[part]]]
    if vocabulary.kinds[part] != "melodic":
        return known
    sounding = known + vocabulary.events.transposition(plan.key)
    # a pitch beyond those of MIDI is none: the vocabulary is that of all keys
    allowed = (sounding >= (wishes.low or 0)) & (sounding <= (127 if wishes.high is None else wishes.high))
    if plan.scale is not None:
        allowed &= np.isin(known % NUM_PITCH_CLASSES, plan.scale)
    return known[allowed]


def check_values(
    vocabulary: Vocabulary, plan: PartsPlan, part: int, values: IntArray, polyphony: int, is_last: bool
) -> None:
    """Raise SettingError where no piece meets the wishes for a part.

    Args:
        values: those that the wishes leave it.
        polyphony: how many of its notes may begin together.
        is_last: whether it ends on the tonic.
    """
    name, wishes = part_name(vocabulary, part), plan.wishes_of(part)
    low, high = wishes.low or 0, 127 if wishes.high is None else wishes.high
    if not len(values):
        raise SettingError(
            f"the range of {name} must hold pitches that this model has seen and that fit the key. "
            f"Received: {low} to {high}"
        )
    if is_last and not (values % NUM_PITCH_CLASSES == 0).any():
        raise SettingError(
            f"the range of {name} must hold the tonic, on which the piece ends; end may be any. "
            f"Received: {low} to {high} in {plan.key}"
        )
    gap = int(np.diff(values).max(initial=0))
    if wishes.max_interval is not None and gap > wishes.max_interval:
        raise SettingError(
            f"max_interval of {name} must let it pass from note to note. "
            f"Received: {wishes.max_interval} semitones where the scale has a gap of {gap}"
        )
    most = plan.bar // STEP * min(polyphony, MAX_POLYPHONY, len(values))
    if wishes.density is not None and wishes.density > most:
        raise SettingError(
            f"density of {name} must leave room for its notes in a bar: at most {most}. Received: {wishes.density:g}"
        )
