"""The likeliest melody of a piece."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.extract.candidates import MAX_CHORD_SHARE
from melodyrnn.extract.extractor import Refusal
from melodyrnn.extract.melody import find_melody
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.quantize import Voice


def line(size: int, pitch: int = 60, length: int = 480, channel: int = 0, name: str = "") -> Track:
    onset = np.arange(size) * 480
    return Track(Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size), name, 0, channel)


def chords(size: int) -> Track:
    onset = np.repeat(np.arange(size) * 480, 3)
    return Track(Notes.of(onset, [480] * 3 * size, np.tile([48, 52, 55], size), [80] * 3 * size), "chords")


def piece_of(*tracks: Track, **more: object) -> Piece:
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(480, tracks, end=end, **more)  # type: ignore[arg-type]


class TestFindMelody:
    @pytest.mark.parametrize("size", [1, 2, 5, 9, 10, 11, 100])
    def test_a_line_of_any_length_is_found(self, size: int) -> None:
        voice = find_melody(piece_of(line(size, name="tune")))
        assert isinstance(voice, Voice), voice
        assert voice.notes == line(size).notes
        assert (voice.track, voice.name) == (0, "tune")

    def test_meter_key_and_tempo_are_kept(self) -> None:
        piece = piece_of(
            chords(20),
            line(20),
            tempos=(Tempo(0, 400_000), Tempo(480, 1)),
            meters=(TimeSignature(0, Meter(6, 8)),),
            keys=(KeySignature(0, Key(2, "minor")), KeySignature(480, Key(0, "major"))),
        )
        voice = find_melody(piece)
        assert isinstance(voice, Voice)
        assert voice.track == 1
        assert voice.microseconds_per_quarter == 400_000
        assert voice.meter == (6, 8)
        assert voice.key == Key(2, "minor")
        assert voice.ticks_per_quarter == 480

    def test_no_key_signature(self) -> None:
        voice = find_melody(piece_of(line(20)))
        assert isinstance(voice, Voice)
        assert voice.key is None

    def test_of_equal_lines_the_first_but_no_shorter_one(self) -> None:
        for size, chosen in ((2, 1), (10, 1), (20, 0)):
            voice = find_melody(piece_of(line(size), line(20), line(20)))
            assert isinstance(voice, Voice)
            assert voice.track == chosen

    @pytest.mark.parametrize(
        ("tracks", "refusal"),
        [
            ((), Refusal("no notes")),
            ((Track(Notes.of([], [], [], [])),), Refusal("no notes")),
            ((line(20, channel=9),), Refusal("drums only", "--parts all")),
        ],
    )
    def test_nothing(self, tracks: tuple[Track, ...], refusal: Refusal) -> None:
        assert find_melody(piece_of(*tracks)) == refusal

    @pytest.mark.parametrize("tracks", [(chords(20),), (chords(20), line(20, channel=9)), (line(20, length=1000),)])
    def test_chords_alone_are_refused(self, tracks: tuple[Track, ...]) -> None:
        assert find_melody(piece_of(*tracks)) == Refusal("no monophonic track", "--voices skyline")

    def test_a_few_chords_are_allowed(self) -> None:
        few, many = (
            Notes.of(
                [*range(0, 2000, 10), *range(0, n * 10, 10)],
                [10] * (200 + n),
                [57] * 200 + [52] * n,  # low, or the top line would be taken
                200 * [1] + n * [1],
            )
            for n in (50, 55)
        )
        assert 50 / 250 <= MAX_CHORD_SHARE < 55 / 255
        assert isinstance(find_melody(piece_of(Track(few))), Voice)
        assert find_melody(piece_of(Track(many))) == Refusal("no monophonic track", "--voices skyline")

    def test_of_several_meters_the_longest_stretch(self) -> None:
        meters = (TimeSignature(0, Meter(4, 4)), TimeSignature(1920, Meter(3, 4)))
        voice = find_melody(piece_of(line(20), meters=meters))
        assert isinstance(voice, Voice)
        assert (len(voice.notes), voice.meter, voice.bar_line) == (16, (3, 4), 1920)

    @pytest.mark.parametrize(
        "meters",
        [
            (TimeSignature(0, Meter(4, 4)), TimeSignature(1920, Meter(4, 4))),
            (TimeSignature(0, Meter(4, 4)), TimeSignature(480 * 20, Meter(3, 4))),
        ],
    )
    def test_repeated_or_late_meters_are_none(self, meters: tuple[TimeSignature, ...]) -> None:
        assert isinstance(find_melody(piece_of(line(20), meters=meters)), Voice)

    @pytest.mark.parametrize(
        ("numerator", "denominator", "words"),
        [
            (1, 64, "does not fit the grid"),
            (0, 4, "does not fit the grid"),
            (3, 0, "does not fit the grid"),
            (21, 4, "too long"),
        ],
    )
    def test_bars_that_cannot_be_used(self, numerator: int, denominator: int, words: str) -> None:
        refusal = find_melody(piece_of(line(20), meters=(TimeSignature(0, Meter(numerator, denominator)),)))
        assert isinstance(refusal, Refusal)
        assert words in refusal.reason
        assert f"{numerator}/{denominator}" in refusal.reason
