"""Locked notes stay tick for tick: in bars that are filled, in new endings and in variations."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from band_models import BASS, KIT, LEAD, band, band_generator, only
from ensemble import LOW, TUNE, piece, track
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.locked import LockedNote
from melodyrnn.generation.request import Request
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.score.convert import to_piece

BAR = 1920
SONG = piece(track("BASS", LOW, channel=1), track("MELODY", TUNE))
LOOSE = np.random.default_rng(0).integers(-20, 20, len(TUNE))
PLAYED = replace(  # off the grid, so that steps are not enough
    SONG,
    tracks=(
        SONG.tracks[0],
        replace(
            SONG.tracks[1],
            notes=Notes.of(
                np.maximum(0, SONG.tracks[1].notes.onset + LOOSE), [431] * len(TUNE), TUNE, [80 + n for n in LOOSE]
            ),
        ),
    ),
)


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


def rows(notes: Notes) -> list[tuple[int, int, int, int]]:
    columns = notes.onset, notes.duration, notes.pitch, notes.velocity
    return list(zip(*(column.tolist() for column in columns), strict=True))


def locks(notes: Notes, numbers: list[int], track: int | None = None) -> tuple[LockedNote, ...]:
    return tuple(LockedNote(int(notes.onset[n]), int(notes.pitch[n]), track) for n in numbers)


@given(st.integers(0, 10**6), st.integers(0, 127), st.none() | st.integers(0, 40))
def test_a_locked_note_is_read_as_it_is_written(onset: int, pitch: int, track: int | None) -> None:
    note = LockedNote(onset, pitch, track)
    assert LockedNote.parse(str(note)) == note


@pytest.mark.parametrize("text", ["C5", "3840=", "3840=H5", "a:3840=C5", ":=C5", "-3=C5", "3.5=C5"])
def test_other_texts_are_no_locked_note(text: str) -> None:
    with pytest.raises(SettingError, match=r"a locked note must be \[TRACK:\]TICK=NOTE, such as 3840=C5 or .*Received"):
        LockedNote.parse(text)


@pytest.mark.parametrize("given", [SONG, PLAYED])
@pytest.mark.parametrize("numbers", [[9], [8, 10, 15], [9, 10, 11, 12]])
@pytest.mark.parametrize("track", [None, 1])
def test_locked_notes_of_filled_bars_stay_as_they_are(
    model: Generator, given: Piece, numbers: list[int], track: int | None
) -> None:
    old = given.tracks[1].notes
    request = Request(num=2, seed=1, primer=given, infill=(3, 4), locked=locks(old, numbers, track))
    for one in model.generate(request):
        new = one.tracks[1].notes
        kept = [n for n in range(len(old)) if n in numbers or not 2 * BAR - 30 <= old.onset[n] < 4 * BAR - 30]
        assert [row for row in rows(old[np.array(kept)]) if row not in rows(new)] == []
        assert rows(one.tracks[0].notes) == rows(given.tracks[0].notes)
        assert rows(new) != rows(old)
        line = sorted(rows(new))
        assert all(a[0] + a[1] <= b[0] or a in rows(old) for a, b in pairwise(line))


def test_notes_that_were_locked_are_not_told_as_drawn(model: Generator) -> None:
    old, told = SONG.tracks[1].notes, []
    request = Request(seed=1, primer=SONG, infill=(3, 4), locked=locks(old, [9, 12]))
    model.generate(request, on_drawn=told.append)
    assert {(note.onset, note.pitch) for note in told}.isdisjoint({(9 * 480, TUNE[9]), (12 * 480, TUNE[12])})
    assert told


def test_locked_notes_of_typed_primers_are_in_ticks_of_480_a_quarter(model: Generator) -> None:
    request = Request(num=3, seed=1, primer="C4:4 E4 F4 G4 A4 C5:4", infill=(2, 2), locked=((2880, 67, None),))
    for one in model.generate(request):
        assert (2880, 480, 67) in [row[:3] for row in rows(one.tracks[0].notes)]
    assert "--lock 2880=G4" in one.texts[0]


def test_locked_notes_are_not_varied(model: Generator) -> None:
    old, numbers = PLAYED.tracks[1].notes, [0, 3, 9, 30]
    request = Request(num=2, seed=1, primer=PLAYED, vary=1.0, end="any", locked=locks(old, numbers))
    for one in model.generate(request):
        changed = one.tracks[1].notes.pitch != old.pitch
        assert not changed[numbers].any()
        assert changed.sum() == len(TUNE) - len(numbers)


def test_locked_notes_of_several_parts_stay_as_they_are() -> None:
    given = to_piece(only(band(num_bars=4), LEAD, BASS, KIT))
    locked = [note for n in range(3) for note in locks(given.tracks[n].notes, list(range(5 + n, 12, 3)), n)]
    (one,) = band_generator().generate(Request(primer=given, infill=(2, 3), seed=1, locked=tuple(locked)))
    for n in range(3):
        keys = {(note.onset, note.pitch) for note in locked if note.track == n}
        assert [row for row in rows(given.tracks[n].notes) if (row[0], row[2]) in keys] == [
            row for row in rows(one.tracks[n].notes) if (row[0], row[2]) in keys
        ]
        assert rows(one.tracks[n].notes) != rows(given.tracks[n].notes)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"infill": (3, 3), "locked": ((3841, 64),)},
            r"a locked note must be one of the given music, by its onset in ticks and its pitch\. "
            r"Received: E4 at tick 3841, which track 1 does not have",
        ),
        ({"infill": (3, 3), "locked": ((3840, 64, 7),)}, r"Received: E4 at tick 3840, which track 7 does not have"),
        (
            {"infill": (3, 3), "locked": locks(SONG.tracks[1].notes, [8, 9, 10, 11])},
            r"locked notes must leave room for new ones in the bars to fill\. Received: 4 that fill them",
        ),
        (
            {"vary": 0.3, "locked": locks(SONG.tracks[1].notes, list(range(len(TUNE))))},
            r"locked notes must leave one to vary\. Received: all 32 notes locked",
        ),
        (
            {"infill": (3, 3), "density": 4.0, "locked": locks(SONG.tracks[1].notes, [8])},
            r"density cannot be met around locked notes\. Received: both",
        ),
        (
            {"locked": ((3840, 64),)},
            r"locked notes are for rewriting: vary, infill, new_ending\. Received: none of them",
        ),
        (
            {"infill": (3, 3), "primer_bars": (2, 4), "locked": ((3840, 64),)},
            r"locked notes are those of a whole primer\. Received: them and primer_bars",
        ),
    ],
)
def test_what_cannot_be_locked(model: Generator, more: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        model.generate(Request(seed=1, primer=SONG, **more))  # type: ignore[arg-type]
