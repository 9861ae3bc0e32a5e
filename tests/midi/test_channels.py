"""Which channels of a track are one instrument: by every reader alike."""

from __future__ import annotations

import pytest
from mido import Message

from melodyrnn.extract.melody import find_melody
from melodyrnn.music.piece import Piece
from melodyrnn.score.quantize import Voice
from tests.midi.files import READERS, At, line, midi_file, name, off, on, program, read_with

PITCHES = [60, 62, 64, 65, 67, 69, 67, 65] * 4
CONDUCTOR: list[At] = []
STRINGS, MPE = tuple(range(6)), tuple(range(1, 16))
JOINED = "channels of one instrument read as one track: "


def strum(channels: tuple[int, ...], programs: dict[int, int] | None = None) -> list[At]:
    """Eight chords, a note on each channel."""
    events = [program(0, number, channel) for channel, number in (programs or {}).items()]
    for bar in range(8):
        events += [on(1920 * bar, 50 + 3 * n + bar % 3, channel=channel) for n, channel in enumerate(channels)]
        events += [off(1920 * bar + 1800, 50 + 3 * n + bar % 3, channel) for n, channel in enumerate(channels)]
    return events


def shape(piece: Piece) -> list[tuple[int, bool]]:
    """The number of notes of each track, and whether it is drums."""
    return [(len(track.notes), track.is_drums) for track in piece.tracks]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("channels", [STRINGS, MPE, (5, 0), (4, 5, 6, 7, 8, 9), (14, 13, 12, 11, 10, 9), (8, 9, 10)])
def test_a_line_on_many_channels_is_one_line(channels: tuple[int, ...], kind: int, reader: str) -> None:
    played = [name("Guitar"), *line(PITCHES, channels)]
    piece = read_with(reader, midi_file(*([CONDUCTOR] if kind else []), played, kind=kind))
    assert shape(piece) == [(len(PITCHES), False)]
    assert (piece.tracks[0].name, piece.tracks[0].notes.pitch.tolist()) == ("Guitar", PITCHES)
    assert f"{JOINED}{len(channels)}" in piece.repairs
    melody = find_melody(piece)
    assert isinstance(melody, Voice)
    assert melody.notes.pitch.tolist() == PITCHES


@pytest.mark.parametrize("reader", READERS)
def test_chords_on_many_channels_are_one_part_in_type_1(reader: str) -> None:
    for channels in (STRINGS, MPE, (4, 5, 6, 7, 8, 9)):
        piece = read_with(reader, midi_file(CONDUCTOR, strum(channels), line(PITCHES, (15,))))
        assert shape(piece) == [(8 * len(channels), False), (len(PITCHES), False)]


@pytest.mark.parametrize("reader", READERS)
def test_chords_on_many_channels_are_voices_in_type_0(reader: str) -> None:
    """A single track holds all voices, so its channels part them, unless it declares that they are one."""
    piece = read_with(reader, midi_file(strum((0, 1, 2, 3)), kind=0))
    assert shape(piece) == [(8, False)] * 4
    zone = [(0, Message("control_change", channel=0, control=c, value=v)) for c, v in ((101, 0), (100, 6), (6, 15))]
    assert shape(read_with(reader, midi_file([*zone, *strum(MPE)], kind=0))) == [(8 * 15, False)]
    other = [(0, Message("control_change", channel=0, control=c, value=v)) for c, v in ((101, 0), (100, 0), (6, 15))]
    assert len(shape(read_with(reader, midi_file([*other, *strum(MPE)], kind=0)))) == 15


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", [0, 1])
def test_other_programs_are_other_instruments(kind: int, reader: str) -> None:
    played = [program(0, 40, 0), program(0, 41, 1), *line(PITCHES, (0, 1))]
    piece = read_with(reader, midi_file(played, kind=kind))
    assert [(len(track.notes), track.program) for track in piece.tracks] == [(16, 40), (16, 41)]
    one_named = [program(0, 25, 0), *line(PITCHES, (0, 1))]
    piece = read_with(reader, midi_file(one_named, kind=kind))
    assert [(len(track.notes), track.program) for track in piece.tracks] == [(32, 25)]
    piano_named = [program(0, 25, 0), program(0, 0, 1), *line(PITCHES, (0, 1))]
    assert len(read_with(reader, midi_file(piano_named, kind=kind)).tracks) == 2


@pytest.mark.parametrize("reader", READERS)
def test_drums_are_drums(reader: str) -> None:
    drums = [event for n in range(32) for event in (on(480 * n, 36, channel=9), off(480 * n + 60, 36, 9))]
    for kind in (0, 1):
        for channels in ((0,), (0, 1), (8,), (0, 8), (7, 8)):
            piece = read_with(reader, midi_file([*line(PITCHES, channels), *drums], kind=kind))
            assert shape(piece) == [(32, False), (32, True)], (kind, channels)


@pytest.mark.parametrize("reader", READERS)
def test_a_program_change_leaves_one_track(reader: str) -> None:
    """Of a channel; its program is that of its first note. Drum kits change too."""
    for channel in (0, 9):
        changes = [program(0, 8, channel), program(480 * 5 - 10, 24, channel), program(480 * 9 - 10, 8, channel)]
        piece = read_with(reader, midi_file([*changes, *line(PITCHES, (channel,))]))
        assert [(len(track.notes), track.program) for track in piece.tracks] == [(32, 8)]


@pytest.mark.parametrize("reader", READERS)
def test_channels_in_unison_stay_apart(reader: str) -> None:
    """Two channels play the same for a fuller sound; joined, each note would end where its double begins."""
    double = [
        event for n, p in enumerate(PITCHES) for event in (on(480 * n + 12, p, channel=1), off(480 * n + 475, p, 1))
    ]
    assert shape(read_with(reader, midi_file(CONDUCTOR, [*line(PITCHES), *double]))) == [(32, False), (32, False)]


@pytest.mark.parametrize("reader", READERS)
def test_tracks_are_never_joined(reader: str) -> None:
    """Neither by an equal name nor by taking turns."""
    half = [(tick + 16 * 480, message) for tick, message in line(PITCHES[:16], (1,))]
    piece = read_with(reader, midi_file([name("x"), *line(PITCHES[:16])], [name("x"), *half]))
    assert shape(piece) == [(16, False), (16, False)]
