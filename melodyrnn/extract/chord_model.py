"""The model with which chords are found in notes: a hidden Markov model over keys and chords.

A state is a key (a scale, 12 major and 12 minor) and a chord (a root and a kind). It is seen in slots of about a beat,
in each of which the tones that sound, and the lowest of them, depend on the state:

- pitch classes sound in proportion to weights: those of the tones of the chord (root, third, fifth, ...), 1 for other
  tones of the key, less for tones out of the key. A slot counts as a number of independent tones, `concentration`;
- the lowest tone is the root, the third, ... of the chord in proportion to other weights;
- a chord goes on or changes, likelier at a bar line than in the middle of a bar, and there than on another beat;
- a new chord depends on the key: kinds have their weights, the tonic one more, each tone out of the key one less;
- a key changes hardly ever, and only with a chord.

The form is that of note_seq's `chord_inference.py`, which has one or two chords a bar, P(change) .5, P(key change)
.001, P(tone out of key) .01, and neither a bass nor a meter. Our numbers were tuned on the songs of POP909 up to 455
by a random search for root, quality and exact symbol; `benchmarks/chord_finding.py` measures them on the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from ..arrays import Bools, Float32s, Float64s
from ..music.chord_kinds import KINDS
from ..music.units import NUM_PITCH_CLASSES

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}  # minor with both sevenths
NUM_KEYS = len(SCALES) * NUM_PITCH_CLASSES
_TONES = ("root", "root", "suspension", "third", "third", "suspension", "fifth", "fifth", "fifth") + 3 * ("seventh",)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a pitch class sounds by its place in the chord; `in_key` and `out_of_key` are no tones of the chord."""

    root: float
    third: float
    suspension: float
    fifth: float
    seventh: float
    in_key: float = 1.0
    out_of_key: float = 1.0


@dataclass(frozen=True, slots=True)
class ChordModel:
    """The numbers of the model; see the module.

    Attributes:
        kinds: the kinds that are found and their weights.
        tones: weights of the tones that sound.
        concentration: independent tones in a full slot.
        fullness: sounding time, in slots, after which a slot counts as full by 1 - 1/e.
        loudness_power: a note counts by its time in the slot, in slots, to this power.
        melody: weight of the notes of parts with the role melody, in which tones foreign to the chord are common.
        lowest: weights of the lowest tone.
        lowest_concentration: how much the lowest tone counts.
        highest_bass: pitch from which on the lowest tone counts no more.
        tonic: weight of the tonic chord of a key.
        foreign: weight of a chord for each of its tones out of the key.
        change_at_bar, change_in_middle, change_at_beat: probability that the chord changes there.
        key_change: probability that the key changes with a chord.
    """

    kinds: tuple[tuple[str, float], ...]
    tones: Weights
    concentration: float
    fullness: float
    time_power: float
    melody: float
    lowest: Weights
    lowest_concentration: float
    highest_bass: int
    tonic: float
    foreign: float
    change_at_bar: float
    change_in_middle: float
    change_at_beat: float
    key_change: float


class Tables(NamedTuple):
    """Logarithms of probabilities; a chord is its root * the number of kinds + the place of its kind.

    Attributes:
        tones: of a pitch class, float32 (12, NUM_KEYS * num_chords).
        lowest: of the lowest pitch class, float32 (12, num_chords).
        chords: of a new chord in a key, float32 (NUM_KEYS, num_chords).
    """

    tones: Float32s
    lowest: Float32s
    chords: Float32s


