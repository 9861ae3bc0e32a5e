"""The contexts of scores of several parts, compared with a second definition that is slow and simple.

`reference` is written from the docstrings of events/parts/inputs.py and of the look-backs alone, with lists and loops.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import bands

from melodyrnn.events.context import context_of
from melodyrnn.events.fields import FIELD_OF_KIND
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.parts.ahead import Events, add_given
from melodyrnn.events.rows import encode
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score

BARS = {"slot1": 1, "slot2": 2, "slot4": 4, "slot8": 8, "slot16": 16}
Row = dict[str, int]


class Event(NamedTuple):
    onset: int
    part: int
    value: int
    shift: int
    duration: int  # 0: until the next note of the part
    end: float
    kind: str
    index: int


def fit(score: Score, with_velocity: bool = False) -> Vocabulary:
    rows = encode(score, with_parts=True)
    parts = dict(zip(sorted(set(rows[:, 4].tolist())), used_parts(score), strict=True))
    return fit_vocabulary(
        rows, [score.meter], [score.bar], [score.key.mode], [score.num_bars], with_velocity, parts=parts
    )


def used_parts(score: Score) -> list:
    from melodyrnn.score.slots import slots_of

    own = sorted(zip(slots_of(score.parts), range(len(score.parts)), strict=True))
    return [score.parts[n] for _, n in own if (score.part == n).any()]


def events_of(score: Score, vocabulary: Vocabulary) -> list[Event]:
    indices, _ = vocabulary.encode_score(score)
    onset, found = 0, []
    for row in indices.tolist():
        values = {name: vocabulary.values[name][i] for name, i in zip(vocabulary.values, row, strict=True)}
        onset += values["shift"]
        kind = vocabulary.kinds[row[1]]
        field = FIELD_OF_KIND[kind]
        index = row[list(vocabulary.values).index(field)]
        found.append(Event(onset, row[1], values[field], values["shift"], values["duration"], 0, kind, index))
    out = []
    for event in found:
        later = [e.onset for e in found if e.part == event.part and e.onset > event.onset]
        end = event.onset + event.duration if event.duration else min(later, default=float("inf"))
        out.append(event._replace(end=end))
    return out


def sounds(past: list[Event], onset: int) -> list[Event]:
    """The events that sound at an onset, as far as is known: a note until the next lasts until that has come."""
    found = []
    for n, event in enumerate(past):
        later = any(e.part == event.part and e.onset > event.onset for e in past[n + 1 :])
        end = event.onset + event.duration if event.duration else (event.end if later else float("inf"))
        if end > onset:
            found.append(event)
    return found


def after_position(past: list[Event], spot: int, order: tuple[int, int]) -> Event | None:
    return next((e for e in past if (e.onset, (e.part, e.value)) > (spot, order)), None)


def longest_match(items: list[tuple[int, ...]]) -> tuple[int, int] | None:
    """The length of the longest earlier run that equals the run at the end, and the place after the latest such."""
    best = None
    for stop in range(1, len(items)):
        length = 0
        while length < stop and items[stop - 1 - length] == items[len(items) - 1 - length]:
            length += 1
        if length and (best is None or length >= best[0]):
            best = length, stop
    return best


def reference(score: Score, vocabulary: Vocabulary, n: int) -> Row:
    """The columns of the look-backs and of what sounds for event n; columns with 0 are left out."""
    events = events_of(score, vocabulary)
    past, now = events[:n], events[n]
    row: Row = {}
    last = past[-1] if past else None
    for pitch_class in range(12):
        is_on = last is not None and any(
            e.kind == "melodic" and e.value % 12 == pitch_class for e in sounds(past, last.onset)
        )
        row[f"sounded_{pitch_class}"] = 1 + is_on
    row |= state(past, len(vocabulary.kinds))
    row |= sounding(past, now.onset, len(vocabulary.kinds))
    row |= own_line(past, now)
    if last is None:
        return row
    order = (last.part, last.value)
    placed = order if now.onset == last.onset else (-1, 0)
    shifts = vocabulary.values["shift"]
    for name, bars in BARS.items():
        spot = last.onset - bars * score.bar
        found = after_position(past, spot, order)
        if spot >= 0 and found is not None and found.onset - spot in shifts:
            row[f"shift_{name}"] = shifts.index(found.onset - spot) + 1
        spot = now.onset - bars * score.bar
        found = after_position(past, spot, placed)
        if found is not None and found.onset == spot:
            row[f"part_{name}"] = found.part + 1
        if (own := first_of_part(past, spot, placed, now.part)) is not None:
            row[f"duration_{name}"] = vocabulary.values["duration"].index(own.duration) + 1
            row[f"{FIELD_OF_KIND[now.kind]}_{name}"] = own.index + 1
    stream = [(b.value - a.value, b.shift, b.part) for a, b in pairwise(past)]
    if (match := longest_match(stream)) is not None:
        row["run_passage"] = min(15, match[0])
        source = past[match[1] + 1]
        row["shift_passage"] = shifts.index(source.shift) + 1
        if source.shift == now.shift:
            row["part_passage"] = source.part + 1
    return row | own_passage(past, now, vocabulary)


def state(past: list[Event], num_parts: int) -> Row:
    """What is known of each part after the last event."""
    if not past:
        return {}
    onset = past[-1].onset
    on, times = sounds(past, onset), sorted({e.onset for e in past})[::-1]
    row = {"onset_gap": 1, "onset_gap_before": 1}
    for name, (later, earlier) in zip(row, pairwise(times), strict=False):
        row[name] = min(48, later - earlier) + 1
    lowest = min((e.value for e in on if e.kind == "melodic"), default=0)
    for part in range(num_parts):
        line, own = [e for e in past if e.part == part], [e for e in on if e.part == part]
        row[f"before_{part}"] = 1 + (len(times) > 1 and any(e.onset == times[1] for e in line))
        if line:
            row[f"since_{part}"] = min(48, onset - line[-1].onset) + 1
        if line[1:]:
            row[f"length_{part}"] = min(48, line[-1].onset - line[-2].onset) + 1
            row[f"step_{part}"] = min(12, max(-12, line[-1].value - line[-2].value)) + 13
        if own:
            top = max(own, key=lambda e: e.value)
            row[f"state_{part}"] = top.index + 1
            if top.kind == "melodic":
                row[f"over_{part}"] = (top.value - lowest) % 12 + 1
    return row


def first_of_part(past: list[Event], spot: int, placed: tuple[int, int], part: int) -> Event | None:
    own = (e for e in past if e.onset == spot and e.part == part and (e.part, e.value) > placed)
    return next(own, None)


def own_passage(past: list[Event], now: Event, vocabulary: Vocabulary) -> Row:
    line = [e for e in past if e.part == now.part]
    pairs = [(b.value - a.value, b.onset - a.onset) for a, b in pairwise(line)]
    if (match := longest_match(pairs)) is None:
        return {}
    source, before = line[match[1] + 1], line[match[1]]
    found = {"duration_passage": vocabulary.values["duration"].index(source.duration) + 1}
    field = FIELD_OF_KIND[now.kind]
    value = line[-1].value + source.value - before.value if now.kind == "melodic" else source.value
    if value in vocabulary.values[field]:
        found[f"{field}_passage"] = vocabulary.values[field].index(value) + 1
    return found


def sounding(past: list[Event], onset: int, num_parts: int) -> Row:
    on = sounds(past, onset)
    row: Row = {}
    for pitch_class in range(12):
        own = [e for e in on if e.kind == "melodic" and e.value % 12 == pitch_class]
        row[f"class_{pitch_class}"] = 1 + any(e.onset < onset for e in own) + 2 * any(e.onset == onset for e in own)
    for part in range(num_parts):
        own = [e for e in on if e.part == part]
        if own:
            top = max(own, key=lambda e: (e.value, -past.index(e)))
            row[f"sounding_{part}"] = top.index + 1
        row[f"placed_{part}"] = 1 + any(e.onset == onset for e in past if e.part == part)
    melodic = [e for e in on if e.kind == "melodic"]
    if melodic:
        row["lowest_sounding"] = min(melodic, key=lambda e: e.value).index + 1
        row["highest_sounding"] = max(melodic, key=lambda e: e.value).index + 1
    return row


def own_line(past: list[Event], now: Event) -> Row:
    line = [e for e in past if e.part == now.part]
    row: Row = {"own_placed": min(7, sum(e.onset == now.onset for e in line)) + 1}
    if line:
        row["own_gap"] = min(48, now.onset - line[-1].onset) + 1
        for name, event in zip(("own_last", "own_before"), line[:-3:-1], strict=False):
            if now.kind == "melodic":
                row[name] = event.index + 1
    return row


@settings(max_examples=60, deadline=None)
@given(bands(), st.data())
def test_contexts_are_those_of_the_second_definition(score: Score, data: st.DataObject) -> None:
    vocabulary = fit(score)
    inputs = Inputs.of(vocabulary)
    context = context_of([score], vocabulary)[0][0]
    assert not context[:, inputs.plays_columns].any()
    told = context_of([score], vocabulary, with_conditions=True)[0][0]
    playing = {e.part for e in events_of(score, vocabulary)}
    assert told[-1, inputs.plays_columns].tolist() == [1 + (n in playing) for n in range(len(vocabulary.kinds))]
    n = data.draw(st.integers(0, len(score) - 1))
    prefixes = ("shift_", "part_", "duration_", "pitch_", "drum_", "chord_", "sounded_", "class_", "sounding_", "own_")
    prefixes += ("state_", "since_", "before_", "over_", "placed_", "onset_gap", "length_", "step_")
    names = [
        c
        for c in inputs.columns
        if c.startswith(prefixes) or c in ("lowest_sounding", "highest_sounding", "run_passage")
    ]
    names.remove("pitch_class")
    found = {name: int(context[n, inputs.place(name)]) for name in names if context[n, inputs.place(name)]}
    assert found == reference(score, vocabulary, n)


@settings(max_examples=20, deadline=None)
@given(st.lists(bands(num_parts=3), min_size=2, max_size=3))
def test_a_batch_is_its_scores_one_by_one(scores: list[Score]) -> None:
    vocabulary = fit(scores[0])
    usable = [s for s in scores if set(encode(s, True)[:, 4].tolist()) <= set(vocabulary.values["part"])]
    together = context_of(usable, vocabulary)[0]
    for score, context in zip(usable, together, strict=True):
        np.testing.assert_array_equal(context_of([score], vocabulary)[0][0], context)


@settings(max_examples=60, deadline=None)
@given(bands(), st.data())
def test_what_is_given_is_seen_ahead(score: Score, data: st.DataObject) -> None:
    vocabulary = fit(score)
    inputs = Inputs.of(vocabulary)
    (context,), (target,) = context_of([score], vocabulary)
    is_given = np.array(data.draw(st.lists(st.booleans(), min_size=len(score), max_size=len(score))))
    first = data.draw(st.integers(0, len(score)))
    rows = context[first:].copy()
    add_given(rows, Events.of(target[:-1], vocabulary), is_given, vocabulary, inputs, first)
    own = inputs.given_columns
    np.testing.assert_array_equal(rows[:, ~own], context[first:, ~own])
    events = events_of(score, vocabulary)
    for n in range(first, len(score) + 1):
        expected = given_ahead(events, is_given.tolist(), n, len(vocabulary.kinds))
        names = [name for name in np.array(inputs.columns)[own] if rows[n - first, inputs.place(name)]]
        assert {name: int(rows[n - first, inputs.place(name)]) for name in names} == expected


def given_ahead(events: list[Event], is_given: list[bool], n: int, num_parts: int) -> Row:
    given_events = [e for e, own in zip(events, is_given, strict=True) if own]
    position = (events[n - 1].onset, (events[n - 1].part, events[n - 1].value)) if n else (0, (-1, 0))
    row: Row = {}
    for part in range(num_parts):
        own = [e for e in given_events if e.part == part]
        following = next((e for e in own if (e.onset, (e.part, e.value)) > position), None)
        if following is not None:
            row[f"gap_{part}"] = min(48, following.onset - position[0]) + 1
            row[f"ahead_{part}"] = following.index + 1
        if n == len(events):
            continue
        onset = events[n].onset
        begun = [e for e in own if e.onset <= onset]
        if begun and begun[-1].end > onset:
            row[f"with_{part}"] = begun[-1].index + 1
        following = next((e for e in own if e.onset > onset), None)
        if following is not None:
            row[f"gap_after_{part}"] = min(48, following.onset - onset) + 1
            row[f"after_{part}"] = following.index + 1
    if given_events and n < len(events):
        onset = events[n].onset
        lines = [[e for e in given_events if e.part == part and e.onset <= onset][-8:] for part in range(num_parts)]
        on = [e for line in lines for e in line if e.end > onset and e.kind == "melodic"]
        row |= {f"given_{c}": 1 + any(e.value % 12 == c for e in on) for c in range(12)}
    return row


def test_nothing_is_given_where_nothing_is(score_of_two: Score) -> None:
    vocabulary = fit(score_of_two)
    inputs = Inputs.of(vocabulary)
    (context,), (target,) = context_of([score_of_two], vocabulary)
    add_given(context, Events.of(target[:-1], vocabulary), np.zeros(len(score_of_two), bool), vocabulary, inputs)
    assert not context[:, inputs.given_columns].any()


@pytest.fixture
def score_of_two() -> Score:
    from melodyrnn.music.keys import Key
    from melodyrnn.music.meter import Meter
    from melodyrnn.score.score import Part

    parts = (Part("a", role="melody"), Part("b", role="bass"))
    onset, part = np.array([0, 0, 12, 24]), np.array([0, 1, 0, 1])
    return Score(onset, np.full(4, 12), 60 + onset, np.full(4, 80), part, Meter(4, 4), Key(0, "major"), parts=parts)
