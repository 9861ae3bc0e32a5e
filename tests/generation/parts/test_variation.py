"""Variations of several parts keep the rhythm and change the share of pitches of each part that is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from band_models import BASS, KIT, LEAD, PIANO, band, band_generator, only

from melodyrnn.errors import SettingError
from melodyrnn.generation.drawn_note import DrawnNote
from melodyrnn.generation.locked import LockedNote
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.request import Request
from melodyrnn.music.piece import Piece
from melodyrnn.score.convert import to_piece

GIVEN = to_piece(only(band(num_bars=2), LEAD, BASS, PIANO, KIT))
NAMES = [track.name for track in GIVEN.tracks]


def changed(new: Piece) -> dict[str, float]:
    """Return the share of other pitches in each track; onsets, durations and velocities are the same."""
    found = {}
    for old, own in zip(GIVEN.tracks, new.tracks, strict=True):
        for column in ("onset", "duration", "velocity"):
            np.testing.assert_array_equal(getattr(own.notes, column), getattr(old.notes, column))
        found[old.name] = float((own.notes.pitch != old.notes.pitch).mean())
    return found


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_share_of_the_pitches_of_each_part_changes(share: float) -> None:
    for piece in band_generator().generate(Request(num=2, seed=1, primer=GIVEN, vary=share)):
        found = changed(piece)
        assert found.pop("Kit") == 0
        assert max(abs(own - share) for own in found.values()) <= 0.15
        assert f"--vary {share:g} " in piece.texts[0]


def test_parts_that_are_not_named_stay() -> None:
    (piece,) = band_generator().generate(Request(seed=1, primer=GIVEN, vary=1.0, parts=("bass",)))
    assert {name for name, share in changed(piece).items() if share} == {"Bass"}


def test_no_two_notes_of_a_part_sound_on_one_pitch() -> None:
    for piece in band_generator().generate(Request(num=3, seed=1, primer=GIVEN, vary=0.6, parts=("harmony",))):
        notes = piece.tracks[NAMES.index("Piano")].notes
        for pitch in set(notes.pitch.tolist()):
            own = notes[notes.pitch == pitch]
            assert (own.end[:-1] <= own.onset[1:]).all()


def test_locked_notes_and_wishes_are_kept() -> None:
    lead = GIVEN.tracks[0].notes
    locked = tuple(LockedNote(int(lead.onset[n]), int(lead.pitch[n]), 0) for n in (2, 3, 7))
    low, high = int(lead.pitch.min()), int(lead.pitch.max())
    wish = (("melody", PartWishes(low=low, high=high)),)
    request = Request(seed=1, primer=GIVEN, vary=1.0, parts=("melody",), of_parts=wish, locked=locked)
    (piece,) = band_generator().generate(request)
    pitch = piece.tracks[0].notes.pitch
    assert (pitch == lead.pitch).nonzero()[0].tolist() == [2, 3, 7]
    assert low <= pitch.min() <= pitch.max() <= high


def test_listeners_are_told_the_notes_that_changed() -> None:
    told: list[DrawnNote] = []
    (piece,) = band_generator().generate(Request(seed=1, primer=GIVEN, vary=0.4), on_drawn=told.append)
    expected = [
        (number, int(own.notes.onset[n]), int(own.notes.pitch[n]))
        for number, (old, own) in enumerate(zip(GIVEN.tracks, piece.tracks, strict=True))
        for n in np.flatnonzero(old.notes.pitch != own.notes.pitch).tolist()
    ]
    assert [(note.track, note.onset, note.pitch) for note in told] == expected
    assert expected


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"parts": ("drums",)},
            r"a variation is of parts of the given file that have pitches: melody, bass, harmony\. Received: drums",
        ),
        ({"chords": "C"}, r"chords are for new notes, not for a variation\. Received: both"),
        ({"locked": ((1, 60, 0),)}, r"a locked note must be one of the given music, .* which track 0 does not have"),
        (
            {
                "parts": ("bass",),
                "locked": tuple(
                    (int(onset), int(pitch), 1)
                    for onset, pitch in zip(GIVEN.tracks[1].notes.onset, GIVEN.tracks[1].notes.pitch, strict=True)
                ),
            },
            r"a variation must have a note to vary\. Received: none in the parts to vary that is not locked",
        ),
    ],
)
def test_what_cannot_be_varied(more: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        band_generator().generate(Request(seed=1, primer=GIVEN, vary=0.5, **more))  # type: ignore[arg-type]
