from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.events.fields import FIELD, FIELD_OF_KIND, FIELDS
from melodyrnn.events.fit import MAX_STEPS, SeenValues, fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.rows import encode
from melodyrnn.events.vocabulary import Vocabulary, bin_velocity
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import MODES
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOT, usual_part

Make = Callable[..., Score]
Fit = Callable[..., Vocabulary]
VOCABULARY = Vocabulary(
    {"shift": (0, 3, 6, 12), "duration": (3, 6, 12), "pitch": tuple(range(60, 73))},
    ((4, 4), (6, 8)),
    48,
    {"major": 3, "minor": 1},
    {8: 3, 16: 1},
)
VALUES = np.arange(-5, 300)


@pytest.mark.parametrize("name", list(VOCABULARY.values))
class TestOneField:
    def test_index(self, name: str) -> None:
        values = VOCABULARY.values[name]
        found = VOCABULARY.index(name, VALUES)
        assert found.tolist() == [values.index(v) if v in values else -1 for v in VALUES.tolist()]

    def test_index_of_any_shape(self, name: str) -> None:
        assert VOCABULARY.index(name, VALUES.reshape(5, -1)).shape == (5, 61)
        assert VOCABULARY.nearest(name, VALUES.reshape(5, -1)).shape == (5, 61)

    def test_nearest_is_the_lower_of_two_as_near(self, name: str) -> None:
        values = VOCABULARY.values[name]
        expected = [min(range(len(values)), key=lambda i: (abs(values[i] - v), values[i])) for v in VALUES.tolist()]
        assert VOCABULARY.nearest(name, VALUES).tolist() == expected


def test_end_is_one_more_than_the_values_of_the_shift() -> None:
    assert VOCABULARY.end == 4
    assert {f.name: VOCABULARY.size(f) for f in VOCABULARY.fields} == {"shift": 5, "duration": 3, "pitch": 13}


def test_encode() -> None:
    rows = np.array([[0, 3, 60, 90], [12, 12, 72, 90], [5, 100, 59, 90]])
    indices, rounded = VOCABULARY.encode(rows)
    assert indices.tolist() == [[0, 0, 0], [3, 2, 12], [2, 2, 0]]
    assert rounded == 3
    assert VOCABULARY.encode(rows[:2])[1] == 0


def test_decode_is_the_way_back() -> None:
    rows = np.array([[0, 3, 60, 90], [12, 12, 72, 90]])
    assert VOCABULARY.decode(VOCABULARY.encode(rows)[0]).tolist() == rows[:, :3].tolist()


def test_rounding_never_joins_two_onsets() -> None:
    """To `nearest`, a shift of 1 may be nearest to 0, but simultaneous notes differ from successive ones."""
    indices, _ = VOCABULARY.encode(np.array([[0, 3, 60, 90], [1, 3, 62, 90]]))
    assert indices[1, 0] > 0


@given(st.lists(melodies(), min_size=1, max_size=3), st.booleans())
def test_fitted_values_are_exact(tunes: list[Score], with_velocity: bool) -> None:
    rows = np.concatenate([encode(m) for m in tunes])
    vocabulary = fitted(rows, with_velocity)
    indices, rounded = vocabulary.encode(rows)
    assert rounded == 0
    assert list(vocabulary.values) == ["shift", "duration", "pitch", *(["velocity"] if with_velocity else [])]
    for place, (name, known) in enumerate(vocabulary.sorted_values.items()):
        expected = rows[:, FIELD[name].column]
        np.testing.assert_array_equal(
            known[indices[:, place]], bin_velocity(expected) if name == "velocity" else expected
        )
        assert list(known) == sorted(set(known.tolist()))


@given(st.lists(st.integers(6, 122), min_size=1, max_size=20), st.integers(0, 11))
def test_every_pitch_in_every_key_is_exact(pitch: list[int], tonic: int) -> None:
    """Except the outermost pitches of MIDI, which may leave the range when transposed to a tonic of C."""
    from melodyrnn.music.keys import Key, tonic_offset

    column = np.array(pitch) - tonic_offset(Key(tonic, "major"))
    rows = np.stack([np.full(len(pitch), 12), np.full(len(pitch), 12), column, np.full(len(pitch), 80)], axis=1)
    assert fitted(rows, False).encode(rows)[1] == 0


@given(melodies())
def test_json_round_trip(melody: Score) -> None:
    vocabulary = fitted(encode(melody), True)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


