"""Listeners are told every new note, in ticks of the piece that results, and change nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from band_models import BASS, KIT, LEAD, band, band_generator, only
from critics import judge
from ensemble import LOW, TUNE, piece, track
from laid_out import laid_out_model

from melodyrnn.critic.critic import Critic
from melodyrnn.generation.drawn_note import DrawnNote
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Piece
from melodyrnn.score.convert import to_piece

Note = tuple[int, int, int, int, int]  # track, onset, duration, pitch, velocity
SONG = piece(track("BASS", LOW, channel=1), track("MELODY", TUNE))


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


def told(model: Generator, request: Request) -> tuple[list[Piece], list[DrawnNote]]:
    """Return the pieces of a request and what a listener is told; a listener changes nothing."""
    notes: list[DrawnNote] = []
    pieces = model.generate(request, on_drawn=notes.append)
    assert [midi_bytes(one) for one in pieces] == [midi_bytes(one) for one in model.generate(request)]
    return pieces, notes


def rows(notes: Sequence[DrawnNote], number: int, with_velocity: bool = True) -> list[Note]:
    """Return the notes of the last attempt of a piece."""
    own = [note for note in notes if note.piece == number]
    last = max((note.attempt for note in own), default=0)
    return sorted((n.track, n.onset, n.duration, n.pitch, n.velocity * with_velocity) for n in own if n.attempt == last)


def rows_of(result: Piece, with_velocity: bool = True) -> Iterator[Note]:
    for number, one in enumerate(result.tracks):
        columns = one.notes.onset, one.notes.duration, one.notes.pitch, one.notes.velocity * with_velocity
        yield from ((number, *map(int, row)) for row in zip(*columns, strict=True))  # type: ignore[misc]


def new_rows(result: Piece, given: Piece, with_velocity: bool = True) -> list[Note]:
    return sorted((Counter(rows_of(result, with_velocity)) - Counter(rows_of(given, with_velocity))).elements())


@pytest.mark.parametrize(
    "more", [{}, {"rank": 2}, {"max_copy": 4.0}, {"primer": "C4 E4 G4:2", "include_primer": False}]
)
def test_all_notes_of_new_melodies_are_told(model: Generator, more: dict[str, object]) -> None:
    pieces, notes = told(model, Request(num=3, bars=4, seed=1, **more))  # type: ignore[arg-type]
    for number, one in enumerate(pieces, start=1):
        assert rows(notes, number) == list(rows_of(one))
    assert {note.attempt for note in notes} == {0}


def test_the_first_draft_is_told_live_and_then_the_chosen_one() -> None:
    """Whatever the critic chooses, the notes of the last attempt are those of the piece."""
    plain = laid_out_model()
    model = Generator(replace(plain.metadata, critic=Critic((judge(8),))), plain.network, "judged")
    request = Request(num=6, bars=8, seed=1)
    pieces, notes = told(model, request)
    for number, one in enumerate(pieces, start=1):
        assert rows(notes, number) == list(rows_of(one))
    assert {note.attempt for note in notes} == {0, 1}
    log: list[str] = []
    model.generate(replace(request, num=1), lambda: log.append("draws"), lambda note: log.append("told"))
    assert log[:4] == ["draws", "told"] * 2


@pytest.mark.parametrize("more", [{}, {"vary": 0.5}, {"infill": (2, 3)}, {"rank": 2}])
@pytest.mark.parametrize("primer", [SONG, "r:9 C4 E4 G4:2 r:3 C5 D5 E5:3"])
def test_given_notes_are_not_told(model: Generator, primer: Piece | str, more: dict[str, object]) -> None:
    request = Request(num=2, bars=3, seed=2, primer=primer, **more)  # type: ignore[arg-type]
    pieces, notes = told(model, request)
    given = SONG if primer is SONG else model.generate(replace(request, vary=0.0, infill=None, rank=1, num=1))[0]
    for number, one in enumerate(pieces, start=1):
        assert rows(notes, number) == new_rows(one, given)
        assert rows(notes, number)


def test_notes_are_told_one_after_another_while_they_are_drawn(model: Generator) -> None:
    log: list[str] = []
    model.generate(Request(bars=4, seed=1), lambda: log.append("draws"), lambda note: log.append("told"))
    assert log[:-1] == ["draws", "told"] * (len(log) // 2)  # at last the end is drawn
    assert log[-1] == "draws"


def test_notes_are_told_before_swing(model: Generator) -> None:
    request = Request(bars=4, seed=1)
    straight, notes = told(model, request)
    swung, same = told(model, replace(request, swing=0.67, humanize=0.5))
    assert notes == same
    assert midi_bytes(swung[0]) != midi_bytes(straight[0])


def test_a_listener_ends_the_generation_by_an_exception(model: Generator) -> None:
    heard: list[DrawnNote] = []

    def stop(note: DrawnNote) -> None:
        heard.append(note)
        if len(heard) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        model.generate(Request(bars=4, seed=1), on_drawn=stop)
    assert len(heard) == 3


@pytest.mark.parametrize("with_velocity", [False, True])
@pytest.mark.parametrize("chords", [None, "C F"])
def test_all_notes_of_several_parts_are_told(with_velocity: bool, chords: str | None) -> None:
    pieces, notes = told(band_generator(with_velocity), Request(num=3, bars=2, seed=1, chords=chords))
    for number, one in enumerate(pieces, start=1):
        assert rows(notes, number) == sorted(rows_of(one))


def test_a_note_is_told_in_time_order_but_for_those_that_last_until_the_next() -> None:
    notes: list[DrawnNote] = []
    band_generator().generate(Request(bars=4, seed=1), on_drawn=notes.append)
    for number in {note.track for note in notes}:
        onsets = [note.onset for note in notes if note.track == number]
        assert onsets == sorted(onsets)


@pytest.mark.parametrize("more", [{"infill": (2, 2)}, {"bars": 1}])
def test_new_notes_of_a_file_of_several_parts_are_told(more: dict[str, object]) -> None:
    given = to_piece(only(band(num_bars=2), LEAD, BASS, KIT))
    pieces, notes = told(band_generator(True), Request(num=2, primer=given, seed=3, **more))  # type: ignore[arg-type]
    for number, one in enumerate(pieces, start=1):
        assert rows(notes, number) == new_rows(one, given)
        assert {note.track for note in notes} == {0, 1, 2}


def test_new_parts_beside_a_file_are_told_with_their_tracks() -> None:
    lead = to_piece(band(num_bars=2))
    lead = replace(lead, tracks=lead.tracks[:1])
    pieces, notes = told(band_generator(), Request(num=2, given=lead, seed=3))
    for number, one in enumerate(pieces, start=1):
        assert len(one.tracks) > 1
        assert rows(notes, number) == new_rows(one, lead)
        assert {note.track for note in notes} == set(range(1, len(one.tracks)))
