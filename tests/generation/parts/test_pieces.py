"""Files of several parts from a request to pieces: other parts drawn, bars filled and added, all else kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from band_models import band_generator
from ensemble import QUARTER, piece, track
from networks import random_network

from melodyrnn.checkpoint import Metadata
from melodyrnn.errors import MidiError, SettingError
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.request import Request
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Piece, TimeSignature
from melodyrnn.score.score import Part, Score
from tests.midi.files import line, midi_file, off

NAMES = ("Soprano", "Alto", "Tenor", "Bass")
LINES = [[base + step for step in (0, 2, 4, 5, 7, 5, 4, 2)] * 4 for base in (72, 67, 60, 48)]
CHOIR = piece(*(track(name, line, program=52) for name, line in zip(NAMES, LINES, strict=True)))
ROLES = ("melody", "harmony", "harmony", "bass")


@pytest.fixture(scope="module")
def model() -> Generator:
    """A model of four voices with random weights."""
    onset = np.tile(np.arange(0, 96, 6), 4)
    part = np.repeat(np.arange(4), 16)
    pitch = np.concatenate([np.arange(base, base + 16) for base in (65, 60, 53, 45)])
    parts = tuple(Part(name, "melodic", 52, role) for name, role in zip(NAMES, ROLES, strict=True))
    same = np.full(64, 80)
    score = Score(onset, np.tile([6, 12] * 8, 4), pitch, same, part, Meter(4, 4), Key(0, "major"), parts=parts)
    vocabulary = fit_vocabulary(encode(score), [Meter(4, 4)], [48], ["major"], [3], False)
    return Generator(Metadata(vocabulary, {}, {"reading": "tracks"}), random_network(vocabulary, scale=0.3), "choir")


def changed(new: Piece, old: Piece = CHOIR) -> dict[str, tuple[list[int], list[int]]]:
    """Return the bars of the notes that a piece lacks of another, and of those that it has more, by track."""
    found = {}
    for name in dict.fromkeys(one.name for one in (*old.tracks, *new.tracks)):
        before, after = (
            Counter(
                (onset, pitch)
                for one in whole.tracks
                if one.name == name
                for onset, pitch in zip(one.notes.onset.tolist(), one.notes.pitch.tolist(), strict=True)
            )
            for whole in (old, new)
        )
        bars = [sorted({onset // (4 * QUARTER) for onset, _ in part}) for part in (before - after, after - before)]
        if any(bars):
            found[name] = bars[0], bars[1]
    return found


def test_a_part_that_is_drawn_anew_is_the_one_that_was_named(model: Generator) -> None:
    """Also where an earlier part of its role is kept."""
    for name, own in (("harmony", "Alto"), ("harmony 2", "Tenor"), ("bass", "Bass")):
        filled = model.generate(Request(num=1, primer=CHOIR, infill=(3, 4), draw=(name,), seed=1))[0]
        (track_name, (gone, new)), *others = changed(filled).items()
        assert (track_name, gone, others) == (own, [2, 3], [])
        assert set(new) <= {2, 3}
        longer = model.generate(Request(num=1, primer=CHOIR, bars=2, draw=(name,), seed=1))[0]
        (track_name, (gone, new)), *others = changed(longer).items()
        assert (track_name, gone, others) == (own, [], [])
        assert set(new) <= {8, 9}


def test_other_parts_are_drawn_beside_a_file(model: Generator) -> None:
    soprano = Piece(QUARTER, CHOIR.tracks[:1], end=CHOIR.end)
    (made,) = model.generate(Request(num=1, given=soprano, seed=1))
    assert "Soprano" not in changed(made, soprano)
    assert {one.name for one in made.tracks} == {"Soprano", "harmony", "harmony 2", "bass"}
    (alone,) = model.generate(Request(num=1, given=soprano, draw=("bass",), seed=1))
    assert [one.name for one in alone.tracks] == ["Soprano", "bass"]


def test_the_roles_that_the_caller_names(model: Generator) -> None:
    altos = Piece(QUARTER, CHOIR.tracks[1:2], end=CHOIR.end)
    (made,) = model.generate(Request(num=1, given=altos, roles=(("Alto", "harmony"),), draw=("melody",), seed=1))
    assert [one.name for one in made.tracks] == ["Alto", "melody"]
    with pytest.raises(SettingError, match=r"a part is either given or drawn\. Received: melody as both"):
        model.generate(Request(num=1, given=altos, draw=("melody",), seed=1))


def test_new_notes_are_as_loud_as_those_of_their_part(model: Generator) -> None:
    """The model of the test has no velocities."""
    quiet = [replace(one, notes=replace(one.notes, velocity=one.notes.velocity * 0 + 31)) for one in CHOIR.tracks]
    (made,) = model.generate(Request(num=1, primer=replace(CHOIR, tracks=tuple(quiet)), bars=2, draw=("bass",), seed=1))
    bass = next(one.notes for one in made.tracks if one.name == "Bass")
    assert abs(float(bass[bass.onset >= CHOIR.end].velocity.mean()) - 31) < 1


def test_a_file_without_a_free_channel_is_refused_before_anything_is_drawn(model: Generator, tmp_path: Path) -> None:
    crowded = tmp_path / "crowded.mid"
    crowded.write_bytes(midi_file([off(0, 60, channel) for channel in range(16)], line(LINES[0])))
    request = Request(num=1, given=str(crowded), draw=("bass",), program=52, seed=1)
    drawn: list[int] = []
    with pytest.raises(MidiError, match="must have a free channel for each new part") as error:
        model.generate(request, lambda: drawn.append(1))
    assert str(error.value).endswith("a part for Choir Aahs")
    assert drawn == []
    assert model.generate(replace(request, program=0))[0].tracks[-1].name == "bass"


def test_new_parts_begin_with_the_file_where_it_begins_with_a_pickup(model: Generator) -> None:
    meters = TimeSignature(0, Meter(1, 4)), TimeSignature(QUARTER, Meter(4, 4))
    upbeat = Piece(QUARTER, CHOIR.tracks[:1], meters=meters, end=CHOIR.end)
    plan = plan_of_pieces(Request(given=upbeat), model.metadata).plan
    assert (plan.start, plan.num_bars) == (36, 9)
    (made,) = model.generate(Request(num=1, given=upbeat, seed=1))
    assert made.end == QUARTER + 8 * 4 * QUARTER


@pytest.mark.parametrize(("asked", "quarters_per_minute"), [(None, 96), (90, 90)])
def test_pieces_to_typed_chords_have_the_tempo_that_others_have(
    asked: float | None, quarters_per_minute: float
) -> None:
    """The corpus of the model has 96 quarter notes a minute."""
    for chords in ("C G", None):
        (made,) = band_generator().generate(Request(num=1, bars=2, chords=chords, tempo=asked, seed=1))
        assert [round(tempo.quarters_per_minute, 2) for tempo in made.tempos] == [quarters_per_minute]


def test_notes_are_no_primer_of_several_parts(model: Generator) -> None:
    with pytest.raises(SettingError, match=r"must be a file; notes are none. Received: C4 E4"):
        plan_of_pieces(Request(primer="C4 E4"), model.metadata)
