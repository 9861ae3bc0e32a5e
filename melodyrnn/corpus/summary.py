"""The summary of a corpus, from which the vocabulary and the statistics of corpus.json are computed.

It holds counts, and a few numbers for each training piece.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..arrays import IntArray
from ..conditions.bar_repeats import labels_of
from ..conditions.form import as_text
from ..events.fit import SeenValues, fit_vocabulary
from ..events.rows import DURATION, PITCH, SHIFT, VELOCITY
from ..events.vocabulary import Vocabulary
from ..json_types import JsonObject
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.score import opens_with_pickup
from ..score.statistics import CORPUS_FEATURES, features_by_piece
from .record import PieceRecord, Rows

_MAX_FORMS, _MAX_FORM_BARS = 4000, 128
_MIN_VELOCITIES = 8  # a piece with as many distinct velocities counts as played


class Summary:
    """Adds up blocks of pieces, and stores only a few numbers for each piece."""

    def __init__(self) -> None:
        self.seen = SeenValues()
        self.splits = Counter[str]()
        self.meters: dict[Meter, None] = {}  # in order of occurrence
        self.train_meters, self.keys = Counter[Meter](), Counter[Key]()
        self.modes, self.bars, self.forms = Counter[str](), Counter[int](), Counter[str]()
        self.tempos = array("q")
        self.features = [array("d") for _ in CORPUS_FEATURES]
        self.num_notes = self.num_played = self.velocity = self.num_train_notes = 0
        self.lowest, self.highest = 127, 0

    def add(self, records: Sequence[PieceRecord], rows: Rows) -> None:
        """Add pieces with their splits; `rows` are their event rows one after another, shape (num_notes, 4)."""
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
            self.tempos.append(record.microseconds_per_quarter)
        sizes = _sizes(records)
        owner = np.repeat(np.arange(len(records)), sizes)
        velocities = np.bincount(owner * 128 + rows[:, VELOCITY], minlength=128 * len(records)).reshape(-1, 128)
        self.num_played += int(np.count_nonzero(np.count_nonzero(velocities, axis=1) >= _MIN_VELOCITIES))
        self.velocity += int(rows[:, VELOCITY].sum(dtype=np.int64))
        self.num_train_notes += len(rows)
        pitch = rows[:, PITCH] + np.repeat([tonic_offset(record.key) for record in records], sizes)
        self.lowest, self.highest = min(self.lowest, int(pitch.min())), max(self.highest, int(pitch.max()))
        onset = _onsets(rows, sizes)
        bar = np.array([record.meter.bar(STEPS_PER_QUARTER) for record in records])
        num_bars = _num_bars(onset + rows[:, DURATION], sizes, bar)
        self.bars.update(num_bars.tolist())
        self._add_forms(owner, onset, rows[:, PITCH].astype(np.int64), bar, num_bars)
        for column, values in zip(self.features, features_by_piece(rows[:, PITCH], sizes, num_bars).T, strict=True):
            column.extend(values.tolist())

    def _add_forms(self, owner: IntArray, onset: IntArray, pitch: IntArray, bar: IntArray, num_bars: IntArray) -> None:
        """Count the forms of pieces.

        Args:
            owner: index of the piece of each note, ascending, shape (num_notes,); `onset` (steps) and `pitch` likewise.
            bar: steps in a bar of each piece, shape (num_pieces,); `num_bars` likewise.
        """
        opening = onset[np.searchsorted(owner, np.arange(len(bar)))]
        labels = labels_of(owner, onset, pitch, bar, num_bars)
        for own, late in zip(np.split(labels, np.cumsum(num_bars)[:-1]), opens_with_pickup(opening, bar), strict=True):
            if form := as_text(own, int(late)):
                self.forms[form] += 1

    def vocabulary(self, with_velocity: bool = True) -> Vocabulary:
        """Return the vocabulary of all values; with velocities only where half of the training pieces were played."""
        bars = [meter.bar(STEPS_PER_QUARTER) for meter in self.meters]
        with_velocity &= 2 * self.num_played >= len(self.tempos)
        return fit_vocabulary(self.seen, self.meters, bars, self.modes, self.bars, with_velocity, self._common_forms())

    def _common_forms(self) -> dict[str, int]:
        """Return the most common forms with their counts, long ones truncated, so that they fit into a model file."""
        forms = Counter[str]()
        for form, count in self.forms.items():
            forms[form[:_MAX_FORM_BARS]] += count
        return dict(sorted(forms.items(), key=lambda item: (-item[1], item[0]))[:_MAX_FORMS])

    def statistics(self) -> JsonObject:
        """Return the statistics from which generation takes its defaults and which `info` shows."""
        return {
            "pieces": self.splits.total(),
            "notes": self.num_notes,
            "splits": dict(self.splits),
            "meters": {str(meter): count for meter, count in self.train_meters.most_common()},
            "keys": {str(key.as_usual()): count for key, count in self.keys.most_common()},
            "tempo": round(60e6 / float(np.median(self.tempos)), 2),
            "velocity": round(self.velocity / self.num_train_notes, 1),
            "lowest_pitch": self.lowest,
            "highest_pitch": self.highest,
            "features": {name: _spread(column) for name, column in zip(CORPUS_FEATURES, self.features, strict=True)},
        }


def _sizes(records: Sequence[PieceRecord]) -> IntArray:
    """Return the number of notes of each piece."""
    return np.array([record.num_notes for record in records])


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


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation."""
    return round(float(np.mean(values)), 4), round(float(np.std(values)), 4)
