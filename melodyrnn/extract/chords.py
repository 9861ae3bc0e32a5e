"""Finds the chords that the notes of a score sound, with the model of `chord_model`: a part of chord symbols.

Slots are the beats of the meter, halves of long ones and groups of very short ones, counted from step 0. Drums are left
out. The most likely states of all slots together are found by the algorithm of Viterbi; a bass is added where the
lowest tones of a chord are mostly another of its tones than the root. Where nothing sounds for two bars and more there
is no chord.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..arrays import Bools, Float32s, Float64s, IntArray
from ..music.chord_kinds import KINDS
from ..music.chords import NO_CHORD, ChordSymbol
from ..music.meter import Meter
from ..music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..score.chords import chord_score
from ..score.score import Score
from .chord_model import MELODY_MODEL, MODEL, NUM_KEYS, ChordModel, Tables, tables_of

_MIN_SLOT, _MAX_SLOT = STEPS_PER_QUARTER // 2, 2 * STEPS_PER_QUARTER  # steps; a slot is shorter than the latter
_TOLERANCE = 1  # steps by which a note may reach into a slot unheard: its onset or end is not exact
_SILENT_BARS = 2
_NOTHING_LOW = 1 << 10  # no pitch
_BLOCK = 256  # slots of which all states are held at once


class Slots(NamedTuple):
    """What sounds in each slot: `sounding`, time by pitch class (num_slots, 12), and `lowest`, pitches (num_slots,)."""

    sounding: Float64s
    lowest: IntArray

    def between(self, start: int, stop: int) -> Slots:
        """Return some of the slots."""
        return Slots(self.sounding[start:stop], self.lowest[start:stop])


def find_chords(score: Score, model: ChordModel | None = None) -> Score:
    """Return the chords of the melodic parts of a score, as a score of one part of chord symbols.

    They last from the first slot with a note to the last bar line; the score is empty where there is no note.

    Args:
        model: None for that of a single line where there is one alone, else that of several notes at a time.
    """
    is_melodic = np.array([part.kind == "melodic" for part in score.parts])
    notes = score[is_melodic[score.part]]
    if model is None:
        model = MELODY_MODEL if _is_line(notes) else MODEL
    slot = slot_steps(score.meter)
    none = np.zeros(0, dtype=np.int64)
    onset = code = none
    if len(notes):
        slots = sounding_in_slots(notes, slot, model)
        tables = tables_of(model)
        states = most_likely(slots, change_chances(len(slots.lowest), score.bar // slot, model), model, tables)
        silent = _is_silent(slots, _SILENT_BARS * score.bar // slot)
        code = np.where(silent, NO_CHORD, _codes(states, slots, model))
        first = int(np.argmax(slots.sounding.any(axis=1)))
        onset, code = np.arange(first, len(code)) * slot, code[first:]
    end = score.num_bars * score.bar
    return chord_score(onset, code, end, score.meter, score.key, score.microseconds_per_quarter, score.name)


def _is_line(notes: Score) -> bool:
    """Return whether no two notes sound together."""
    return bool((notes.onset[1:] >= (notes.onset + notes.duration)[:-1]).all())


def slot_steps(meter: Meter) -> int:
    """Return the steps of a slot, which divide the bar: 12 in 4/4 and 2/2, 18 in 6/8, 6 in 7/8."""
    bar = meter.bar(STEPS_PER_QUARTER)
    slot = bar // meter.beats if bar % meter.beats == 0 else bar
    while slot >= _MAX_SLOT and slot % 2 == 0:
        slot //= 2
    return slot if slot >= _MIN_SLOT else bar


def sounding_in_slots(notes: Score, slot: int, model: ChordModel) -> Slots:
    """Return what the notes of a score sound in slots of `slot` steps, from step 0 to its last bar line."""
    num_slots = notes.num_bars * notes.bar // slot
    end = notes.onset + notes.duration
    first = (notes.onset + _TOLERANCE) // slot
    last = np.clip((end - _TOLERANCE - 1) // slot, first, num_slots - 1)
    first = np.minimum(first, last)
    count = last - first + 1
    index = np.repeat(np.arange(len(notes)), count)
    place = first[index] + np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    time = np.minimum(end[index], (place + 1) * slot) - np.maximum(notes.onset[index], place * slot)
    is_melody = np.array([part.role == "melody" for part in notes.parts])[notes.part]
    weight = (np.maximum(time, 1) / slot) ** model.time_power
    if not is_melody.all():
        weight *= np.where(is_melody, model.melody, 1.0)[index]
    pitch = notes.pitch[index]
    size = num_slots * NUM_PITCH_CLASSES
    sounding: Float64s = np.bincount(place * NUM_PITCH_CLASSES + pitch % NUM_PITCH_CLASSES, weight, size)  # type: ignore[assignment]
    lowest = np.full(num_slots, _NOTHING_LOW)
    np.minimum.at(lowest, place, pitch)
    return Slots(sounding.reshape(num_slots, NUM_PITCH_CLASSES), lowest)


def change_chances(num_slots: int, slots_in_bar: int, model: ChordModel) -> Float64s:
    """Return the probability that the chord changes at the start of each slot, shape (num_slots,)."""
    place = np.arange(num_slots) % slots_in_bar
    is_middle = 2 * place == slots_in_bar
    elsewhere = np.where(is_middle, model.change_in_middle, model.change_at_beat)
    return np.where(place == 0, model.change_at_bar, elsewhere)


def most_likely(slots: Slots, chances: Float64s, model: ChordModel, tables: Tables) -> IntArray:
    """Return the chord of each slot in the most likely sequence of states, shape (num_slots,), see `Tables`.

    A state is scored by the best way that leads to it: on from itself, or from the best chord of its key, or with a
    change of key from the best state of all.
    """
    num_slots, num_chords = len(chances), tables.chords.shape[1]
    going_on, changing = np.log1p(-chances).astype(np.float32), np.log(chances).astype(np.float32)
    new_key = np.float32(np.log(model.key_change))
    keys = np.arange(NUM_KEYS)
    is_new = np.zeros((num_slots, NUM_KEYS, num_chords), dtype=bool)
    before = np.zeros((num_slots, NUM_KEYS), dtype=np.int64)  # the state from which a new chord of a key comes
    going_on[0], score = -np.inf, np.zeros((NUM_KEYS, num_chords), dtype=np.float32)  # every chord begins in slot 0
    for start in range(0, num_slots, _BLOCK):
        block = _likelihoods(slots.between(start, start + _BLOCK), model, tables)
        for n, likelihood in enumerate(block, start):
            chord = score.argmax(axis=1)
            best = score[keys, chord]
            state = keys * num_chords + chord
            top = int(best.argmax())
            is_from_other = best[top] + new_key > best
            before[n] = np.where(is_from_other, state[top], state)
            entered = np.where(is_from_other, best[top] + new_key, best) + changing[n]
            new, same = entered[:, None] + tables.chords, score + going_on[n]
            np.greater(new, same, out=is_new[n])
            score = np.maximum(new, same) + likelihood
    return _way_back(int(score.argmax()), is_new.reshape(num_slots, -1), before) % num_chords


def _way_back(state: int, is_new: Bools, before: IntArray) -> IntArray:
    """Return the states that lead to the last one, shape (num_slots,); a state is its key * num_chords + its chord."""
    num_slots, num_chords = len(before), is_new.shape[1] // NUM_KEYS
    states = np.empty(num_slots, dtype=np.int64)
    for n in range(num_slots - 1, -1, -1):
        states[n] = state
        if is_new[n, state]:
            state = int(before[n, state // num_chords])
    return states


def _likelihoods(slots: Slots, model: ChordModel, tables: Tables) -> Float32s:
    """Return the log likelihood of what sounds in each slot, shape (num_slots, NUM_KEYS, num_chords)."""
    total = slots.sounding.sum(axis=1, keepdims=True)
    tones = model.concentration * -np.expm1(-total / model.fullness) * slots.sounding / np.maximum(total, 1e-9)
    by_key = (tones.astype(np.float32) @ tables.tones).reshape(len(total), NUM_KEYS, -1)
    by_bass = tables.lowest[slots.lowest % NUM_PITCH_CLASSES] * np.float32(model.lowest_concentration)
    by_bass[slots.lowest >= model.highest_bass] = 0
    by_key += by_bass[:, None]
    return by_key


def _is_silent(slots: Slots, min_slots: int) -> Bools:
    """Return which slots are in a stretch of at least `min_slots` slots in which nothing sounds, shape (num_slots,)."""
    is_silent: Bools = np.logical_not(slots.sounding.any(axis=1))
    edges = np.flatnonzero(np.diff(is_silent, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in edges.tolist():
        is_silent[start:stop] = stop - start >= min_slots
    return is_silent


def _codes(chords: IntArray, slots: Slots, model: ChordModel) -> IntArray:
    """Return the code of the chord of each slot, shape (num_slots,), with a bass for each run of one chord."""
    starts = np.flatnonzero(np.append(True, chords[1:] != chords[:-1]))
    lengths = np.diff(starts, append=len(chords))
    codes = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        root, kind = divmod(int(chords[start]), len(model.kinds))
        name = model.kinds[kind][0]
        low = slots.lowest[start : start + length]
        heard = np.bincount(low[low < model.highest_bass] % NUM_PITCH_CLASSES, minlength=NUM_PITCH_CLASSES)
        bass = int(heard.argmax())
        is_inverted = 2 * heard[bass] > length and (bass - root) % NUM_PITCH_CLASSES in KINDS[name]
        codes.append(ChordSymbol(root, name, bass if is_inverted else root).code)
    return np.repeat(np.array(codes, dtype=np.int64), lengths)
