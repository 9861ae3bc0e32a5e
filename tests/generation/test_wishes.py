"""Wishes are kept exactly, over many pieces with random options; what clashes is refused."""

import io
from dataclasses import replace

import mido
import numpy as np
import pretty_midi
import pytest
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import SettingError
from melodyrnn.generation.constraints.ending import ending_pitches
from melodyrnn.generation.constraints.pitches import opening_pitches, sounding_pitches
from melodyrnn.generation.generator import load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.plan import plan_of
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import midi_bytes
from melodyrnn.score.convert import to_piece


@pytest.fixture(scope="module")
def model():
    return load()


_maybe = lambda strategy: st.one_of(st.none(), strategy)  # noqa: E731
WISHES = st.fixed_dictionaries(
    {
        "bars": st.integers(1, 12),
        "meter": st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 4)]),
        "key": _maybe(st.sampled_from(["C", "F# minor", "Bb", "D dorian", "E phrygian", "A harmonic-minor"])),
        "scale": _maybe(st.sampled_from(["major-pentatonic", "blues", "0,2,4,7,9", "chromatic"])),
        "range": _maybe(st.sampled_from([(60, 72), (67, 84), (62, 90)])),
        "max_interval": _maybe(st.integers(3, 12)),
        "density": _maybe(st.floats(1, 9)),
        "end": _maybe(st.sampled_from(["tonic", "open", "any"])),
        "temperature": st.sampled_from([0.0, 0.9, 1.0, 4.0]),
        "seed": st.integers(0, 1000),
    }
)


@pytest.mark.slow
@given(WISHES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_wish_is_met(model, wishes, has_layout):
    """60 draws of options, 2 pieces each, with layouts and without."""
    plan = plan_of(Request(num=2, **wishes), model.metadata)
    plan = plan if has_layout else replace(plan, layout=None)
    try:
        melodies = generate_melodies(model.network, model.vocabulary, plan)
    except SettingError as error:
        assert "Received" in str(error)
        return
    for melody in melodies:
        assert len(melody) > 0
        first = int(has_layout and melody.onset[0] > 0)  # the number of the first full bar
        end = (first + wishes["bars"]) * plan.bar
        assert (melody.onset + melody.duration)[-1] <= end
        assert has_layout or (melody.onset + melody.duration)[-1] > end - plan.bar
        assert (melody.onset[1:] >= (melody.onset + melody.duration)[:-1]).all()
        _check_pitches(melody, plan.wishes)
        _check_readers(to_piece(melody, first + wishes["bars"]))
        if wishes["density"]:
            _check_density(melody, wishes["density"], wishes["bars"], first if has_layout else None)


def _check_density(melody, density, bars, first):
    """The full bars, of a layout from `first` on, have so many notes on average; without one, up to each bar line."""
    if first is not None:
        assert abs((melody.onset >= first * melody.bar).sum() - density * bars) <= 0.5
        return
    expected = [int(np.ceil(density * (bar + 1) - 1e-9)) for bar in range(bars)]
    assert [int((melody.onset < (bar + 1) * melody.bar).sum()) for bar in range(bars)] == expected


def _check_readers(piece):
    """mido, pretty_midi and symusic read the same notes, and the file ends on the bar line."""
    data, notes = midi_bytes(piece), piece.tracks[0].notes
    expected = list(zip(notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), strict=True))
    midi = mido.MidiFile(file=io.BytesIO(data))
    assert all(sum(message.time for message in track) == piece.end for track in midi.tracks)
    tick, found, sounding = 0, [], {}
    for message in midi.tracks[1]:
        tick += message.time
        if message.type == "note_on" and message.velocity:
            assert message.note not in sounding
            sounding[message.note] = tick
        elif message.type in ("note_on", "note_off"):
            found.append((sounding.pop(message.note), tick, message.note))
    assert not sounding
    assert sorted(found) == expected
    read = symusic.Score.from_midi(data).tracks[0].notes
    assert sorted((n.time, n.time + n.duration, n.pitch) for n in read) == expected
    pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
    ticks = [(pretty.time_to_tick(n.start), pretty.time_to_tick(n.end), n.pitch) for n in pretty.instruments[0].notes]
    assert sorted(ticks) == expected


def _check_pitches(melody, wishes):
    assert sounding_pitches(wishes)[melody.pitch].all()
    assert opening_pitches(wishes)[melody.pitch[0]]
    assert ending_pitches(wishes)[melody.pitch[-1]]
    if wishes.max_interval:
        assert (np.abs(np.diff(melody.pitch)) <= wishes.max_interval).all()


def test_a_mask_keeps_the_networks_proportions(model):
    """A scale of two notes leaves their ratio as the network had it, at the first note of a piece."""
    plan = plan_of(Request(num=1, seed=1, key="C", scale="0,7"), model.metadata)
    p = np.array([[0.1, 0.2, 0.3, 0.4]])
    shaped = plan.sampling.shape("pitch", p, np.array([[True, False, True, False]]))
    ratio = (0.1 / 0.3) ** (1 / plan.sampling.temperature)
    assert shaped[0, 0] / shaped[0, 2] == pytest.approx(ratio)


def test_the_guard_limits_repetitions_of_a_note(model):
    stuck = {"bars": 40, "temperature": 0.0, "seed": 1, "num": 1}
    for wishes in (stuck, {**stuck, "primer": "C4 C4 C4 C4 | C4 C4 C4 C4 | C4 C4 C4 C4"}):
        notes = model.generate(Request(**wishes))[0].tracks[0].notes
        runs = np.diff(np.flatnonzero(np.r_[True, np.diff(notes.pitch) != 0, True]))
        assert runs.max() <= 16