@pytest.mark.parametrize(
    "change",
    [
        {"values": None},
        {"values": {"shift": 3}},
        {"values": {"shift": ["x"]}},
        {"values": []},
        {"meters": 4},
        {"meters": [[4]]},
        {"max_bar": None},
        {"max_bar": math.inf},
        {"mode_counts": [1]},
        {"bar_counts": [1, 2]},
        {"bar_counts": {"x": 1}},
    ],
)
def test_from_json_raises_the_documented_errors(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Vocabulary.from_json({**VOCABULARY.to_json(), **change})


@pytest.mark.parametrize("name", ["values", "meters", "max_bar", "mode_counts", "bar_counts"])
def test_from_json_misses_nothing(name: str) -> None:
    data = VOCABULARY.to_json()
    del data[name]
    with pytest.raises(KeyError):
        Vocabulary.from_json(data)


@pytest.mark.parametrize("change", [{"shift": []}, {"shift": None}, {"pitch": [64, 60]}, {"duration": [-1, 3]}])
def test_from_json_refuses_values_that_cannot_be_used(change: dict[str, Any]) -> None:
    """No values, no first field, values out of order, and values that no event can have."""
    data = VOCABULARY.to_json()
    data["values"] = {name: v for name, v in {**data["values"], **change}.items() if v is not None}
    with pytest.raises((KeyError, TypeError, ValueError)):
        Vocabulary.from_json(data)


class TestFit:
    def test_shifts_and_durations_are_those_seen_and_the_usual_ones(self) -> None:
        rows = np.array([[0, 5, 60, 90], [7, 300, 60, 90], [300, 192, 60, 90]])
        values = fit_vocabulary(rows, [(25, 24)], [50], ["major"], [1], False).values  # a bar is always there
        assert values["shift"] == tuple(sorted({0, 7, 50, *FIELD["shift"].always}))
        assert values["duration"] == tuple(sorted({5, MAX_STEPS, 50, *FIELD["duration"].always}))

    def test_pitches_have_a_margin(self) -> None:
        assert fitted(np.array([[0, 12, 60, 90], [12, 12, 70, 90]]), False).values["pitch"] == tuple(range(55, 76))

    def test_meters_modes_and_lengths(self, make_melody: Make, fit: Fit) -> None:
        tunes = [make_melody([60] * 4), make_melody([60] * 3, meter=(3, 4)), make_melody([60] * 8, key="Am")]
        vocabulary = fit(tunes)
        assert vocabulary.meters == ((3, 4), (4, 4))
        assert vocabulary.max_bar == 48
        assert vocabulary.mode_counts == {"major": 2, "minor": 1}
        assert vocabulary.bar_counts == {1: 2, 2: 1}
        assert [vocabulary.meter_index(m) for m in ((3, 4), (4, 4), (6, 8))] == [1, 2, 0]


def test_velocity_bins() -> None:
    assert bin_velocity(np.array([1, 7, 8, 64, 127])).tolist() == [4, 4, 12, 68, 124]


def test_fields_are_in_the_order_of_prediction() -> None:
    """The part is decided right after the shift, though its column is the last of a row."""
    assert [field.name for field in FIELDS] == [
        "shift",
        "part",
        "duration",
        "pitch",
        "drum",
        "chord",
        "velocity",
    ]
    assert sorted({field.column for field in FIELDS}) == list(range(5))
    assert [field.name for field in FIELDS if field.column == FIELD["pitch"].column] == list(FIELD_OF_KIND.values())
    assert [field.name for field in FIELDS if field.can_end] == ["shift"]
    assert [field.name for field in FIELDS if field.is_optional] == ["part", "drum", "chord", "velocity"]


class TestGivenBits:
    def test_modes_are_a_distribution(self) -> None:
        p = {mode: 2 ** -VOCABULARY.mode_bits(mode) for mode in ("major", "minor")}
        assert p == pytest.approx({"major": 4 / 6, "minor": 2 / 6})

    def test_modes_that_are_known_are_a_distribution_and_others_cost_what_their_basis_does(self) -> None:
        counts = {"major": 10, "minor": 5, "dorian": 8, "phrygian": 2}
        known = replace(VOCABULARY, mode_counts=counts, modes=("major", "minor", "dorian"))
        p = {mode: 2 ** -known.mode_bits(mode) for mode in MODES}
        assert [p[mode] for mode in known.modes] == pytest.approx([11 / 28, 8 / 28, 9 / 28])
        assert (p["phrygian"], p["mixolydian"], p["lydian"]) == (p["minor"], p["major"], p["major"])

    def test_lengths_sum_to_at_most_1(self) -> None:
        p = sum(2 ** -VOCABULARY.length_bits(n) for n in range(1, 20_000))
        assert 0.9999 < p <= 1 + 1e-9

    def test_known_lengths(self) -> None:
        assert VOCABULARY.length_bits(8) == pytest.approx(-math.log2(0.9 * 3 / 4 + 0.1 / 72))
        assert VOCABULARY.length_bits(9) == pytest.approx(-math.log2(0.1 / 90))

    def test_an_unfitted_vocabulary_still_has_bits(self) -> None:
        bare = Vocabulary(VOCABULARY.values, (), 48, {}, {})
        assert bare.mode_bits("minor") == 1
        assert sum(2 ** -bare.length_bits(n) for n in range(1, 1000)) <= 1


class TestModes:
    def fit(self, modes: dict[str, int]) -> Vocabulary:
        return fit_vocabulary(np.array([[0, 12, 60, 90]]), [(4, 4)], [48], modes, [4], False)

    def test_modes_of_eight_pieces_are_known(self) -> None:
        counts = {"major": 1, "mixolydian": 8, "dorian": 9, "lydian": 7}
        vocabulary = self.fit(counts)
        assert vocabulary.modes == ("major", "minor", "dorian", "mixolydian")
        assert vocabulary.mode_counts == counts
        assert [vocabulary.mode_index(mode) for mode in MODES] == [1, 2, 3, 4, 1, 2]

    def test_without_other_modes_all_is_as_it_was(self) -> None:
        vocabulary = self.fit({"major": 20, "minor": 3})
        assert vocabulary.modes == ("major", "minor")
        assert "modes" not in vocabulary.to_json()
        assert "num_modes" not in Inputs.of(vocabulary).to_json()
        assert Inputs.of(vocabulary).tables["mode"] == (3, 4)

    def test_each_known_mode_has_a_row(self) -> None:
        vocabulary = self.fit({"dorian": 8, "lydian": 8, "phrygian": 8, "mixolydian": 8})
        inputs = Inputs.of(vocabulary)
        assert inputs.tables["mode"] == (7, 4)
        assert Inputs.from_json(inputs.to_json()) == inputs
        assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary

    @pytest.mark.parametrize(
        ("modes", "message"),
        [
            (["major"], "modes must begin with major, minor. Received: ['major']"),
            (["minor", "major"], "modes must begin with major, minor. Received: ['minor', 'major']"),
            (
                ["major", "minor", "locrian"],
                "a vocabulary must name what is known (major, minor, dorian, mixolydian, lydian, phrygian). "
                "Received: 'locrian'",
            ),
        ],
    )
    def test_other_modes_are_refused(self, modes: list[str], message: str) -> None:
        with pytest.raises(ValueError) as error:  # noqa: PT011 -- the message is compared below
            Vocabulary.from_json({**VOCABULARY.to_json(), "modes": modes})
        assert str(error.value) == message


def fitted(rows: np.ndarray, with_velocity: bool) -> Vocabulary:
    return fit_vocabulary(rows, [(4, 4)], [48], ["major"], [4], with_velocity)


@given(st.lists(melodies(), min_size=1, max_size=4), st.booleans())
def test_fitting_in_blocks_equals_fitting_at_once(pieces: list[Score], with_velocity: bool) -> None:
    seen = SeenValues()
    for melody in pieces:
        seen.add(encode(melody).astype(np.int16))
    rest = [m.meter for m in pieces], [m.bar for m in pieces]
    modes, bars = [m.key.mode for m in pieces], [m.num_bars for m in pieces]
    rows = np.concatenate([encode(m) for m in pieces])
    assert fit_vocabulary(seen, *rest, modes, bars, with_velocity) == fit_vocabulary(
        rows, *rest, modes, bars, with_velocity
    )


def test_a_vocabulary_names_the_parts_of_its_slots() -> None:
    rows = np.array([[0, 12, 60, 80, SLOT["melody"]], [0, 12, 40, 80, SLOT["bass"]], [12, 12, 36, 80, SLOT["drums"]]])
    bass = Part("Double bass", "melodic", 43, "bass")
    known = fit_vocabulary(rows, [Meter(4, 4)], [48], ["major"], [1], False, parts={SLOT["bass"]: bass})
    assert known.values["part"] == (SLOT["melody"], SLOT["bass"], SLOT["drums"])
    assert known.parts == (usual_part(SLOT["melody"]), bass, usual_part(SLOT["drums"]))
    assert Vocabulary.from_json(json.loads(json.dumps(known.to_json()))) == known
    wrong = (
        ([["x", "melodic", 0, "solo"]] * 3, "a part must have"),
        ([["x", "melodic", 128, "melody"]] * 3, "a part must have"),
    )
    for parts, message in ([], "parts must be one for each slot"), *wrong:
        with pytest.raises(ValueError, match=message):
            Vocabulary.from_json({**known.to_json(), "parts": parts})
