"""The fields of an event in the order of prediction: each is predicted from the past and the fields before it."""

from __future__ import annotations

from dataclasses import dataclass

from ..music.chords import NO_CHORD
from .rows import DURATION, PART, PITCH, SHIFT, VELOCITY


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        name: the name of the field.
        column: its column in an event row (events/rows.py).
        embedding: width of the embedding table for the value of the field in the previous note.
        candidate_embedding: width of the embedding table for the candidate of a look-back.
        has_hidden_layer: whether its head has a hidden layer.
        is_optional: whether only some corpora have it: those with played velocities, with several parts, with drums, or
            with chord symbols.
        always: values that every vocabulary has.
        can_end: whether it has one more index, END, for the end of the piece.
        is_melodic: whether its values are pitches, contiguous in the vocabulary. Its head then also scores the interval
            from the previous note and the pitch class, so that what is learned about an interval or a scale degree
            applies in every octave.
        kind: the kind of the parts (score.KINDS) whose events have it; None for all. Of the fields with a kind, which
            share a column, an event has one.
    """

    name: str
    column: int
    embedding: int
    candidate_embedding: int
    has_hidden_layer: bool = False
    is_optional: bool = False
    always: tuple[int, ...] = ()
    can_end: bool = False
    is_melodic: bool = False
    kind: str | None = None


_USUAL_STEPS = (3, 4, 6, 8, 9, 12, 18, 24, 36, 48)
FIELDS = (
    Field("shift", SHIFT, 32, 8, always=_USUAL_STEPS, can_end=True),
    Field("part", PART, 16, 8, is_optional=True),
    Field("duration", DURATION, 32, 8, always=_USUAL_STEPS),
    Field("pitch", PITCH, 64, 16, has_hidden_layer=True, is_melodic=True, kind="melodic"),
    Field("drum", PITCH, 32, 8, is_optional=True, always=(36, 38), kind="drums"),
    Field("chord", PITCH, 32, 16, is_optional=True, always=(NO_CHORD, 12), kind="chords"),
    Field("velocity", VELOCITY, 16, 8, is_optional=True),
)
FIELD = {field.name: field for field in FIELDS}
FIELD_OF_KIND = {field.kind: field.name for field in FIELDS if field.kind is not None}
