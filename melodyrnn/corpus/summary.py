"""The summary of a corpus, from which the vocabulary and the statistics of corpus.json are computed.

Most is counted of all pieces. What takes most time, the forms and the features of the training pieces, is that of at
most `MOST_MEASURED` of them, spread evenly: with so many, the mean of a feature is uncertain by less than a hundredth
of its standard deviation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import AnyInts, Bools, Float64s, IntArray
from ..conditions.bar_repeats import labels_of
from ..conditions.form import as_text
from ..conditions.laid_out import has_layout, layouts_of_notes
from ..conditions.layout import Layout
from ..conditions.layouts import MOST, Layouts
from ..events.fit import SeenValues, fit_vocabulary
from ..events.rows import DURATION, NUM_COLUMNS, PART, PITCH, SHIFT, VELOCITY
from ..events.vocabulary import Vocabulary
from ..json_types import JsonObject
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import NUM_PITCHES, STEPS_PER_QUARTER
from ..score.score import opens_with_pickup
from ..score.slots import LEAD_RANK
from ..score.statistics import CORPUS_FEATURES, features_by_piece
from .part_counts import IS_MELODIC, PartCounts
from .record import PieceRecord, Rows
from .sample import Sample, step_of
from .scratch import Column

MOST_MEASURED = 30_000  # training pieces
_MAX_FORMS, _MAX_FORM_BARS = 4000, 128
_LAYOUTS_AT_ONCE = 500  # pieces
_MIN_VELOCITIES = 8  # a piece with as many distinct velocities counts as played


class _Sampled(NamedTuple):
    """The onsets, durations and sounding pitches of a melody, (3, num_notes), its meter and its key."""

    notes: IntArray
    meter: Meter
    key: Key


class Summary:
    """Adds up blocks of pieces; `close` removes what it keeps on disk."""

    def __init__(self, num_train: int) -> None:
        """Take the number of training pieces that `add` will get."""
        self._step = step_of(num_train, MOST_MEASURED)
        self._until_measured = 0  # training pieces before the next that is measured
        self.seen = SeenValues()
        self.splits = Counter[str]()
        self.meters: dict[Meter, None] = {}  # in order of occurrence
        self.train_meters, self.keys = Counter[Meter](), Counter[Key]()
        self.modes, self.bars = Counter[str](), Counter[int]()
        self.tempos = Column(np.int64)
        self.features: list[Float64s] = []  # blocks (num_pieces, num_features) in the order of CORPUS_FEATURES
        self._forms = Counter[str]()
        self.num_notes = self.num_played = self.velocity = self.num_train_notes = 0
        self.lowest, self.highest = 127, 0
        self.parts = PartCounts()
        self._sampled: dict[int, _Sampled] = {}  # by their place in the sample
        self._sample = Sample(MOST)

    def add(self, records: Sequence[PieceRecord], rows: Rows) -> None:
        """Add pieces with their splits; `rows` are their event rows one after another, (num_notes, 4 or 5)."""
        self.seen.add(rows)
        for record in records:
            self.meters.setdefault(record.meter)
            self.splits[record.split] += 1
            self.num_notes += record.num_notes
        train = [record for record in records if record.split == "train"]
        if train:
            is_train = np.repeat([record.split == "train" for record in records], _sizes(records))
            self._add_train(train, rows[is_train])

    def _add_train(self, records: Sequence[PieceRecord], rows: Rows) -> None:
        for record in records:
            self.train_meters[record.meter] += 1
            self.keys[record.key] += 1
            self.modes[record.key.mode] += 1
        self.tempos.extend([record.microseconds_per_quarter for record in records])
        sizes = _sizes(records)
        owner = np.repeat(np.arange(len(records)), sizes)
        velocities = np.bincount(owner * 128 + rows[:, VELOCITY], minlength=128 * len(records)).reshape(-1, 128)
        self.num_played += int(np.count_nonzero(np.count_nonzero(velocities, axis=1) >= _MIN_VELOCITIES))
        self.velocity += int(rows[:, VELOCITY].sum(dtype=np.int64))
        self.num_train_notes += len(rows)
        self._add_pitches(records, rows, np.repeat([tonic_offset(record.key) for record in records], sizes))
        onset = _onsets(rows, sizes)
        bar = np.array([record.meter.bar(STEPS_PER_QUARTER) for record in records])
        num_bars = _num_bars(onset + rows[:, DURATION], sizes, bar)
        self.bars.update(num_bars.tolist())
        if rows.shape[1] == NUM_COLUMNS:
            self._add_sampled(records, onset, rows, num_bars)
        measured = np.arange(self._until_measured, len(records), self._step)
        self._until_measured += len(measured) * self._step - len(records)
        if len(measured):
            is_measured = np.zeros(len(records), dtype=bool)
            is_measured[measured] = True
            notes = np.repeat(is_measured, sizes) if self._step > 1 else slice(None)
            self._measure(rows[notes], onset[notes], sizes[measured], bar[measured], num_bars[measured])

    def _measure(self, rows: Rows, onset: IntArray, sizes: IntArray, bar: IntArray, num_bars: IntArray) -> None:
        """Add the forms and the features of pieces.

        Args:
            rows: their event rows, (num_notes, 4 or 5); `onset`, (num_notes,), of each in steps.
            sizes: of each piece its number of notes, (num_pieces,); `bar` (steps in a bar) and `num_bars` likewise.
        """
        opening = onset[np.cumsum(sizes) - sizes]
        owner = np.repeat(np.arange(len(sizes)), sizes)
        pitch = rows[:, PITCH].astype(np.int64)
        if rows.shape[1] > NUM_COLUMNS:
            leads = _leads(rows[:, PART], owner, sizes)
            pitch = np.where(IS_MELODIC[rows[:, PART]], pitch, pitch % NUM_PITCHES)[leads]  # chord codes are larger
            onset, owner = onset[leads], owner[leads]
            sizes = np.bincount(owner)
        self._add_forms(owner, onset, pitch, opening, bar, num_bars)
        self.features.append(features_by_piece(pitch, sizes, num_bars))

    def _add_pitches(self, records: Sequence[PieceRecord], rows: Rows, offset: IntArray) -> None:
        """Add the pitches of training pieces; `offset` is what their keys add to the pitch of each row."""
        pitch = rows[:, PITCH] + offset
        if rows.shape[1] > NUM_COLUMNS:
            melodic = IS_MELODIC[rows[:, PART]]
            self.parts.add(records, rows, np.where(melodic, pitch, rows[:, PITCH]))
            pitch = pitch[melodic]
        if len(pitch):
            self.lowest, self.highest = min(self.lowest, int(pitch.min())), max(self.highest, int(pitch.max()))

    def _add_forms(
        self, owner: IntArray, onset: IntArray, pitch: IntArray, opening: IntArray, bar: IntArray, num_bars: IntArray
    ) -> None:
        """Count the forms of pieces.

        Args:
            owner: index of the piece of each note of the leading part, ascending, shape (num_notes,); `onset` (steps)
                and `pitch` likewise.
            opening: the first onset of each piece, shape (num_pieces,), in steps; `bar` (steps in a bar) and
                `num_bars` likewise.
        """
        labels = labels_of(owner, onset, pitch, bar, num_bars)
        for own, late in zip(np.split(labels, np.cumsum(num_bars)[:-1]), opens_with_pickup(opening, bar), strict=True):
            if form := as_text(own, int(late)):
                self._forms[form[:_MAX_FORM_BARS]] += 1

    def _add_sampled(self, records: Sequence[PieceRecord], onset: IntArray, rows: Rows, num_bars: IntArray) -> None:
        """Keep the notes of melodies for their layouts, of more than `MOST` a sample in which each is as likely."""
        places = self._sample.places(len(records))
        ends = np.cumsum(_sizes(records))
        for n in np.flatnonzero(places >= 0).tolist():
            record = records[n]
            own = slice(int(ends[n]) - record.num_notes, int(ends[n]))
            notes = np.stack([onset[own], rows[own, DURATION], rows[own, PITCH] + tonic_offset(record.key)])
            if has_layout(notes[0], int(num_bars[n]), record.meter):
                self._sampled[int(places[n])] = _Sampled(notes, record.meter, record.key)

    def _layouts(self) -> Layouts:
        """Return the layouts of the sample."""
        chosen = [self._sampled[place] for place in sorted(self._sampled)]
        found: list[Layout | None] = []
        for start in range(0, len(chosen), _LAYOUTS_AT_ONCE):
            block = chosen[start : start + _LAYOUTS_AT_ONCE]
            onset, duration, pitch = np.concatenate([one.notes for one in block], axis=1)
            sizes = np.array([one.notes.shape[1] for one in block])
            found += layouts_of_notes(onset, duration, pitch, sizes, [(one.meter, one.key) for one in block])
        return Layouts.pack(layout for layout in found if layout is not None)

    def vocabulary(self, with_velocity: bool = True) -> Vocabulary:
        """Return the vocabulary of all values; with velocities only where half of the training pieces were played."""
        bars = [meter.bar(STEPS_PER_QUARTER) for meter in self.meters]
        with_velocity &= 2 * self.num_played >= len(self.tempos)
        forms, parts = self.common_forms(), self.parts.parts()
        layouts = self._layouts()
        return fit_vocabulary(self.seen, self.meters, bars, self.modes, self.bars, with_velocity, forms, parts, layouts)

    def common_forms(self) -> dict[str, int]:
        """Return the most common forms with their counts, long ones truncated, so that they fit into a model file."""
        return dict(sorted(self._forms.items(), key=lambda form: (-form[1], form[0]))[:_MAX_FORMS])

    def statistics(self) -> JsonObject:
        """Return the statistics from which generation takes its defaults and which `info` shows."""
        parts = self.parts.statistics()
        features = zip(CORPUS_FEATURES, np.concatenate(self.features).T, strict=True)
        return {
            "pieces": self.splits.total(),
            "notes": self.num_notes,
            "splits": dict(self.splits),
            "meters": {str(meter): count for meter, count in self.train_meters.most_common()},
            "keys": {str(key.as_usual()): count for key, count in self.keys.most_common()},
            "tempo": round(60e6 / float(np.median(self.tempos.values())), 2),
            "velocity": round(self.velocity / self.num_train_notes, 1),
            "lowest_pitch": self.lowest,
            "highest_pitch": self.highest,
            "features": {name: _spread(values) for name, values in features},
            **({"parts": parts} if parts else {}),
        }

    def close(self) -> None:
        """Remove what is on disk; may be called again."""
        self.tempos.close()


def _sizes(records: Sequence[PieceRecord]) -> IntArray:
    """Return the number of notes of each piece."""
    return np.array([record.num_notes for record in records])


def _leads(slots: AnyInts, owner: IntArray, sizes: IntArray) -> Bools:
    """Return which notes are of the leading part of their piece, shape (num_notes,)."""
    rank = LEAD_RANK[slots]
    return rank == np.minimum.reduceat(rank, np.cumsum(sizes) - sizes)[owner]  # type: ignore[no-any-return]


def _onsets(rows: Rows, sizes: IntArray) -> IntArray:
    """Return the onsets, in steps from step 0 of its piece, of the notes of pieces of these sizes."""
    time = np.cumsum(rows[:, SHIFT], dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    return time - np.repeat(time[first] - rows[first, SHIFT], sizes)


def _num_bars(end: IntArray, sizes: IntArray, bar: IntArray) -> IntArray:
    """Return the number of bars of each piece: see `Score.num_bars`.

    Args:
        end: the ends of all notes, in steps, shape (num_notes,).
        sizes, bar: number of notes and steps in a bar of each piece, shape (num_pieces,).
    """
    last = np.maximum.reduceat(end, np.cumsum(sizes) - sizes)
    return np.maximum(1, -(-last // bar))


def _spread(values: Float64s) -> tuple[float, float]:
    """Return mean and standard deviation."""
    return round(float(np.mean(values)), 4), round(float(np.std(values)), 4)
