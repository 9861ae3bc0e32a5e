"""What a musician expects of a written tune."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.formats.write import piece_bytes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track


def abc(
    notes: list[tuple[float, float, int]],
    key: str = "C",
    meter: tuple[int, int] = (4, 4),
    tempos: tuple[Tempo, ...] = (Tempo(0, 500_000),),
    meters: tuple[TimeSignature, ...] = (),
    keys: tuple[KeySignature, ...] = (),
) -> list[str]:
    """The lines of music of notes (onset, duration, pitch), in steps of 12 per quarter."""
    onset, duration, pitch = (np.array(column) for column in zip(*notes, strict=True))
    track = Track(Notes.of(np.rint(onset * 40), np.rint(duration * 40), pitch, [90] * len(notes)), "Tune")
    meters = meters or (TimeSignature(0, Meter(*meter)),)
    piece = Piece(480, (track,), tempos, meters, keys or (KeySignature(0, Key.parse(key)),), 40)
    lines = piece_bytes(piece, "x.abc").decode().splitlines()
    return [*lines[4:6], *lines[7:]]


def line(steps: list[int], pitch: int = 71, start: int = 0) -> list[tuple[float, float, int]]:
    """Notes of one pitch that follow each other."""
    ends = np.cumsum([start, *steps])
    return [(int(at), length, pitch) for at, length in zip(ends[:-1], steps, strict=True)]


@pytest.mark.parametrize(
    ("steps", "meter", "music"),
    [
        ([12] * 4, (4, 4), "B2 B2 B2 B2 |]"),
        ([6] * 8, (4, 4), "BB BB BB BB |]"),
        ([6] * 6, (6, 8), "BBB BBB |]"),
        ([18, 6, 24], (4, 4), "B3 B B4 |]"),
        ([6, 12, 6, 24], (4, 4), "B B2 B B4 |]"),
        ([12, 24, 12], (4, 4), "B2 B4 B2 |]"),
        ([18, 12, 18], (4, 4), "B3 B- B B3 |]"),
        ([6, 36, 6], (4, 4), "B B3- B3 B |]"),
        ([9, 3, 3, 9, 24], (4, 4), "B3/B/ B/B3/ B4 |]"),
        ([4, 4, 4, 36], (4, 4), "(3BBB B6 |]"),
        ([8, 8, 8, 24], (4, 4), "(3B2 B2 B2 B4 |]"),
        ([16, 16, 16], (4, 4), "(3B4 B4 B4 |]"),
        ([2, 2, 2, 6, 36], (4, 4), "(3B/B/B/B B6 |]"),
        ([8, 4, 36], (4, 4), "(3:2:2B2 B B6 |]"),
        ([18, 18], (6, 8), "B3 B3 |]"),
        ([36], (6, 8), "B6 |]"),
        ([12, 24], (6, 8), "B2 B- B3 |]"),
        ([30], (5, 8), "B4- B |]"),
        ([48, 48], (4, 4), "B8 | B8 |]"),
        ([24, 48, 24], (4, 4), "B4 B4- | B4 B4 |]"),
    ],
)
def test_rhythms(steps: list[int], meter: tuple[int, int], music: str) -> None:
    assert abc(line(steps), meter=meter)[-1] == music


@pytest.mark.parametrize(
    ("notes", "music"),
    [
        (line([12, 24], start=12), "z2 B2 B4 |]"),
        (line([12], start=36), "B2 |]"),
        (line([12, 12], start=36), "B2 | B2 z2 z4 |]"),
        (line([12], start=48), "z8 | B2 z2 z4 |]"),
        (line([6]) + line([6], start=42), "B z z2 z2 z B |]"),
        (line([4]) + line([4], start=8), "(3B z B z2 z4 |]"),
        ([(0, 24, 60), (0, 24, 64), (24, 24, 67)], "[CE]4 G4 |]"),
    ],
)
def test_rests_pickups_and_chords(notes: list[tuple[float, float, int]], music: str) -> None:
    assert abc(notes)[-1] == music


@pytest.mark.parametrize(
    ("key", "pitches", "music"),
    [
        ("D", [66, 61, 65, 66], "F2 C2 =F2 ^F2 |]"),
        ("F", [70, 71, 70, 82], "B2 =B2 _B2 b2 |]"),
        ("Am", [68, 69, 66, 67], "^G2 A2 ^F2 =G2 |]"),
        ("Gb", [71, 59, 47, 95], "c2 C2 C,2 c''2 |]"),
    ],
)
def test_pitches(key: str, pitches: list[int], music: str) -> None:
    notes = [(12.0 * n, 12.0, pitch) for n, pitch in enumerate(pitches)]
    lines = abc(notes, key=key)
    assert lines[-1] == music


def test_four_bars_make_a_line() -> None:
    assert abc(line([48] * 9))[-3:] == ["B8 | B8 | B8 | B8 |", "B8 | B8 | B8 | B8 |", "B8 |]"]


def test_changes_stand_where_they_begin() -> None:
    lines = abc(
        line([48, 36, 12, 24]),
        tempos=(Tempo(0, 500_000), Tempo(84 * 40, 1_000_000)),
        meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(48 * 40, Meter(3, 4))),
        keys=(KeySignature(0, Key.parse("C")), KeySignature(84 * 40, Key.parse("Bb"))),
    )
    assert lines[:2] == ["Q:1/4=120", "K:C"]
    assert lines[-1] == "B8 | [M:3/4]B6 | [K:Bb][Q:1/4=60]=B2 B4 |]"


@pytest.mark.parametrize(
    ("microseconds", "meter", "text"),
    [
        (500_000, (4, 4), "1/4=120"),
        (416_667, (4, 4), "1/4=144"),
        (400_000, (6, 8), "3/8=100"),
        (500_000, (2, 2), "1/2=60"),
        (621_762, (4, 4), "1/8=193"),
        (100_003, (4, 4), "1/4=599.982"),
    ],
)
def test_tempos(microseconds: int, meter: tuple[int, int], text: str) -> None:
    assert abc(line([12]), meter=meter, tempos=(Tempo(0, microseconds),))[0].startswith(f"Q:{text}")


def test_a_title_is_one_line_without_signs_of_abc() -> None:
    track = Track(Notes.of([0], [480], [60], [90]), "50 %\nof A & B \\")
    lines = piece_bytes(Piece(480, (track,)), "x.abc").decode().splitlines()
    assert lines[1] == "T:50 \\% of A &amp; B /"


def test_tracks_are_voices() -> None:
    tracks = [Track(Notes.of([0], [1920], [pitch], [90]), name, 5) for pitch, name in ((60, "One"), (48, 'T"wo'))]
    lines = piece_bytes(Piece(480, tuple(tracks)), "pair.abc").decode().splitlines()
    assert lines[1] == "T:pair"
    assert lines[-6:] == ['V:1 name="One"', "%%MIDI program 5", "C8 |]", 'V:2 name="Two"', "%%MIDI program 5", "C,8 |]"]


def test_played_music_is_refused_and_nearly_exact_music_is_moved() -> None:
    assert abc([(0.05, 11.9, 60), (12.1, 12, 62)])[-1] == "C2 D2 z4 |]"
    rule = r"^notation needs notes on the grid of 12 steps per quarter, on average within 0\.15 steps; .*: 0\.23 steps$"
    with pytest.raises(SettingError, match=rule):
        abc([(0.4, 12, 60), (12.3, 12, 62), (24, 12, 64)])


def test_a_meter_without_bars_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^notation needs a meter whose bars have a length\. Received: 0/4$"):
        abc(line([12]), meter=(0, 4))
