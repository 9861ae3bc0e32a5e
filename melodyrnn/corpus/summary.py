"""The summary of a corpus, which the vocabulary and the statistics in corpus.json are made of.

It is counts, and a few numbers for each training piece.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..conditions.bar_repeats import labels_of
from ..conditions.form import as_text
from ..events.fit import SeenValues, fit_vocabulary
from ..events.rows import PITCH, SHIFT, VELOCITY
from ..events.vocabulary import Vocabulary
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.score import opens_with_pickup
from ..score.statistics import CORPUS_FEATURES, features_by_piece
from .record import Facts

_MAX_FORMS, _MAX_FORM_BARS = 4000, 128
_MIN_VELOCITIES = 8  # distinct velocities that make half of the pieces "played" rather than typed

IntArray = npt.NDArray[np.int64]


class Summary:
    """Gathers pieces part by part, and keeps of each no more than a few numbers."""

    def __init__(self) -> None:
        self.seen = SeenValues()
        self.splits = Counter[str]()
        self.meters: dict[Meter, None] = {}
        self.train_meters, self.keys = Counter[tuple[int, int]](), Counter[str]()
        self.modes, self.bars, self.forms = Counter[str](), Counter[int](), Counter[str]()
        self.tempos = array("q")
        self.features = [array("d") for _ in CORPUS_FEATURES]
        self.notes = self.played = self.velocity = self.train_notes = 0
        self.lowest, self.highest = 127, 0

    def add(self, pieces: Sequence[tuple[Facts, str]], rows: npt.NDArray[Any]) -> None:
        """Take in pieces with their splits, and their event rows one after another."""
        self.seen.add(rows)
        for facts, split in pieces:
            self.meters.setdefault(Meter(facts.numerator, facts.denominator))
            self.splits[split] += 1
            self.notes += facts.notes
        train = [facts for facts, split in pieces if split == "train"]
        if train:
            self._add_train(
                train, rows[np.repeat([split == "train" for _, split in pieces], [f.notes for f, _ in pieces])]
            )

    def _add_train(self, pieces: Sequence[Facts], rows: npt.NDArray[Any]) -> None:
        for facts in pieces:
            self.train_meters[facts.numerator, facts.denominator] += 1
            self.keys[facts.key] += 1
            self.modes[_key(facts.key).mode] += 1
            self.bars[facts.bars] += 1
            self.tempos.append(facts.tempo)
        notes = np.array([facts.notes for facts in pieces])
        owner = np.repeat(np.arange(len(pieces)), notes)
        velocities = np.bincount(owner * 128 + rows[:, VELOCITY], minlength=128 * len(pieces)).reshape(-1, 128)
        self.played += int(np.count_nonzero(np.count_nonzero(velocities, axis=1) >= _MIN_VELOCITIES))
        self.velocity += int(rows[:, VELOCITY].sum(dtype=np.int64))
        self.train_notes += len(rows)
        tonic = np.repeat([tonic_offset(_key(facts.key)) for facts in pieces], notes)
        pitch = rows[:, PITCH] + tonic
        self.lowest, self.highest = min(self.lowest, int(pitch.min())), max(self.highest, int(pitch.max()))
        bars = np.array([facts.bars for facts in pieces])
        self._add_forms(pieces, rows, owner, bars)
        for column, values in zip(self.features, features_by_piece(rows[:, PITCH], notes, bars).T, strict=True):
            column.extend(values.tolist())

    def _add_forms(self, pieces: Sequence[Facts], rows: npt.NDArray[Any], owner: IntArray, bars: IntArray) -> None:
        """`owner` (len(rows),): which piece each row is of; `bars` (num_pieces,)."""
        time = np.cumsum(rows[:, SHIFT], dtype=np.int64)
        first = np.searchsorted(owner, np.arange(len(pieces)))
        opening = rows[first, SHIFT].astype(np.int64)
        onset = time - (time[first] - opening)[owner]
        bar = np.array([Meter(f.numerator, f.denominator).bar(STEPS_PER_QUARTER) for f in pieces])
        labels = labels_of(owner, onset, rows[:, PITCH].astype(np.int64), bar, bars)
        for own, late in zip(np.split(labels, np.cumsum(bars)[:-1]), opens_with_pickup(opening, bar), strict=True):
            if form := as_text(own, int(late)):
                self.forms[form] += 1

    def vocabulary(self, with_velocity: bool = True) -> Vocabulary:
        """One of all that was seen; velocities only if asked for, and where half of the pieces were played."""
        bars = [meter.bar(STEPS_PER_QUARTER) for meter in self.meters]
        with_velocity &= 2 * self.played >= len(self.tempos)
        return fit_vocabulary(self.seen, self.meters, bars, self.modes, self.bars, with_velocity, self._common_forms())

    def _common_forms(self) -> dict[str, int]:
        """Of very many the most common, of long ones their beginnings: they are to fit into a model file."""
        forms = Counter[str]()
        for form, count in self.forms.items():
            forms[form[:_MAX_FORM_BARS]] += count
        return dict(sorted(forms.items(), key=lambda item: (-item[1], item[0]))[:_MAX_FORMS])

    def statistics(self) -> dict[str, Any]:
        """What generation takes its defaults from, and `info` shows."""
        return {
            "pieces": self.splits.total(),
            "notes": self.notes,
            "splits": dict(self.splits),
            "meters": {"{}/{}".format(*m): n for m, n in self.train_meters.most_common()},
            "keys": dict(self.keys.most_common()),
            "tempo": round(60e6 / float(np.median(self.tempos)), 2),
            "velocity": round(self.velocity / self.train_notes, 1),
            "lowest_pitch": self.lowest,
            "highest_pitch": self.highest,
            "features": {name: _spread(column) for name, column in zip(CORPUS_FEATURES, self.features, strict=True)},
        }


@cache
def _key(name: str) -> Key:
    return Key.parse(name)


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation."""
    return round(float(np.mean(values)), 4), round(float(np.std(values)), 4)
