"""Swing and deviations keep bar lines, the end of the piece and the order of notes."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.generation.generator import load
from melodyrnn.generation.performance import perform
from melodyrnn.generation.request import Request
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Notes, Piece, Track


@pytest.fixture(scope="module")
def model():
    return load()


def test_swing_and_humanize_stay_between_the_lines(model):
    straight = model.generate(Request(num=3, bars=6, seed=4))
    played = model.generate(Request(num=3, bars=6, seed=4, swing=0.66, humanize=1.0))
    swung = model.generate(Request(num=3, bars=6, seed=4, swing=0.66))
    for a, b, c in zip(straight, played, swung, strict=True):
        n, s = b.tracks[0].notes, c.tracks[0].notes
        assert len(n) == len(a.tracks[0].notes)
        assert (n.onset[1:] >= n.end[:-1]).all()
        assert (n.duration >= 1).all()
        assert n.end.max() <= b.end == a.end
        off_beat = a.tracks[0].notes.onset % 480 == 240
        assert (s.onset[off_beat] % 480 == round(0.66 * 480)).all()
        on_beat = a.tracks[0].notes.onset % 480 == 0
        np.testing.assert_array_equal(s.onset[on_beat], a.tracks[0].notes.onset[on_beat])


@pytest.mark.parametrize("meter", [(6, 8), (9, 8), (3, 8), (7, 8), (5, 16), (2, 2), (3, 4)])
def test_swing_leaves_every_beat_in_its_place(model, meter):
    straight = model.generate(Request(num=2, bars=4, seed=5, meter=meter, density=8))
    swung = model.generate(Request(num=2, bars=4, seed=5, meter=meter, density=8, swing=0.66))
    pair = 1920 // max(4, meter[1])
    moved = 0
    for a, b in zip(straight, swung, strict=True):
        before, after = a.tracks[0].notes.onset, b.tracks[0].notes.onset
        np.testing.assert_array_equal(after[before % pair == 0], before[before % pair == 0])
        off_beat = before % pair == pair // 2
        assert (after[off_beat] == before[off_beat] - pair // 2 + round(0.66 * pair)).all()
        moved += off_beat.sum()
    assert moved or meter[1] > 4


@pytest.mark.parametrize("humanize", [0.5, 1.0])
@pytest.mark.parametrize("density", [4, 14])
def test_no_two_notes_begin_together_or_overlap(model, density, humanize):
    for piece in model.generate(Request(num=6, bars=4, seed=11, swing=0.75, humanize=humanize, density=density)):
        notes = piece.tracks[0].notes
        assert (np.diff(notes.onset) > 0).all()
        assert (notes.end[:-1] <= notes.onset[1:]).all()
        assert notes.end.max() <= piece.end
        assert notes.duration.min() >= 1


def chords(*rows: tuple[int, int, int], end: int = 3840) -> Piece:
    """A piece of one track from (onset, duration, pitch)."""
    onset, duration, pitch = zip(*rows, strict=True)
    return Piece(480, (Track(Notes.of(onset, duration, pitch, [80] * len(rows))),), end=end)


def rows_of(track: Track) -> list[tuple[int, int, int]]:
    notes = track.notes
    return list(zip(notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), strict=True))


def overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def test_a_swung_chord_stays_whole():
    piece = chords((0, 240, 60), (0, 240, 64), (0, 240, 67), (240, 720, 62), (240, 240, 65), (240, 240, 69))
    (track,) = perform(piece, 2 / 3, 0, (1, 0)).tracks
    assert rows_of(track) == [(0, 320, 60), (0, 320, 64), (0, 320, 67), (320, 960, 62), (320, 480, 65), (320, 480, 69)]


def test_the_notes_of_a_chord_follow_its_lowest_within_a_step():
    piece = chords(*((onset, 480, pitch) for onset in range(0, 3840, 480) for pitch in (48, 60, 64, 67)))
    spreads = []
    for seed in range(20):
        notes = perform(piece, 0.5, 1.0, (seed, 0)).tracks[0].notes
        onset = np.array([notes.onset[notes.pitch == pitch] for pitch in (48, 60, 64, 67)])
        behind = onset[1:] - onset[0]
        assert behind.min() >= 0
        assert behind.max() <= 24  # ticks, a twentieth of a quarter
        assert np.abs(onset[0] - np.arange(0, 3840, 480)).max() <= 40  # five standard deviations
        spreads.append(behind.max())
    assert max(spreads) > 4  # they do not all stay on one tick


@st.composite
def polyphony(draw: st.DrawFn) -> Piece:
    """Two tracks on the grid in which notes of one pitch do not overlap, but those of different pitches do."""
    tracks = []
    for _ in range(2):
        rows, free = [], [0] * 5
        for _ in range(draw(st.integers(0, 25))):
            line = draw(st.integers(0, 4))
            onset = free[line] + 40 * draw(st.integers(0, 4))
            free[line] = onset + 40 * draw(st.integers(1, 12))
            rows.append((onset, free[line] - onset, 60 + line))
        columns = zip(*rows, strict=True) if rows else ([], [], [])
        tracks.append(Track(Notes.of(*columns, [draw(st.integers(1, 127))] * len(rows))))
    return Piece(480, tuple(tracks), end=max([1, *(int(e) for t in tracks for e in t.notes.end)]))


@given(polyphony(), st.sampled_from([0.5, 0.6, 0.75]), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 9))
def test_polyphony_keeps_its_order_and_what_did_not_overlap_does_not(piece, swing, humanize, seed):
    played = perform(piece, swing, humanize, (seed, 0))
    assert played.end == piece.end
    for before, after in zip(piece.tracks, played.tracks, strict=True):
        assert len(before.notes) == len(after.notes)
        pairs = []
        for pitch in range(60, 65):
            own = [[row for row in rows_of(track) if row[2] == pitch] for track in (before, after)]
            pairs += zip(*own, strict=True)
        assert all(0 <= new[0] < new[1] <= piece.end for _, new in pairs)
        for (old, new), (old_other, new_other) in combinations(pairs, 2):
            assert overlap(old, old_other) or not overlap(new, new_other)
            assert not old[0] < old_other[0] or new[0] < new_other[0]
            assert not old[0] > old_other[0] or new[0] > new_other[0]


def test_real_pieces_of_many_parts_keep_their_notes(shared):
    for path in sorted((shared / "quartets").rglob("*.mid"))[:2] + sorted((shared / "multi").rglob("*.mid"))[:3]:
        piece = read_piece(path)
        played = perform(piece, 0.6, 0.7, (1, 0))
        for before, after in zip(piece.tracks, played.tracks, strict=True):
            if not len(before.notes):
                continue
            assert sorted(before.notes.pitch.tolist()) == sorted(after.notes.pitch.tolist())
            assert after.notes.duration.min() >= 1
            assert after.notes.end.max() <= piece.end
            straight, swung = (np.median(track.notes.duration) for track in (before, after))
            assert swung == pytest.approx(straight, rel=0.35)
