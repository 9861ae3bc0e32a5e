"""The contexts of scores, compared with a second definition that is slow and simple.

`reference` is written from the docstring of events/context.py alone, with lists and loops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.conditions.bar_repeats import form_of
from melodyrnn.conditions.outline import Outline
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.past import Past
from melodyrnn.events.rows import encode
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score, concat

BACK = {"bar1": 1, "bar2": 2, "bar4": 4, "bar8": 8, "bar16": 16}
NAMES = [*BACK, "content"]
Note = dict[str, int]
Make = Callable[..., Score]
Fit = Callable[..., Vocabulary]


def reference(melody: Score, vocabulary: Vocabulary) -> list[dict[str, int]]:
    """A row for each note and one for END; columns with 0 are left out."""
    indices, _ = vocabulary.encode(encode(melody))
    notes = [
        {name: vocabulary.values[name][i] for name, i in zip(vocabulary.values, row, strict=True)}
        for row in indices.tolist()
    ]
    onset = 0
    for note in notes:
        onset += note["shift"]
        note["onset"] = onset
    rows = []
    for n in range(len(notes) + 1):
        row = {**known_before(melody, vocabulary, notes[:n])}
        if n < len(notes):
            row |= known_at(melody, vocabulary, notes[:n], notes[n]["onset"])
        rows.append(row)
    return rows


def known_before(melody: Score, vocabulary: Vocabulary, past: list[Note]) -> dict[str, int]:
    bar = melody.bar
    row = {"meter": 0, "mode": {"major": 1, "minor": 2}[melody.key.basis.mode]}
    if melody.meter in vocabulary.meters:
        row["meter"] = list(vocabulary.meters).index(melody.meter) + 1
    row["bars_left"] = min(62, melody.num_bars - 1) + 1
    if not past:
        return row
    last = past[-1]
    for name, values in vocabulary.values.items():
        row[f"previous_{name}"] = values.index(last[name]) + 1
    if len(past) > 1:
        row["interval"] = max(-24, min(24, last["pitch"] - past[-2]["pitch"])) + 25
    row["pitch_class"] = last["pitch"] % 12 + 1
    row["lowest"] = index_of(vocabulary, "pitch", min(note["pitch"] for note in past))
    row["highest"] = index_of(vocabulary, "pitch", max(note["pitch"] for note in past))
    row |= place("", melody, vocabulary, last["onset"])
    for name, bars in BACK.items():
        row[f"run_{name}"] = min(15, run_by_bar(past, bars * bar))
        spot = last["onset"] - bars * bar
        later = [note["onset"] for note in past if note["onset"] > spot]
        if spot >= 0:
            row[f"shift_{name}"] = index_of(vocabulary, "shift", min(later) - spot)
    where, run = by_content(past)
    row["run_content"] = min(15, run)
    if run:
        row["shift_content"] = index_of(vocabulary, "shift", past[where]["shift"])
    return row


def known_at(melody: Score, vocabulary: Vocabulary, past: list[Note], onset: int) -> dict[str, int]:
    row = place("onset_", melody, vocabulary, onset)
    for field in list(vocabulary.values)[1:]:
        for name, bars in BACK.items():
            there = note_at(past, onset - bars * melody.bar)
            if there is not None:
                row[f"{field}_{name}"] = index_of(vocabulary, field, there[field])
    where, run = by_content(past)
    if run:
        for field in list(vocabulary.values)[1:]:
            candidate = past[where][field]
            if field == "pitch":
                candidate = past[-1]["pitch"] + past[where]["pitch"] - past[where - 1]["pitch"]
            row[f"{field}_content"] = index_of(vocabulary, field, candidate)
    return row


def place(prefix: str, melody: Score, vocabulary: Vocabulary, onset: int) -> dict[str, int]:
    """With a pick-up, bar 0 comes before the first full bar."""
    first_full = 1 if len(melody) and 2 * melody.onset[0] >= melody.bar else 0
    return {
        f"{prefix}position": min(onset % melody.bar, vocabulary.max_bar - 1) + 1,
        f"{prefix}bar": (onset // melody.bar - first_full) % 32 + 1,
        f"{prefix}bars_left": max(0, min(62, melody.num_bars - 1 - onset // melody.bar)) + 1,
    }


def note_at(past: list[Note], spot: int) -> Note | None:
    there = [note for note in past if note["onset"] == spot]
    return there[-1] if there else None


def run_by_bar(past: list[Note], back: int) -> int:
    """The number of last notes in a row that have the pitch of the note this far before them."""
    run = 0
    for n in reversed(range(len(past))):
        there = note_at(past[: n + 1], past[n]["onset"] - back)
        if there is None or there["pitch"] != past[n]["pitch"]:
            break
        run += 1
    return run


def by_content(past: list[Note]) -> tuple[int, int]:
    """The index of the note after the longest earlier match of the last notes, and the length of the match."""
    pairs = [None] + [(b["pitch"] - a["pitch"], b["shift"]) for a, b in pairwise(past)]
    best, longest = -1, 0
    for where in range(2, len(past)):
        run = 0
        while where - 1 - run >= 1 and pairs[where - 1 - run] == pairs[len(past) - 1 - run]:
            run += 1
        if run and run >= longest:
            best, longest = where, run
    return best, longest


def index_of(vocabulary: Vocabulary, name: str, value: int) -> int:
    values = vocabulary.values[name]
    return values.index(value) + 1 if value in values else 0


@given(melodies(max_notes=60))
def test_the_form_is_known_where_requested(fit: Fit, melody: Score) -> None:
    vocabulary = fit([melody])
    inputs = Inputs.of(vocabulary)
    (told,), _ = context_of([melody], vocabulary, with_conditions=True)
    (untold,), _ = context_of([melody], vocabulary)
    labels = [*form_of([melody])[0].tolist(), 0]  # unknown after the last bar
    bars = (melody.onset // melody.bar).tolist()
    assert told[:-1, inputs.place("onset_form")].tolist() == [labels[bar] for bar in bars]
    assert told[1:, inputs.place("form")].tolist() == [labels[bar] for bar in bars]
    assert told[1:, inputs.place("next_form")].tolist() == [labels[bar + 1] for bar in bars]
    assert not untold[:, inputs.condition_columns("form")].any()
    np.testing.assert_array_equal(
        told[:, ~inputs.condition_columns("form")], untold[:, ~inputs.condition_columns("form")]
    )


def assert_equals_reference(melody: Score, vocabulary: Vocabulary, context: np.ndarray) -> None:
    columns = Inputs.of(vocabulary).columns
    rows = reference(melody, vocabulary)
    assert len(rows) == len(context) == len(melody) + 1
    assert set().union(*rows) <= set(columns)
    expected = np.array([[row.get(column, 0) for column in columns] for row in rows])
    for n, column in np.argwhere(expected != context)[:3]:
        pytest.fail(f"note {n}, {columns[column]}: expected {expected[n, column]}, found {context[n, column]}")


class TestAgainstTheReference:
    @given(melodies(max_notes=60), st.booleans(), st.booleans())
    @settings(max_examples=120)
    def test_made_up_melodies(self, fit: Fit, melody: Score, with_velocity: bool, foreign: bool) -> None:
        """Also with the vocabulary of another melody, so that values are rounded and look-backs fall outside."""
        other = replace(melody, pitch=melody.pitch + 2, duration=np.full(len(melody), 7)) if foreign else melody
        vocabulary = fit([other], with_velocity)
        (context,), (target,) = context_of([melody], vocabulary)
        assert context.dtype == np.uint8
        assert_equals_reference(melody, vocabulary, context)
        indices, _ = vocabulary.encode(encode(melody))
        np.testing.assert_array_equal(target[:-1], indices)
        assert target[-1].tolist() == [vocabulary.end] + [0] * (len(vocabulary.values) - 1)

    @given(melodies(max_notes=30), melodies(max_notes=30))
    def test_vocabulary_of_another_melody(self, fit: Fit, melody: Score, other: Score) -> None:
        vocabulary = fit([other])
        (context,), _ = context_of([melody], vocabulary)
        assert_equals_reference(melody, vocabulary, context)

    def test_real_tunes(self, real_tunes: list[Score], fit: Fit) -> None:
        assert len(real_tunes) == 20
        vocabulary = fit(real_tunes)
        contexts, _ = context_of(real_tunes, vocabulary)
        for melody, context in zip(real_tunes, contexts, strict=True):
            assert_equals_reference(melody, vocabulary, context)
        inputs = Inputs.of(vocabulary)
        seen = np.concatenate(context_of(real_tunes, vocabulary, with_conditions=True)[0]).max(axis=0)
        assert {c for c, most in zip(inputs.columns, seen, strict=True) if most == 0} == set()

    def test_more_than_one_batch(self, fit: Fit, make_melody: Make) -> None:
        """Melodies of many lengths, more than one batch, are returned in their order."""
        rng = np.random.default_rng(3)
        tunes = [make_melody(rng.integers(60, 66, n % 17 + 1).tolist(), 12) for n in range(300)]
        vocabulary = fit(tunes)
        contexts, targets = context_of(tunes, vocabulary)
        for n in (*range(0, 300, 23), 299):
            assert_equals_reference(tunes[n], vocabulary, contexts[n])
            assert len(targets[n]) == len(tunes[n]) + 1


class TestOneDefinition:
    @given(st.lists(melodies(), min_size=1, max_size=6), st.booleans())
    def test_a_batch_equals_single_melodies(self, fit: Fit, tunes: list[Score], with_velocity: bool) -> None:
        vocabulary = fit(tunes, with_velocity)
        contexts, targets = context_of(tunes, vocabulary)
        for melody, context, target in zip(tunes, contexts, targets, strict=True):
            alone_context, alone_target = context_of([melody], vocabulary)
            np.testing.assert_array_equal(context, alone_context[0])
            np.testing.assert_array_equal(target, alone_target[0])

    @given(melodies(), st.integers(0, 30))
    def test_note_by_note_equals_finished_scores(self, fit: Fit, melody: Score, room: int) -> None:
        """As in generation, with room for more notes than there are."""
        vocabulary = fit([melody])
        (context,), (target,) = context_of([melody], vocabulary)
        past = Past(vocabulary, [Outline.of(melody)], len(melody) + room)
        for n, index in enumerate(target[:-1]):
            values = np.array([[known[i] for known, i in zip(vocabulary.sorted_values.values(), index, strict=True)]])
            row = np.concatenate([past.before(), past.at(values[:, 0])], axis=1)
            np.testing.assert_array_equal(row[0], context[n])
            past.append(values)
            assert past.last_onset.tolist() == [encode(melody)[: n + 1, 0].sum()]
        before = past.before()
        np.testing.assert_array_equal(before[0], context[-1, : before.shape[1]])
        assert not context[-1, before.shape[1] :].any()

    @given(melodies())
    def test_before_and_at_do_not_change_the_past(self, fit: Fit, melody: Score) -> None:
        """`before` and `at`, called twice or for another shift, do not change the state."""
        vocabulary = fit([melody])
        (context,), (target,) = context_of([melody], vocabulary)
        past = Past(vocabulary, [Outline.of(melody)], len(melody))
        for n, index in enumerate(target[:-1]):
            values = np.array([[known[i] for known, i in zip(vocabulary.sorted_values.values(), index, strict=True)]])
            past.at(values[:, 0] + 5)
            past.before()
            np.testing.assert_array_equal(past.at(values[:, 0])[0], context[n, past.before().shape[1] :])
            past.append(values)


class TestCausality:
    @given(melodies(min_notes=2), melodies(), st.data())
    def test_later_notes_do_not_change_earlier_columns(
        self, fit: Fit, melody: Score, other: Score, data: st.DataObject
    ) -> None:
        """Two tunes that are equal up to note i have equal columns up to it, except the number of bars left."""
        cut = data.draw(st.integers(1, len(melody)))
        end = int((melody.onset + melody.duration)[cut - 1])
        changed = concat(melody[:cut], other.shifted(end))
        vocabulary = fit([melody, changed], True)
        (one, two), _ = context_of([melody, changed], vocabulary)
        inputs = Inputs.of(vocabulary)
        columns = [inputs.place("bars_left"), inputs.place("onset_bars_left")]
        one, two = np.delete(one, columns, axis=1), np.delete(two, columns, axis=1)
        np.testing.assert_array_equal(one[:cut], two[:cut])
        before = len(inputs.before) - 1
        np.testing.assert_array_equal(one[cut, :before], two[cut, :before])

    def test_a_note_changes_later_columns(self, fit: Fit, make_melody: Make) -> None:
        one, other = make_melody([60, 62, 64, 65]), make_melody([60, 62, 65, 65])
        contexts, _ = context_of([one, other], fit([one, other]))
        assert (contexts[0][:3] == contexts[1][:3]).all()
        assert (contexts[0][3] != contexts[1][3]).any()


class TestByHand:
    """Small cases that can be checked by eye."""

    def column(self, fit: Fit, melody: Score, name: str) -> list[int]:
        vocabulary = fit([melody])
        (context,), _ = context_of([melody], vocabulary)
        return context[:, Inputs.of(vocabulary).place(name)].tolist()

    def test_bars_and_positions_with_a_pickup(self, fit: Fit, make_melody: Make) -> None:
        melody = make_melody([60] * 5, 24, 12, first=24)
        assert self.column(fit, melody, "onset_position") == [25, 1, 25, 1, 25, 0]
        assert self.column(fit, melody, "onset_bar") == [32, 1, 1, 2, 2, 0]
        assert self.column(fit, melody, "bar") == [0, 32, 1, 1, 2, 2]
        assert self.column(fit, melody, "bars_left") == [3, 3, 2, 2, 1, 1]
        assert self.column(fit, melody, "onset_bars_left") == [3, 2, 2, 1, 1, 0]

    def test_range_so_far(self, fit: Fit, make_melody: Make) -> None:
        melody = make_melody([62, 60, 65, 64])
        lowest = fit([melody]).values["pitch"][0]
        for name, pitches in (("lowest", [62, 60, 60, 60]), ("highest", [62, 62, 65, 65])):
            assert self.column(fit, melody, name) == [0, *(p - lowest + 1 for p in pitches)]

    def test_look_back_by_bar(self, fit: Fit, make_melody: Make) -> None:
        melody = make_melody([60, 64, 60, 64, 60, 65, 60], 24)
        vocabulary = fit([melody])
        pitch = [0 if not i else vocabulary.values["pitch"][i - 1] for i in self.column(fit, melody, "pitch_bar1")]
        assert pitch == [0, 0, 60, 64, 60, 64, 60, 0]
        assert self.column(fit, melody, "run_bar1") == [0, 0, 0, 1, 2, 3, 0, 1]

    def test_look_back_by_content_continues_a_sequence(self, fit: Fit, make_melody: Make) -> None:
        """60 62 64 60, then two semitones higher 62 64 66: the candidate is again four semitones down, 62."""
        melody = make_melody([60, 62, 64, 60, 62, 64, 66, 62], [12, 12, 12, 18, 12, 12, 12, 12])
        assert self.column(fit, melody, "run_content") == [0, 0, 0, 1, 0, 0, 1, 2, 3]
        vocabulary = fit([melody])
        pitch = [0 if not i else vocabulary.values["pitch"][i - 1] for i in self.column(fit, melody, "pitch_content")]
        assert pitch == [0, 0, 0, 66, 0, 0, 60, 62, 0]


def test_inputs_know_the_columns_of_look_backs() -> None:
    inputs = Inputs({"shift": 12, "duration": 11, "pitch": 40}, 2, 48)
    columns = {c for c, is_lookback in zip(inputs.columns, inputs.lookback_columns, strict=True) if is_lookback}
    assert columns == {f"{kind}_{name}" for kind in ("run", "shift", "duration", "pitch") for name in NAMES}
    assert inputs.columns[inputs.runs] == tuple(f"run_{name}" for name in NAMES)
    for field in inputs.fields:
        assert inputs.columns[inputs.candidates(field)] == tuple(f"{field}_{name}" for name in NAMES)
    assert len(set(inputs.columns)) == len(inputs.columns)


def test_every_column_fits_a_byte(fit: Fit, make_melody: Make) -> None:
    """A long piece with the longest bar, the largest intervals and the largest number of values."""
    rng = np.random.default_rng(1)
    shift = rng.permutation(np.arange(1, 193).repeat(3))
    melody = make_melody(rng.integers(0, 128, len(shift)).tolist(), shift, meter=(20, 4), velocity=127)
    vocabulary = fit([melody], True)
    (context,), _ = context_of([melody], vocabulary)
    assert_equals_reference(melody, vocabulary, context)
