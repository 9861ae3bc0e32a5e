"""The character of a melody: traits of the whole piece, each in a few classes."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray
from ..music.units import STEPS_PER_QUARTER
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar, OutlineCondition
from .layout import Layout
from .outline import Outline
from .per_bar import throughout


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait: its name and the values from which each class but the first begins."""

    name: str
    borders: tuple[float, ...]


# In the order of `Layout.character`.
TRAITS = (
    Trait("lengths", (0.4, 0.8, 1.1, 1.4, 1.7, 2.1)),  # entropy of the notes' lengths, bits
    Trait("triplets", (1e-9, 0.05)),  # share of onsets off the sixteenths
    Trait("rests", (1e-9, 0.03, 0.08, 0.15)),  # share of notes that silence follows
    Trait("sixteenths", (1e-9, 0.08, 0.25)),  # share of onsets on sixteenths off the eighths
    Trait("chromatic", (1e-9, 0.03, 0.08)),  # share of notes outside the commonest seven-note scale
    Trait("leaps", (1.7, 2.1, 2.5, 2.9, 3.4)),  # mean interval in semitones
)
_RESTS = [trait.name for trait in TRAITS].index("rests")
_MAJOR = np.array([1.0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
_SCALES = np.stack([np.roll(_MAJOR, tonic) for tonic in range(12)])  # which pitch classes each scale has, (12, 12)


def _feature(trait: Trait) -> Feature:
    return Feature(trait.name, lambda sizes: len(trait.borders) + 2, 6)


class CharacterCondition(OutlineCondition):
    """For each trait its class, + 1, throughout the piece."""

    name = "character"
    features = tuple(map(_feature, TRAITS))
    is_of_layout = True

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        return {trait.name: throughout(outlines, _class_of(place)) for place, trait in enumerate(TRAITS)}


def _class_of(place: int) -> Callable[[Layout], int]:
    return lambda layout: layout.character[place] + 1


def is_joined(character: Sequence[int]) -> bool:
    """Return whether a melody of this character has hardly a rest: before less than 3 % of its notes."""
    return character[_RESTS] <= 1


def character_of(onset: IntArray, duration: IntArray, pitch: IntArray) -> tuple[int, ...]:
    """Return the class of each trait of a melody; arrays (num_notes,) in order of onset, at least one note."""
    within = onset % STEPS_PER_QUARTER
    sixteenth, eighth = STEPS_PER_QUARTER // 4, STEPS_PER_QUARTER // 2
    share = np.bincount(duration) / len(duration)
    share = share[share > 0]
    classes = np.bincount(pitch % 12, minlength=12)
    values = (
        -float(share @ np.log2(share)),
        float((within % sixteenth != 0).mean()),
        float((onset[1:] > (onset + duration)[:-1]).mean()) if len(onset) > 1 else 0.0,
        float(((within % sixteenth == 0) & (within % eighth != 0)).mean()),
        1 - float((_SCALES @ classes).max()) / len(pitch),
        float(np.abs(np.diff(pitch)).mean()) if len(pitch) > 1 else 0.0,
    )
    return tuple(bisect(trait.borders, value) for trait, value in zip(TRAITS, values, strict=True))
