"""Which tracks of a given file are parts of a model: as its corpus was read, as asked, and the only line always."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ensemble import BEAT, LOW, TUNE, chords, piece, track

from melodyrnn.errors import SettingError
from melodyrnn.generation.given_tracks import notices_of_tracks, parts_of_tracks
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from melodyrnn.score.slots import SLOT, SLOTS

ALL = range(len(SLOTS))
BAND = piece(
    track("Kit", BEAT, channel=9),
    track("Bass", LOW, program=33),
    chords("Piano", [60, 64, 67], 8),
    Track(Notes.of([], [], [], []), "silent"),
    track("Flute", [p + 12 for p in TUNE], program=73),
)
LINE = piece(track("Flute", TUNE, program=73))


def roles(
    one: Piece, reading: str = "all", slots: Sequence[int] = ALL, asked: Sequence[tuple[str, str]] = ()
) -> tuple[dict[str, str], tuple[int, ...]]:
    """Return the role of each track that is read, by its name, and the numbers of the others."""
    found = parts_of_tracks(one, "a.mid", reading, slots, asked)
    return {one.tracks[n].name: part.part.role for part in found.parts for n in part.tracks}, found.unread


def slots(*names: str) -> list[int]:
    return [SLOT[name] for name in names]


class TestReading:
    def test_each_reading_chooses_as_its_extractor_does(self) -> None:
        found = {"Flute": "melody", "Bass": "bass", "Piano": "harmony", "Kit": "drums"}
        assert roles(BAND) == (found, ())
        assert roles(BAND, "tracks") == ({"Bass": "melody", "Piano": "harmony", "Flute": "bass", "Kit": "drums"}, ())
        assert roles(BAND, "piano") == ({"Piano": "melody"}, (0, 1, 4))
        assert roles(BAND, "leadsheet") == ({"Flute": "melody"}, (0, 1, 2))
        assert roles(BAND, "readers:BASS") == (found, ())

    def test_a_polyphonic_track_can_be_the_melody(self) -> None:
        assert roles(piece(chords("Piano", [60, 64, 67], 8)), "leadsheet") == ({"Piano": "melody"}, ())

    def test_tracks_without_a_slot_of_the_model_are_not_read(self) -> None:
        assert roles(BAND, slots=slots("melody", "bass")) == ({"Flute": "melody", "Bass": "bass"}, (0, 2))
        two = piece(track("Flute", TUNE), chords("Pad", [60, 64, 67], 8), chords("Strings", [60, 64, 67], 4))
        assert roles(two, slots=slots("melody", "harmony")) == ({"Flute": "melody", "Pad": "harmony"}, (2,))
        assert roles(two, slots=slots("melody", "harmony 2")) == ({"Flute": "melody"}, (1, 2))

    def test_the_caller_names_roles(self) -> None:
        asked = [("piano", "melody"), ("4", "harmony")]
        found, _ = roles(BAND, asked=asked)
        assert found == {"Piano": "melody", "Bass": "bass", "Flute": "harmony", "Kit": "drums"}


class TestOnlyLine:
    def test_it_is_the_melody(self) -> None:
        for reading in ("all", "tracks", "piano", "leadsheet"):
            assert roles(LINE, reading) == ({"Flute": "melody"}, ())
            with_drums = piece(track("Kit", BEAT, channel=9), *LINE.tracks)
            assert roles(with_drums, reading)[0]["Flute"] == "melody"

    def test_or_what_its_name_says_where_the_model_has_that(self) -> None:
        bass = piece(track("Bass", LOW, program=33))
        assert roles(bass) == ({"Bass": "bass"}, ())
        assert roles(bass, slots=slots("melody", "harmony")) == ({"Bass": "melody"}, ())

    def test_or_any_part_of_a_model_without_a_melody(self) -> None:
        assert roles(LINE, slots=slots("bass", "harmony", "drums")) == ({"Flute": "bass"}, ())

    def test_or_what_the_caller_says(self) -> None:
        assert roles(LINE, "piano", asked=[("flute", "harmony")]) == ({"Flute": "harmony"}, ())


class TestChords:
    written = Piece(480, LINE.tracks, end=LINE.end, markers=tuple(Marker(1920 * n, s) for n, s in enumerate("CFGC")))

    def test_symbols_of_the_file_are_a_part_where_the_model_has_it(self) -> None:
        found = parts_of_tracks(self.written, "a.mid", "leadsheet", slots("chords", "melody"), ())
        assert [(one.part.kind, one.tracks) for one in found.parts] == [("chords", ()), ("melodic", (0,))]
        found = parts_of_tracks(self.written, "a.mid", "leadsheet", slots("melody"), ())
        assert [one.part.kind for one in found.parts] == ["melodic"]

    def test_a_file_without_any_has_no_such_part(self) -> None:
        found = parts_of_tracks(LINE, "a.mid", "leadsheet", slots("chords", "melody"), ())
        assert [one.part.kind for one in found.parts] == ["melodic"]


class TestRefused:
    @pytest.mark.parametrize(
        ("one", "asked", "message"),
        [
            (Piece(480, ()), [], "a given file must hold notes. Received: a.mid, without any"),
            (
                BAND,
                [("Guitar", "harmony")],
                "a role must be that of a track with notes: track 0 (Kit), track 1 (Bass), track 2 (Piano) and 1 more. "
                "Received: Guitar=harmony",
            ),
            (
                BAND,
                [("Guitar", "chords")],
                "a role must be one of melody, bass, harmony, other, drums. Received: 'chords' for 'Guitar'",
            ),
        ],
    )
    def test_with_a_line(self, one: Piece, asked: Sequence[tuple[str, str]], message: str) -> None:
        with pytest.raises(SettingError) as error:
            roles(one, asked=asked)
        assert str(error.value) == message

    def test_a_file_of_which_the_model_knows_nothing(self) -> None:
        with pytest.raises(SettingError) as error:
            roles(piece(track("Kit", BEAT, channel=9)), slots=slots("chords", "melody", "bass"))
        assert str(error.value) == (
            "a given file must hold a part that the model knows: melody, bass; --role makes a track one. "
            "Received: a.mid with track 0 (Kit) as drums"
        )
        organs = piece(track("Organ", TUNE, program=19), track("Pedal", LOW, program=19))
        with pytest.raises(SettingError, match=r"with track 0 \(Organ\) \(no track of a piano\), track 1 \(Pedal\)"):
            roles(organs, "piano")


class TestNotices:
    def notices(self, one: Piece, **how: object) -> tuple[str, ...]:
        arguments = {"reading": "all", "slots": ALL, "roles": (), **how}
        return notices_of_tracks(one, parts_of_tracks(one, "a.mid", **arguments))  # type: ignore[arg-type]

    def test_which_track_is_which_part_and_how_to_correct_it(self) -> None:
        assert self.notices(BAND) == (
            "the model reads track 4 (Flute) as melody, track 1 (Bass) as bass, track 2 (Piano) as harmony, "
            'track 0 (Kit) as drums; --role "Piano=melody" gives another role',
        )

    def test_what_is_kept_and_not_read(self) -> None:
        assert self.notices(BAND, reading="leadsheet") == (
            'the model reads track 4 (Flute) as melody; --role "Flute=harmony" gives another role',
            "the model does not read track 0 (Kit), track 1 (Bass), track 2 (Piano): kept as in the file",
        )

    def test_names_that_say_nothing_are_numbers(self) -> None:
        spaced = piece(track("Flute", TUNE), track("Bass ", LOW))
        assert '--role "1=harmony"' in self.notices(spaced)[0]
        twins = piece(track("Voice", TUNE), track("Voice", LOW), track("", TUNE))
        assert '--role "1=melody"' in self.notices(twins, reading="tracks")[0]
        assert '--role "2=harmony"' in self.notices(twins, reading="tracks", slots=slots("melody", "bass"))[0]

    def test_what_was_asked_is_not_corrected(self) -> None:
        asked = (("Flute", "melody"), ("Bass", "bass"), ("Piano", "harmony"), ("Kit", "drums"))
        assert self.notices(BAND, roles=asked)[0].endswith("track 0 (Kit) as drums")

    def test_a_single_melody_needs_none(self) -> None:
        assert self.notices(LINE) == ()
