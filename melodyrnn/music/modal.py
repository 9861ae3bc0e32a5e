"""The mode of a melody: dorian, mixolydian, lydian and phrygian beside major and minor.

`guess_key` knows major and minor. A melody has a further mode where its notes say so clearly: it ends on the tonic, the
degree that the mode has of its own occurs in both halves, the one that major or minor has instead hardly does, and
nearly all notes are in the scale.

A melody in another mode has the notes of a major key, and `guess_key` takes many for that. It is distinguished from
one in major that ends on another degree by how much it dwells on its last note: logistic regressions on the tunes of
three collections whose key is stated, rounded. Phrygian cannot be told so: of such tunes nearly all are in major.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Float64s, IntArray
from .keys import Key, guess_key, shares_of
from .modes import BASIC_MODES, MODE, OWN_DEGREES
from .units import NUM_PITCH_CLASSES

_LEAST_NOTES, _LEAST_SHARE = 3, 0.02  # of the degree that a mode has of its own
_MOST_REPLACED = 0.2  # of the degree that it replaces, as a share of the own degree
_MOST_OUTSIDE = 0.03  # share of notes outside the scale
_LEAST_TONIC = 0.05  # share of the tonic of a key that is stated
# Semitones from the tonic of the major key with the same notes up to that of the mode.
_MAJOR_BELOW = {"dorian": 2, "mixolydian": 7, "lydian": 5}


def guess_modal_key(
    pitch: IntArray, duration: IntArray, hint: Key | None = None, opening: int | None = None, is_whole: bool = True
) -> Key:
    """Return the most likely key of a melody in any mode. A key in major or minor is that of `guess_key`.

    Args:
        pitch, duration: shape (num_notes,), in order of onset; at least one note.
        hint: the key of the key signature. Only notation can state a mode; such a mode is taken where the notes allow.
        opening: the pitch of the first note on a bar line; None for the first note.
        is_whole: whether the last note ends the melody.
    """
    key, shares = guess_key(pitch, duration, hint), shares_of(pitch, duration)
    if hint is not None and hint.mode not in BASIC_MODES and _allows(np.roll(shares, -hint.tonic), hint.mode):
        return hint
    tonic = int(pitch[-1]) % NUM_PITCH_CLASSES if is_whole else key.tonic
    degrees = np.roll(shares, -tonic)
    first = int(pitch[0] if opening is None else opening) - tonic
    for mode in OWN_DEGREES:
        own = tonic + OWN_DEGREES[mode][0]
        is_tonic = tonic == key.tonic or _dwells_on_tonic(degrees, first % NUM_PITCH_CLASSES, mode, key, tonic)
        if is_tonic and _is_clear(degrees, mode) and _pervades(pitch, own % NUM_PITCH_CLASSES):
            return _spelled(Key(tonic, mode), hint)
    return key


def opening_of(onset: IntArray, pitch: IntArray, bar: int) -> int:
    """Return the pitch of the first note on a bar line, of the first note where there is none.

    Args:
        onset, pitch: of a melody, shape (num_notes,); at least one note.
        bar: length of a bar, in the unit of `onset`; onset 0 is a bar line.
    """
    is_first = onset % bar == 0
    return int(pitch[is_first.argmax()])


def _is_clear(degrees: Float64s, mode: str) -> bool:
    """Return whether notes are clearly in a mode; `degrees` are the shares of the degrees from its tonic, (12,)."""
    own, replaced = degrees[list(OWN_DEGREES[mode])]
    third = MODE[mode].third
    return bool(
        own >= _LEAST_SHARE
        and replaced <= _MOST_REPLACED * own
        and degrees[third] > degrees[7 - third]
        and degrees[list(MODE[mode].scale)].sum() >= 1 - _MOST_OUTSIDE
    )


def _pervades(pitch: IntArray, pitch_class: int) -> bool:
    """Return whether a pitch class has several notes, in both halves of a melody (as one in passing has not)."""
    places = np.flatnonzero(pitch % NUM_PITCH_CLASSES == pitch_class)
    return len(places) >= _LEAST_NOTES and 2 * int(places[0]) < len(pitch) <= 2 * int(places[-1])


def _allows(degrees: Float64s, mode: str) -> bool:
    """Return whether notes may be in a mode that is stated: they use its tonic and not the degree that it replaces."""
    own, replaced = degrees[list(OWN_DEGREES[mode])]
    third = MODE[mode].third
    return bool(degrees[0] >= _LEAST_TONIC and own >= replaced and degrees[third] >= degrees[7 - third])


def _dwells_on_tonic(degrees: Float64s, first: int, mode: str, key: Key, tonic: int) -> bool:
    """Return whether a melody that was taken for major has its last note as the tonic.

    Args:
        degrees: shares of the degrees from the last note, shape (12,).
        first: the degree of the first note on a bar line.
        key: the key that `guess_key` returned.
    """
    if key.mode != "major" or (tonic - key.tonic) % NUM_PITCH_CLASSES != _MAJOR_BELOW.get(mode):
        return False
    if mode == "lydian":
        return first == 0 and bool(degrees[0] == np.maximum.reduce(degrees))
    if mode == "dorian":
        return bool(13 * degrees[0] + 18 * degrees[7] + 2.6 * (first in (0, 7)) > 6.8)
    return bool(12.5 * degrees[0] - 8 * degrees[5] + 16 * degrees[10] > 4.1)


def _spelled(key: Key, hint: Key | None) -> Key:
    """Return a key in the spelling of the key signature where that has its notes."""
    if hint is None or hint.sharps is None or Key.of_signature(hint.sharps, key.mode) != key:
        return key
    return Key.of_signature(hint.sharps, key.mode)
