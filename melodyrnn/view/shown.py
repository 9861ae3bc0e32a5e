"""A piece as a page or a picture shows it, and its tracks in words, in the order of their colours."""

from __future__ import annotations

from dataclasses import dataclass

from ..midi.file import MidiFile
from ..music.piece import Piece, Track
from ..music.tracks import describe_track


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece to show.

    Attributes:
        file: the piece and its MIDI file.
        heading: its title; the name of the file where it is empty.
        caption: where it comes from, in words; may be empty.
        melody: the number of the track that is marked as the melody; None marks none.
    """

    file: MidiFile
    heading: str = ""
    caption: str = ""
    melody: int | None = None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A track in a legend: its name, its text, the number of its colour, and whether it is the melody."""

    name: str
    text: str
    colour: int
    is_melody: bool


def legend(piece: Piece, melody: int | None = None) -> list[LegendEntry]:
    """Return the legend of a piece of several tracks with notes; none for a single track, which needs no colour."""
    tracks = [(number, track) for number, track in enumerate(piece.tracks) if len(track.notes)]
    if len(tracks) < 2:
        return []
    return [_entry(number, track, colour, number == melody) for colour, (number, track) in enumerate(tracks)]


def _entry(number: int, track: Track, colour: int, is_melody: bool) -> LegendEntry:
    name = track.name or f"track {number}"
    return LegendEntry(name, f"{name}: {describe_track(track)}{', the melody' if is_melody else ''}", colour, is_melody)
