"""What the network is told of the past: one definition, for whole corpora and for one note at a time.

`Past` holds a batch of melodies and moves on by one note in each. `before()` gives what is known before a note's
shift is drawn, `at(shift)` what is known once its onset is. Generation calls them note by note; `context_of` runs
the same object over the finished melodies of a corpus, many side by side. The columns are those of `layout`.

Look-back by bar, k = 1, 2, 4, 8, 16 bars: the spot k bars before. Its shift leads to the next onset after the spot k
bars before the previous note; its other fields are those of the note that stood exactly k bars before the onset.
It was right at a note whose pitch is that of the note k bars before it.

Look-back by content: of all earlier places, the one before which the longest run of (interval, shift) pairs equals
the run just played, the latest where several are as long; what followed it there, the pitch carried as an interval.
Cf. the short-term model of PPM* (Cleary and Teahan 1997; Pearce 2005), with interval and inter-onset pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import Columns
from ..conditions.form import BARS_BACK, form_of
from ..score.score import Score
from .layout import CONTENT, MAX_BARS_LEFT, MAX_INTERVAL, MAX_RUN, MODES, NUM_LOOKBACKS, PHRASE_BARS, Layout
from .rows import PITCH, SHIFT, encode
from .vocabulary import Vocabulary

_BATCH = 256  # melodies side by side in `context_of`: enough to hide the loop, little enough for the cache

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is fixed for a melody before its first note: how long a bar is, the meter, the mode, how many bars.

    `form` holds a label for each bar, a pick-up among them; None where nothing is told of it.
    """

    bar: int
    meter_index: int
    mode: str
    num_bars: int
    pickup_bars: int
    form: npt.NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, melody: Score, vocabulary: Vocabulary, form: npt.NDArray[np.uint8] | None = None) -> Frame:
        return cls(
            melody.bar,
            vocabulary.meter_index(melody.meter),
            melody.key.mode,
            melody.num_bars,
            melody.pickup_bars,
            form,
        )


