"""Which track is the melody, and why the others are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.extract.candidates import choose, melody_candidates, score_differences
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Notes, Piece, Track

QUARTER = 480


def notes(size: int, pitch: int = 60, start: int = 0, length: int = QUARTER) -> Notes:
    onset = start + np.arange(size) * length
    return Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size)


def merged(*parts: Notes) -> Notes:
    return Notes.of(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("onset", "duration", "pitch", "velocity"))
    )


def piece_of(*tracks: Track, **more: object) -> Piece:
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(QUARTER, tracks, end=end, **more)  # type: ignore[arg-type]


class TestChoose:
    tune, other = Track(notes(40, 70), "Lead"), Track(notes(40, 60), "Second")
    piano = Track(merged(notes(40, 50), notes(40, 43), notes(40, 40)), "Piano")
    drums = Track(notes(40, 36), "Kit", 0, 9)

    def taken(self, voices: str) -> list[str]:
        return [line.name for line in choose(piece_of(self.piano, self.other, self.tune, self.drums), voices)[0]]

    def test_each_way(self) -> None:
        assert self.taken("auto") == ["Lead"]
        assert self.taken("all") == ["Lead", "Second"]
        assert self.taken("skyline") == ["Lead"]
        assert self.taken("track:second") == self.taken("track:1") == ["Second"]
        assert self.taken("track:Piano") == ["Piano"]
        assert self.taken("track:nobody") == []

    def test_skyline_of_chords_alone(self) -> None:
        ((line,), refused) = choose(piece_of(self.piano), "skyline")
        assert (line.notes, refused) == (notes(40, 50), [])
        assert choose(piece_of(self.piano), "auto")[0] == []

    def test_why_the_others_were_not_taken(self) -> None:
        _, refused = choose(piece_of(self.piano, self.other, self.tune), "auto")
        assert [(line.name, refusal.reason, refusal.option) for line, refusal in refused] == [
            ("Second", "not taken for the melody", "--voices all"),
            ("Piano", "no monophonic track", "--voices skyline"),
        ]

    def test_a_named_melody_in_octaves_is_its_top_line(self) -> None:
        doubled = merged(notes(40, 70), notes(40, 58))
        ((line,), _) = choose(piece_of(Track(doubled, "MELODY"), self.other), "auto")
        assert (line.name, line.notes) == ("MELODY", notes(40, 70))

    def test_a_high_track_in_thirds_or_octaves_is_its_top_line(self) -> None:
        for below in (4, 12):
            doubled = merged(notes(40, 70), notes(40, 70 - below))
            ((line,), _) = choose(piece_of(Track(doubled, "Organ"), self.other), "auto")
            assert (line.name, line.notes, line.is_top_line) == ("Organ", notes(40, 70), True)

    @pytest.mark.parametrize(
        "other",
        [
            merged(notes(40, 56), notes(40, 44)),  # low
            merged(notes(40, 70), notes(40, 54)),  # both hands
            merged(notes(40, 70), notes(40, 67), notes(40, 64)),  # triads
        ],
    )
    def test_other_chords_are_no_line(self, other: Notes) -> None:
        ((line,), refused) = choose(piece_of(Track(other, "Organ"), self.other), "auto")
        assert line.name == "Second"
        assert [(one.name, refusal.reason) for one, refusal in refused] == [("Organ", "no monophonic track")]

    def test_a_bass_or_an_ostinato_is_taken_only_where_there_is_no_other_line(self) -> None:
        bass = Track(notes(90, 36))
        figure = Track(Notes.of(np.arange(90) * QUARTER, [QUARTER] * 90, [72, 76, 79] * 30, [80] * 90))
        tune = Track(Notes.of(np.arange(20) * QUARTER, [QUARTER] * 20, 60 + np.arange(20) ** 2 % 11, [80] * 20))
        for accompanying in (bass, figure):
            assert choose(piece_of(accompanying, tune), "auto")[0][0].track == 1
            assert choose(piece_of(accompanying, self.piano), "auto")[0][0].track == 0


def test_why_a_track_is_behind_another() -> None:
    piece = piece_of(Track(notes(40, 70), "Lead"), Track(notes(40, 60), "Bass"))
    found = dict(score_differences(piece, 1, 0))
    assert found == {word: -amount for word, amount in score_differences(piece, 0, 1)}
    scores = {one.track: one.score for one in melody_candidates(piece)}
    assert sum(found.values()) == pytest.approx(scores[1] - scores[0])
    assert list(found)[:2] == ["its name", "the highest in much of the piece"]


def test_the_melody_of_pop_songs_is_found(shared: Path) -> None:
    """A sample; `benchmarks/melody_finding.py` measures all of them."""
    pieces = [read_piece(path) for path in sorted((shared / "pop909").rglob("*.mid"))[::9]]
    assert len(pieces) == 101
    for by_name, least in ((True, 0.99), (False, 0.87)):
        for turned in (False, True):
            right = 0
            for piece in pieces:
                asked = replace(piece, tracks=piece.tracks[::-1]) if turned else piece
                best = next(candidate for candidate in melody_candidates(asked, by_name) if candidate.is_usable)
                right += best.name == "MELODY"
            assert right >= least * len(pieces), (by_name, turned, right)
