from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.extract.lines import Refusal, monophonic
from melodyrnn.extract.melody import MAX_CHORD_SHARE, find_melody
from melodyrnn.midi.read import read_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.quantize import Voice, find_pickup, quantize
from melodyrnn.score.score import Score


def line(size: int, pitch: int = 60, length: int = 480, channel: int = 0, name: str = "") -> Track:
    onset = np.arange(size) * 480
    return Track(Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size), name, 0, channel)


def chords(size: int) -> Track:
    onset = np.repeat(np.arange(size) * 480, 3)
    return Track(Notes.of(onset, [480] * 3 * size, np.tile([48, 52, 55], size), [80] * 3 * size), "chords")


def piece_of(*tracks: Track, **more: object) -> Piece:
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(480, tracks, end=end, **more)  # type: ignore[arg-type]


class TestMonophonic:
    @given(melodies())
    def test_a_line_stays_as_it_is(self, melody: Score) -> None:
        notes = to_piece(melody).tracks[0].notes
        assert monophonic(notes) == (notes, 0)

    def test_of_one_onset_the_highest_stays(self) -> None:
        notes, share = monophonic(Notes.of([0, 0, 0, 10], [10] * 4, [60, 67, 64, 62], [1, 2, 3, 4]))
        assert notes == Notes.of([0, 10], [10, 10], [67, 62], [2, 4])
        assert share == 0.5

    def test_a_note_ends_where_the_next_begins(self) -> None:
        notes, share = monophonic(Notes.of([0, 10, 20], [15, 10, 99], [60, 62, 64], [80] * 3))
        assert notes.duration.tolist() == [10, 10, 99]
        assert share == 0  # 15 instead of 10 is legato

    def test_what_is_cut_by_more_than_half_counts_as_lost(self) -> None:
        _, share = monophonic(Notes.of([0, 10, 20, 30], [40, 10, 10, 10], [60, 62, 64, 65], [80] * 4))
        assert share == 0.25


class TestFindMelody:
    @pytest.mark.parametrize("size", [1, 2, 5, 9, 10, 11, 100])
    def test_a_line_of_any_length_is_found(self, size: int) -> None:
        voice = find_melody(piece_of(line(size, name="tune")))
        assert isinstance(voice, Voice), voice
        assert voice.notes == line(size).notes
        assert (voice.track, voice.name) == (0, "tune")

    def test_what_governs_comes_along(self) -> None:
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

    def test_of_several_the_first_that_is_half_as_long_as_the_longest(self) -> None:
        for size, chosen in ((2, 1), (10, 0)):
            voice = find_melody(piece_of(line(size), line(20), line(20)))
            assert isinstance(voice, Voice)
            assert voice.track == chosen

    @pytest.mark.parametrize(
        ("tracks", "reason"),
        [
            ((), "no notes"),
            ((Track(Notes.of([], [], [], [])),), "no notes"),
            ((line(20, channel=9),), "drums only"),
        ],
    )
    def test_nothing(self, tracks: tuple[Track, ...], reason: str) -> None:
        assert find_melody(piece_of(*tracks)) == Refusal(reason)

    @pytest.mark.parametrize("tracks", [(chords(20),), (chords(20), line(20, channel=9)), (line(20, length=1000),)])
    def test_chords_alone_are_refused(self, tracks: tuple[Track, ...]) -> None:
        assert find_melody(piece_of(*tracks)) == Refusal("no monophonic track", "--voices skyline")

    def test_a_few_chords_are_forgiven(self) -> None:
        few, many = (
            Notes.of(
                [*range(0, 2000, 10), *range(0, n * 10, 10)],
                [10] * (200 + n),
                [60] * 200 + [55] * n,
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


def test_bar_length() -> None:
    assert [Meter(n, d).bar(12) for n, d in ((4, 4), (3, 4), (6, 8), (9, 8), (7, 16), (2, 2))] == [
        48,
        36,
        36,
        54,
        21,
        48,
    ]
    with pytest.raises(ValueError, match=r"a bar of 1/64 is no whole number of units, 12 a quarter"):
        Meter(1, 64).bar(12)
    with pytest.raises(ValueError, match="0/4"):
        Meter(0, 4).bar(12)


class TestPickup:
    """abc2midi: 105 on the downbeat and on whatever comes first, 95 on the other beats, 80 elsewhere."""

    def accented(self, late: int, bars: int = 8) -> tuple[np.ndarray, np.ndarray]:
        onset = np.arange(0, bars * 36, 6)
        velocity = np.where((onset - late) % 36 == 0, 105, np.where((onset - late) % 18 == 0, 95, 80))
        velocity[0] = 105
        return onset, velocity

    @pytest.mark.parametrize("late", [0, 6, 12, 18])
    def test_downbeats_are_found_by_their_accent(self, late: int) -> None:
        assert find_pickup(*self.accented(late), 36) == late

    def test_a_few_accents_elsewhere_are_forgiven_many_are_not(self) -> None:
        onset, velocity = self.accented(12, bars=21)
        velocity[np.nonzero(velocity == 95)[0][:2]] = 105
        assert find_pickup(onset, velocity, 36) == 12
        velocity[np.nonzero(velocity == 95)[0][:2]] = 105
        assert find_pickup(onset, velocity, 36) == 0

    def test_arguments_stay_as_they_are(self) -> None:
        onset, velocity = self.accented(6)
        before = velocity.copy()
        find_pickup(onset, velocity, 36)
        assert velocity.tolist() == before.tolist()

    def test_too_few_accents(self) -> None:
        onset, velocity = self.accented(12, bars=3)
        assert find_pickup(onset, velocity, 36) == 0

    @pytest.mark.parametrize("first", [0, 6])
    def test_without_accents_bars_begin_at_0(self, first: int) -> None:
        """One velocity says nothing, also where all notes but the first stand at one place of the bar."""
        onset = np.r_[first, 12 + 36 * np.arange(8)]
        assert find_pickup(onset, np.full(9, 80), 36) == 0


class TestRealPickups:
    def read(self, path: Path) -> Score:
        voice = find_melody(read_piece(path))
        assert isinstance(voice, Voice)
        return quantize(voice)[0]

    def test_an_eighth_before_the_bar(self, shared: Path) -> None:
        """Lord Doneraile (O'Neill 106), a jig."""
        melody = self.read(shared / "oneills1850" / "0101-0200-t106.mid")
        assert melody.meter == (6, 8)
        assert melody.onset[:2].tolist() == [30, 36]
        assert melody.pickup_bars == 1
        loud = melody.velocity == melody.velocity.max()
        assert (melody.onset[loud][1:] % melody.bar == 0).mean() > 0.9

    def test_downbeats_are_loud_all_over_oneill(self, shared: Path) -> None:
        """Whatever was found, the bar lines then stand at the accents in nearly every tune."""
        good = 0
        files = sorted((shared / "oneills1850").glob("*.mid"))[::67]
        for path in files:
            voice = find_melody(read_piece(path))
            if isinstance(voice, Refusal):
                continue
            melody, error = quantize(voice)
            assert error < 0.12
            loud = (melody.velocity == melody.velocity.max()) & (np.arange(len(melody)) > 0)
            good += bool((melody.onset[loud] % melody.bar == 0).mean() >= 0.9)
        assert good >= 0.8 * len(files)