@cache
def tables_of(model: ChordModel) -> Tables:
    """Return the tables of a model."""
    num_kinds = len(model.kinds)
    in_key = np.array(
        [np.roll(_members(scale), tonic) for scale in SCALES.values() for tonic in range(NUM_PITCH_CLASSES)]
    )
    other = np.where(in_key, model.tones.in_key, model.tones.out_of_key)
    tones = np.empty((NUM_KEYS, NUM_PITCH_CLASSES, num_kinds, NUM_PITCH_CLASSES))
    lowest = np.empty(tones.shape[1:])
    chords = np.empty(tones.shape[:3])
    for place, (kind, weight) in enumerate(model.kinds):
        for root in range(NUM_PITCH_CLASSES):
            is_tone = np.roll(_members(KINDS[kind]), root)
            tones[:, root, place] = np.where(is_tone, np.roll(_by_interval(model.tones), root), other)
            lowest[root, place] = np.where(is_tone, np.roll(_by_interval(model.lowest), root), model.lowest.in_key)
            chords[:, root, place] = weight * model.foreign ** np.count_nonzero(is_tone & ~in_key, axis=1)
    _favour_tonics(chords, model)
    flat = (NUM_KEYS, NUM_PITCH_CLASSES * num_kinds)
    return Tables(
        _log_shares(tones).reshape(-1, NUM_PITCH_CLASSES).T.copy(),
        _log_shares(lowest).reshape(-1, NUM_PITCH_CLASSES).T.copy(),
        _log_shares(chords.reshape(flat)),
    )


def _members(tones: tuple[int, ...]) -> Bools:
    """Return which of the pitch classes are among `tones`, shape (12,)."""
    return np.isin(np.arange(NUM_PITCH_CLASSES), tones)


def _by_interval(weights: Weights) -> Float64s:
    """Return the weight of a tone of a chord by its semitones above the root, shape (12,)."""
    return np.array([getattr(weights, tone) for tone in _TONES], dtype=np.float64)


def _favour_tonics(chords: Float64s, model: ChordModel) -> None:
    """Multiply the weights of the tonic chords of all keys."""
    names = [kind for kind, _ in model.kinds]
    for number, kind in enumerate(("", "m")):  # of major and of minor keys
        tonics = np.arange(NUM_PITCH_CLASSES)
        chords[number * NUM_PITCH_CLASSES + tonics, tonics, names.index(kind)] *= model.tonic


def _log_shares(weights: Float64s) -> Float32s:
    """Return the logarithm of the shares of weights along the last axis."""
    return np.log(weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)


MODEL = ChordModel(
    kinds=(
        ("", 1.0),
        ("m", 0.67),
        ("7", 0.26),
        ("maj7", 0.96),
        ("m7", 0.6),
        ("dim", 0.013),
        ("m7b5", 0.057),
        ("dim7", 0.006),
        ("aug", 0.044),
        ("sus2", 0.0094),
        ("sus4", 0.021),
        ("7sus4", 0.027),
        ("6", 0.039),
        ("m6", 0.0056),
    ),
    tones=Weights(3.7, 2.8, 3.4, 3.4, 3.8, out_of_key=0.23),
    concentration=15.0,
    fullness=0.086,
    time_power=0.78,
    melody=0.19,
    lowest=Weights(3.1, 1.2, 0.94, 0.95, 0.94),
    lowest_concentration=1.9,
    highest_bass=60,
    tonic=4.0,
    foreign=0.72,
    change_at_bar=0.77,
    change_in_middle=0.27,
    change_at_beat=0.17,
    key_change=0.0015,
)

# For a melody alone, whose lowest tone says nothing; tuned on each 24th tune of Nottingham and each 12th of OpenEWLD.
MELODY_MODEL = ChordModel(
    kinds=(
        ("", 1.0),
        ("m", 0.059),
        ("7", 0.35),
        ("maj7", 0.0034),
        ("m7", 0.016),
        ("aug", 0.0062),
        ("sus4", 0.0029),
        ("7sus4", 0.0044),
        ("6", 0.0021),
        ("m6", 0.0076),
    ),
    tones=Weights(3.6, 3.6, 2.3, 3.5, 3.0, out_of_key=0.14),
    concentration=3.2,
    fullness=0.21,
    time_power=1.8,
    melody=1.0,
    lowest=Weights(1.0, 1.0, 1.0, 1.0, 1.0),
    lowest_concentration=0.0,
    highest_bass=0,
    tonic=3.2,
    foreign=0.3,
    change_at_bar=0.95,
    change_in_middle=0.31,
    change_at_beat=0.17,
    key_change=0.00057,
)
