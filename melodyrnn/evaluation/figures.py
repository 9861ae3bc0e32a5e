"""The figures of an evaluation, as JSON."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from ..corpus.ingest.left_out import LeftOutJson


class MatchFigures(TypedDict):
    """Bits per note of the notes after a matched passage of some length; None where there is no such note."""

    bits_per_note: float | None
    notes: int


class VerseFigures(TypedDict):
    """Verses that repeat within a piece: `pieces` with such verses, `notes` of them, and their bits per note.

    `without` is the bits per note of all other notes, with key and length, `without_interval` is its [low, high], 95 %.
    """

    pieces: int
    notes: int
    bits_per_note: float | None
    without: float
    without_interval: list[float]


class BaselineFigures(TypedDict):
    """The figures of a baseline and a network, in bits per note; an interval is [low, high], 95 %.

    `bits_per_note` includes the key. `more_than_model` is its bits per note minus the network's.
    """

    bits_per_note: float
    interval: list[float]
    fields: dict[str, float]
    more_than_model: float
    more_than_model_interval: list[float]
    fields_more_than_model_interval: dict[str, list[float]]


class PartFigures(TypedDict):
    """The bits per note of a part, by field too, and its number of notes that were not given.

    Of a given part the bits are those of "nothing new before it", per given note.
    """

    bits_per_note: float
    fields: dict[str, float]
    notes: int
    given: bool


class EvaluationFigures(TypedDict):
    """An evaluation as JSON.

    All figures are in bits per note, except `notes`, `pieces`, `rounded_values` (numbers) and `end_per_piece` (bits
    per piece). An interval is [low, high], 95 %. `bits_per_note` includes key and length.
    """

    bits_per_note: float
    interval: list[float]
    fields: dict[str, float]
    field_intervals: dict[str, list[float]]
    notes: int
    pieces: int
    key: float
    length: float
    end_per_piece: float
    by_match: dict[str, MatchFigures]
    verses: VerseFigures
    rounded_values: int
    left_out: list[LeftOutJson]
    parts: NotRequired[dict[str, PartFigures]]
