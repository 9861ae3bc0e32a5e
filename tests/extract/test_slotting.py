"""Tracks in slots: the order of parts, and what becomes of more tracks than slots."""

from __future__ import annotations

from ensemble import BEAT, TUNE, piece, track

from melodyrnn.extract.extractor import Refusal
from melodyrnn.extract.roles import TrackRole
from melodyrnn.extract.slotting import ChosenPart, in_slots
from melodyrnn.music.piece import Piece
from melodyrnn.score.score import Part
from melodyrnn.score.slots import MAX_PARTS, slots_of


def sized(*sizes: int, channel: int = 0) -> Piece:
    """Tracks of so many notes, none like another."""
    return piece(*(track(f"t{n}", [60 + n] * size, program=n, channel=channel) for n, size in enumerate(sizes)))


def roles_of(one: Piece, role: str) -> list[TrackRole]:
    return [TrackRole(n, role, "because") for n in range(len(one.tracks))]


def test_parts_are_in_the_order_of_slots_with_names_and_programs() -> None:
    band = sized(4, 4, 4)
    roles = [TrackRole(0, "drums", "x"), TrackRole(1, "bass", "y"), TrackRole(2, "melody", "z")]
    assert in_slots(band, roles) == (
        [
            ChosenPart(Part("t2", "melodic", 2, "melody"), (2,), ("z",)),
            ChosenPart(Part("t1", "melodic", 1, "bass"), (1,), ("y",)),
            ChosenPart(Part("t0", "drums", 0, "drums"), (0,), ("x",)),
        ],
        [],
    )


def test_the_foremost_melody_comes_first_and_others_as_in_the_file() -> None:
    roles = [TrackRole(0, "melody", "", 3), TrackRole(1, "harmony", ""), TrackRole(2, "melody", "", 1)]
    assert [one.tracks for one in in_slots(sized(4, 4, 4), roles)[0]] == [(2,), (0,), (1,)]


def test_of_too_many_of_a_role_those_with_most_notes_stay_and_the_others_go_to_other_roles() -> None:
    band = sized(3, 9, 5, 7)
    parts, refused = in_slots(band, roles_of(band, "bass"))
    assert refused == []
    assert [(one.part.role, one.tracks, one.reasons) for one in parts] == [
        ("bass", (1,), ("because",)),
        ("bass", (3,), ("because",)),
        ("harmony", (0,), ("because, but bass has no more slots",)),
        ("harmony", (2,), ("because, but bass has no more slots",)),
    ]


def test_beyond_all_melodic_slots_the_smallest_tracks_are_refused() -> None:
    room = sum(MAX_PARTS[role] for role in ("melody", "bass", "harmony", "other"))
    band = sized(*range(2, room + 4))
    parts, refused = in_slots(band, roles_of(band, "harmony"))
    assert len(parts) == room
    assert refused == [(n, Refusal("more parts than there are slots")) for n in (0, 1)]
    slots_of([one.part for one in parts])  # no role has too many


def test_a_double_goes_first() -> None:
    band = piece(track("a", TUNE), track("b", TUNE), track("c", TUNE[:9]))
    parts, _ = in_slots(band, roles_of(band, "bass"))
    assert [(one.part.role, one.tracks) for one in parts] == [("bass", (0,)), ("bass", (2,)), ("harmony", (1,))]


def test_further_drum_kits_join_the_first() -> None:
    band = piece(*(track(f"kit {n}", BEAT[: 8 + n], channel=9) for n in range(4)))
    parts, refused = in_slots(band, roles_of(band, "drums"))
    assert refused == []
    assert [(one.part.name, one.tracks) for one in parts] == [("kit 2", (2,)), ("kit 3", (3, 1, 0))]
    assert parts[1].reasons[1:] == ("because, in one part with track 3",) * 2