class Past:
    """The notes that a batch of melodies has so far, and the columns computed from them."""

    def __init__(self, vocabulary: Vocabulary, frames: Sequence[Frame], max_notes: int) -> None:
        """`max_notes` is how many notes each melody can take."""
        size = len(frames)
        self.vocabulary = vocabulary
        self.layout = Layout.of(vocabulary)
        self._rows = np.arange(size)
        self._bar = np.array([f.bar for f in frames], dtype=np.int64)
        self._pickup = np.array([f.pickup_bars for f in frames], dtype=np.int64)
        self._last_bar = np.array([f.num_bars for f in frames], dtype=np.int64) - 1
        self._meter = np.array([f.meter_index for f in frames], dtype=np.uint8)
        self._mode = np.array([MODES.index(f.mode) + 1 for f in frames], dtype=np.uint8)
        self._form = _forms(frames)
        self._length = 0
        num_fields = len(vocabulary.values)
        self._values = np.zeros((size, max_notes, num_fields), dtype=np.int64)
        # Onsets padded with a value past every onset, so that each row stays sorted; `_offset` keeps rows apart in
        # one search over all of them.
        self._never = np.int64(2) ** 40
        self._onset = np.full((size, max_notes + 1), self._never)
        self._offset = (self._rows * 2 * self._never)[:, None]
        self._onset += self._offset
        self._last_onset = np.zeros(size, dtype=np.int64)
        self._lowest = np.full(size, 127, dtype=np.int64)
        self._highest = np.zeros(size, dtype=np.int64)
        self._token = np.zeros((size, max_notes), dtype=np.int64)  # (interval, shift) of each note, as one number
        self._match = np.zeros((size, max_notes), dtype=np.int16)  # see _match_content
        self._runs = np.zeros((size, NUM_LOOKBACKS), dtype=np.int64)
        self._content = np.full(size, -1, dtype=np.int64)  # the note that look-back by content points at

    @property
    def last_onset(self) -> IntArray:
        """Onset of the last note, in steps; shape (batch,); 0 before the first."""
        return self._last_onset

    def before(self) -> Columns:
        """The columns known before the shift, shape (batch, len(layout.before))."""
        out = np.zeros((len(self._bar), len(self.layout.before)), dtype=np.uint8)
        at = self.layout.place
        out[:, at("meter")] = self._meter
        out[:, at("mode")] = self._mode
        out[:, at("bars_left")] = self._bars_left(self._last_onset)
        if self.layout.forms:
            out[:, at("form")] = self._form_label(self._last_onset)
            out[:, at("next_form")] = self._form_label(self._last_onset + self._bar)
        if self._length:
            for place, name in enumerate(self.layout.fields):
                value = self._values[:, self._length - 1, place]
                out[:, place] = self.vocabulary.index(name, value) + 1
            pitch = self._values[:, self._length - 1, PITCH]
            out[:, at("pitch_class")] = pitch % 12 + 1
            if self._length > 1:
                interval = pitch - self._values[:, self._length - 2, PITCH]
                out[:, at("interval")] = np.clip(interval, -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL + 1
            out[:, at("position")] = self._position(self._last_onset)
            out[:, at("bar")] = self._bar_in_phrase(self._last_onset)
            out[:, self.layout.runs] = np.minimum(self._runs, MAX_RUN)
            out[:, self.layout.candidates("shift")] = self._shift_candidates()
            out[:, at("lowest")] = self.vocabulary.index("pitch", self._lowest) + 1
            out[:, at("highest")] = self.vocabulary.index("pitch", self._highest) + 1
        return out

    def at(self, shift: IntArray) -> Columns:
        """The columns known once the shift (steps, shape (batch,)) is, shape (batch, len(layout.at))."""
        onset = self._last_onset + shift
        start = len(self.layout.before)
        out = np.zeros((len(onset), len(self.layout.at)), dtype=np.uint8)
        out[:, 0] = self._position(onset)
        out[:, 1] = self._bar_in_phrase(onset)
        out[:, 2] = self._bars_left(onset)
        if self.layout.forms:
            out[:, 3] = self._form_label(onset)
        if not self._length:
            return out
        source = np.full((len(onset), NUM_LOOKBACKS), -1, dtype=np.int64)
        for k, bars in enumerate(BARS_BACK):
            source[:, k] = self._note_at(onset - bars * self._bar)
        source[:, CONTENT] = self._content
        for place, name in enumerate(self.layout.fields[1:], start=1):
            said: IntArray = self._values[self._rows[:, None], source, place]
            if name == "pitch":
                said[:, CONTENT] = self._carried_pitch(said[:, CONTENT])
            index = np.where(source >= 0, self.vocabulary.index(name, said), -1)
            columns = self.layout.candidates(name)
            out[:, columns.start - start : columns.stop - start] = index + 1
        return out

    def __len__(self) -> int:
        """Notes that each melody has so far."""
        return self._length

    def append(self, values: IntArray) -> None:
        """Take the next note of every melody: values (not indices), shape (batch, num_fields)."""
        n = self._length
        self._values[:, n] = values
        self._last_onset = self._last_onset + values[:, SHIFT]
        self._onset[:, n] = self._last_onset + self._offset[:, 0]
        if n:
            interval = values[:, PITCH] - self._values[:, n - 1, PITCH]
            self._token[:, n] = (interval + 256) * 4096 + np.minimum(values[:, SHIFT], 4095)
        self._lowest = np.minimum(self._lowest, values[:, PITCH])
        self._highest = np.maximum(self._highest, values[:, PITCH])
        self._length = n + 1
        self._match_bars(values[:, PITCH])
        self._match_content()

    def _position(self, onset: IntArray) -> IntArray:
        return np.minimum(onset % self._bar, self.vocabulary.max_bar - 1) + 1

    def _bar_in_phrase(self, onset: IntArray) -> IntArray:
        return (onset // self._bar - self._pickup) % PHRASE_BARS + 1

    def _bars_left(self, onset: IntArray) -> IntArray:
        return np.clip(self._last_bar - onset // self._bar, 0, MAX_BARS_LEFT) + 1

    def _form_label(self, onset: IntArray) -> npt.NDArray[np.uint8]:
        return self._form[self._rows, np.minimum(onset // self._bar, self._form.shape[1] - 1)]

    def _first_after(self, spot: IntArray) -> IntArray:
        """Index of the first note with an onset after `spot` (steps); the number of notes where there is none."""
        found = np.searchsorted(self._onset.ravel(), spot + self._offset[:, 0], side="right")
        return np.clip(found - self._rows * self._onset.shape[1], 0, self._length)

    def _note_at(self, spot: IntArray) -> IntArray:
        """Index of the last note whose onset is `spot`, -1 where there is none."""
        index = self._first_after(spot) - 1
        there = (index >= 0) & (self._onset[self._rows, index] == spot + self._offset[:, 0])
        return np.where(there, index, -1)

    def _shift_candidates(self) -> IntArray:
        said = np.full((len(self._bar), NUM_LOOKBACKS), -1, dtype=np.int64)
        for k, bars in enumerate(BARS_BACK):
            spot = self._last_onset - bars * self._bar
            following = self._first_after(spot)
            distance = self._onset[self._rows, following] - self._offset[:, 0] - spot
            said[:, k] = np.where((spot >= 0) & (following < self._length), distance, -1)
        followed = self._values[self._rows, self._content, SHIFT]
        said[:, CONTENT] = np.where(self._content >= 0, followed, -1)
        return self.vocabulary.index("shift", said) + 1

    def _match_bars(self, pitch: IntArray) -> None:
        for k, bars in enumerate(BARS_BACK):
            source = self._note_at(self._last_onset - bars * self._bar)
            same = (source >= 0) & (self._values[self._rows, source, PITCH] == pitch)
            self._runs[:, k] = np.where(same, self._runs[:, k] + 1, 0)

    def _match_content(self) -> None:
        """Find what look-back by content points at.

        `_match[:, j]` is the length of the longest run ending at note j that equals the run ending at the last
        note; one pass over the past turns the one for the previous note into the one for this.
        """
        last = self._length - 1
        if last < 2:
            return
        match = self._match[:, 1:last]
        same = self._token[:, 1:last] == self._token[:, last, None]
        match[:, 1:] = match[:, :-1].copy()
        match[:, 0] = 0
        match += 1
        match *= same
        longest = match.max(axis=1)
        latest = match.shape[1] - 1 - np.argmax(match[:, ::-1] == longest[:, None], axis=1)
        self._content = np.where(longest > 0, latest + 2, -1)
        self._runs[:, CONTENT] = longest

    def _carried_pitch(self, said: IntArray) -> IntArray:
        """The pitch of the note that look-back by content points at, carried over as an interval."""
        source = np.maximum(self._content, 1)
        from_pitch = self._values[self._rows, source - 1, PITCH]
        return self._values[:, self._length - 1, PITCH] + said - from_pitch


def _forms(frames: Sequence[Frame]) -> npt.NDArray[np.uint8]:
    """Labels side by side, (batch, bars), with unknown ones after the last."""
    known = [frame.form if frame.form is not None else np.zeros(0, dtype=np.uint8) for frame in frames]
    out = np.zeros((len(frames), 1 + max(map(len, known), default=0)), dtype=np.uint8)
    for row, labels in enumerate(known):
        out[row, : len(labels)] = labels
    return out


def context_of(
    melodies: Sequence[Score], vocabulary: Vocabulary, with_form: bool = False
) -> tuple[list[Columns], list[IntArray]]:
    """Context and targets of finished melodies.

    Args:
        with_form: whether the melodies' forms are told, which are read from all their notes; else they are unknown.

    Returns:
        Per melody its context, uint8 (num_notes + 1, num_columns), and its indices, int64 (num_notes + 1,
        num_fields). The last row is END: its shift is `vocabulary.end`, the rest is 0.
    """
    layout = Layout.of(vocabulary)
    forms: list[npt.NDArray[np.uint8] | None] = [None] * len(melodies)
    if with_form and layout.forms and melodies:
        forms = [*form_of(melodies)]
    indices = [vocabulary.encode(encode(melody))[0] for melody in melodies]
    contexts: list[Columns] = [np.zeros((0, len(layout.columns)), np.uint8)] * len(melodies)
    order = np.argsort([len(m) for m in melodies], kind="stable")
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        table = _context_of_batch(
            [indices[i] for i in batch], [Frame.of(melodies[i], vocabulary, forms[i]) for i in batch], vocabulary
        )
        for row, i in enumerate(batch):
            contexts[i] = table[row, : len(indices[i]) + 1].copy()
            contexts[i][-1, len(layout.before) :] = 0  # END has no onset
    end = np.zeros((1, len(layout.fields)), dtype=np.int64)
    end[0, 0] = vocabulary.end
    return contexts, [np.concatenate([index, end]) for index in indices]


def _context_of_batch(indices: list[IntArray], frames: list[Frame], vocabulary: Vocabulary) -> Columns:
    longest = max(len(index) for index in indices)
    values = np.zeros((len(indices), longest, len(vocabulary.values)), dtype=np.int64)
    for row, index in enumerate(indices):
        for place, known in enumerate(vocabulary.sorted_values.values()):
            values[row, : len(index), place] = known[index[:, place]]
    past = Past(vocabulary, frames, longest)
    split = len(past.layout.before)
    out = np.zeros((len(indices), longest + 1, len(past.layout.columns)), dtype=np.uint8)
    for n in range(longest):
        out[:, n, :split] = past.before()
        out[:, n, split:] = past.at(values[:, n, SHIFT])
        past.append(values[:, n])
    out[:, longest, :split] = past.before()
    return out
