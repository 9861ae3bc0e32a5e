"""Chords found in notes: what is played is found, in any meter and key, and the search finds the best of all ways."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from ensemble import TUNE
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.arrays import Float64s
from melodyrnn.extract.chord_model import MELODY_MODEL, MODEL, NUM_KEYS, ChordModel, Tables, tables_of
from melodyrnn.extract.chords import Slots, change_chances, find_chords, most_likely, slot_steps
from melodyrnn.music.chords import ChordSymbol, transpose_codes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import COMMON_TIME, Meter
from melodyrnn.score.chords import CHORDS
from melodyrnn.score.progression import progression_of, score_of_progression
from melodyrnn.score.score import Part, Score

C_MAJOR = Key(0, "major")
PIANO = (Part("piano", role="harmony"),)


def played(text: str, meter: Meter, low: int = 48) -> Score:
    """The tones of a typed progression as block chords, each with its bass note an octave below, on every chord."""
    chords = score_of_progression(text, meter, C_MAJOR)
    rows = []
    for onset, duration, code in zip(chords.onset, chords.duration, chords.pitch, strict=True):
        symbol = ChordSymbol.from_code(int(code))
        if symbol.pitch_classes:
            rows.append((onset, duration, low - 12 + symbol.bass))
            rows += [(onset, duration, low + tone) for tone in symbol.pitch_classes]
    onset, duration, pitch = np.array(rows).T
    none = np.zeros(len(rows), dtype=np.int64)
    return Score(onset, duration, pitch, none + 90, none, meter, C_MAJOR, 400_000, "song", PIANO)


def found(text: str, meter: Meter = COMMON_TIME) -> str:
    return progression_of(find_chords(played(text, meter)))


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("C | F | G | C", "4/4"),
        ("Am F | C G | Am F | C G", "4/4"),
        ("C:3 G7:1 | C | Dm G7 | C", "4/4"),
        ("C | G | C:2 G:1 | C", "3/4"),
        ("Dm | Gm A7 | Dm | A7 | Dm", "6/8"),
        ("Em | Am | B7 | Em", "2/2"),
        ("C | G | F | C", "7/8"),
        ("C | G/B | Am | F | C", "4/4"),
        ("Cmaj7 | Dm7 | G7 | Cmaj7", "4/4"),
        ("C | Dm7b5 | G7 | C", "5/4"),
    ],
)
def test_what_is_played_is_found(text: str, meter: str) -> None:
    assert found(text, Meter.parse(meter)) == progression_of(score_of_progression(text, Meter.parse(meter), C_MAJOR))


@given(st.integers(0, 11))
@settings(max_examples=12)
def test_transposed_notes_have_transposed_chords(semitones: int) -> None:
    score = played("C | F G7 | Am | Dm7 G7 | C", Meter(4, 4), low=40)
    moved = Score(
        score.onset, score.duration, score.pitch + semitones, score.velocity, score.part, score.meter, C_MAJOR
    )
    assert (
        find_chords(moved, MODEL).pitch.tolist() == transpose_codes(find_chords(score, MODEL).pitch, semitones).tolist()
    )


def test_the_part_of_chords_lasts_from_the_first_note_to_the_last_bar_line() -> None:
    score = played("C | F", Meter(4, 4)).shifted(24)
    chords = find_chords(score)
    assert chords.parts == (CHORDS,)
    assert (chords.onset.tolist(), chords.duration.tolist()) == ([24, 72], [48, 72])
    assert (chords.meter, chords.key, chords.microseconds_per_quarter, chords.name) == (
        Meter(4, 4),
        C_MAJOR,
        400_000,
        "song",
    )


def test_a_long_silence_has_no_chord() -> None:
    assert found("C | N.C. | % | % | C") == "C | N.C. | % | % | C"
    assert found("C | N.C. | C") == "C | % | %"


def test_without_notes_there_are_no_chords() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(find_chords(Score.line(none, none, none, none, Meter(4, 4), C_MAJOR))) == 0
    drums = Score(
        [0, 12], [3, 3], [36, 38], [90, 90], [0, 0], Meter(4, 4), C_MAJOR, parts=(Part("kit", "drums", 0, "drums"),)
    )
    assert len(find_chords(drums)) == 0


def test_drums_change_nothing() -> None:
    score = played("C | F | G | C", Meter(4, 4))
    parts = (*PIANO, Part("kit", "drums", 0, "drums"))
    with_kit = Score(
        np.append(score.onset, [0, 12, 24]),
        np.append(score.duration, [3, 3, 3]),
        np.append(score.pitch, [37, 42, 38]),
        np.append(score.velocity, [90, 90, 90]),
        np.append(score.part, [1, 1, 1]),
        score.meter,
        score.key,
        400_000,
        "song",
        parts,
    )
    assert find_chords(with_kit) == find_chords(score)


def test_a_melody_alone_has_the_chords_of_its_own_model() -> None:
    onset = np.arange(len(TUNE)) * 12
    line = Score.line(onset, onset * 0 + 12, TUNE, onset * 0 + 90, Meter(4, 4), C_MAJOR)
    assert find_chords(line) == find_chords(line, MELODY_MODEL)
    assert set(find_chords(line).pitch % 12) <= {0, 5, 7, 9}  # roots of C major


@pytest.mark.parametrize(
    ("meter", "steps"),
    [
        ("4/4", 12),
        ("3/4", 12),
        ("2/2", 12),
        ("3/2", 12),
        ("6/8", 18),
        ("12/8", 18),
        ("3/8", 18),
        ("7/8", 6),
        ("5/16", 15),
        ("1/1", 12),
        ("9/16", 9),
    ],
)
def test_slots_divide_the_bar(meter: str, steps: int) -> None:
    assert slot_steps(Meter.parse(meter)) == steps
    assert Meter.parse(meter).bar(12) % steps == 0


def test_chords_change_likelier_at_strong_places() -> None:
    four = change_chances(6, 4, MODEL)
    assert four.tolist() == [
        MODEL.change_at_bar,
        MODEL.change_at_beat,
        MODEL.change_in_middle,
        MODEL.change_at_beat,
        MODEL.change_at_bar,
        MODEL.change_at_beat,
    ]
    assert change_chances(3, 3, MODEL).tolist() == [MODEL.change_at_bar, MODEL.change_at_beat, MODEL.change_at_beat]
    assert MODEL.change_at_bar > MODEL.change_in_middle > MODEL.change_at_beat


def _best_by_trying(likelihood: Float64s, prior: Float64s, chances: Float64s, key_change: float) -> float:
    """The log probability of the best sequence of states, all of them tried."""
    num_slots, num_keys, num_chords = likelihood.shape
    best = -np.inf
    for way in product(product(range(num_keys), range(num_chords)), repeat=num_slots):
        best = max(best, _log_probability(way, likelihood, prior, chances, key_change))
    return best


def _log_probability(
    way: tuple[tuple[int, int], ...], likelihood: Float64s, prior: Float64s, chances: Float64s, key_change: float
) -> float:
    total = float(np.log(chances[0]) + prior[way[0]] + likelihood[0][way[0]])
    for n in range(1, len(way)):
        new = np.log(chances[n]) + prior[way[n]] + (np.log(key_change) if way[n][0] != way[n - 1][0] else 0)
        same = np.log(1 - chances[n]) if way[n] == way[n - 1] else -np.inf
        total += float(max(new, same) + likelihood[n][way[n]])
    return total


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_search_finds_the_best_way_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    num_chords = 2
    prior = np.full((NUM_KEYS, num_chords), -60.0)  # all keys but two are out of the question
    prior[:2] = np.log(random.dirichlet(np.ones(num_chords), 2))
    weights = np.full((12, NUM_KEYS * num_chords), -60.0)
    weights[:, : 2 * num_chords] = np.log(random.dirichlet(np.ones(12) / 2, 2 * num_chords)).T
    weights = np.maximum(weights, -30)
    tables = Tables(weights.astype(np.float32), np.zeros((12, num_chords), np.float32), prior.astype(np.float32))
    sounding = random.random((5, 12)) * 3
    slots = Slots(sounding, np.full(5, 100))
    chances = np.array([0.5, 0.1, 0.3, 0.1, 0.5])
    total = sounding.sum(axis=1, keepdims=True)
    tones = MODEL.concentration * (1 - np.exp(-total / MODEL.fullness)) * sounding / total
    likelihood = (tones @ weights).reshape(5, NUM_KEYS, num_chords)[:, :2]
    best = _best_by_trying(likelihood, prior[:2], chances, MODEL.key_change)
    chords = most_likely(slots, chances, MODEL, tables).tolist()
    ways = (tuple(zip(keys, chords, strict=True)) for keys in product(range(2), repeat=5))
    reached = max(_log_probability(way, likelihood, prior[:2], chances, MODEL.key_change) for way in ways)
    assert reached == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize("model", [MODEL, MELODY_MODEL])
def test_tables_hold_probabilities(model: ChordModel) -> None:
    tables = tables_of(model)
    for table, axis in ((tables.tones, 0), (tables.lowest, 0), (tables.chords, 1)):
        assert np.exp(table.astype(np.float64)).sum(axis=axis) == pytest.approx(1, abs=1e-5)
