"""The form of a melody: for each bar whether it is new, or which earlier bar it repeats. AABB, as numbers.

A label of a bar is 0 where nothing is known, 1 where the bar is new, 2 + i where it repeats the bar `BARS_BACK[i]` bars
before. Bars are alike where seven tenths of their (place in the bar, pitch) pairs are the same (Jaccard index). Of
several bars that it is like, the one counts whose neighbours are alike as well for longest: bar 9 of AABB repeats
bar 1, also where it is like bar 5 by chance; of equals the nearest.

A form is kept as a string, one digit a bar, the pick-up left out: "11114444" is four bars and the same four again.
The network is told the form of a tune in a part of its training; when it composes, a form is drawn among those of the
tunes it was trained on, or given as sections ("AABA").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..score.score import Score

BARS_BACK = (1, 2, 4, 8, 16)
UNKNOWN, NEW = 0, 1
NUM_LABELS = 2 + len(BARS_BACK)
_ALIKE = 0.7
_ENOUGH = 30  # tunes of exactly the length asked for; with fewer, longer ones lend their beginnings
_PITCHES, _PLACES = 128, 1 << 12

IntArray = npt.NDArray[np.int64]
Labels = npt.NDArray[np.uint8]


def form_of(melodies: Sequence[Score]) -> list[Labels]:
    """The labels of each melody, uint8 (num_bars,), a pick-up counted as a bar, which is new."""
    num_bars = np.array([m.num_bars for m in melodies], dtype=np.int64)
    owner = np.repeat(np.arange(len(melodies)), [len(m) for m in melodies])
    onset, pitch = (np.concatenate([getattr(m, name) for m in melodies]) for name in ("onset", "pitch"))
    bar = np.array([m.bar for m in melodies], dtype=np.int64)
    return np.split(labels_of(owner, onset, pitch, bar, num_bars), np.cumsum(num_bars)[:-1])


def labels_of(owner: IntArray, onset: IntArray, pitch: IntArray, bar: IntArray, num_bars: IntArray) -> Labels:
    """Labels of many pieces at once.

    Args:
        owner, onset, pitch: of each note: which piece it is of, in order; its step; its pitch, in any one key a piece.
        bar, num_bars: of each piece: steps in a bar, bars.

    Returns:
        One label a bar, those of the pieces one after another, (num_bars.sum(),).
    """
    first = np.cumsum(num_bars) - num_bars
    total = int(num_bars.sum())
    within = onset // bar[owner]
    slot = first[owner] + within
    note = np.unique((slot * _PLACES + onset % bar[owner]) * _PITCHES + pitch)
    slot, what = note // (_PLACES * _PITCHES), note % (_PLACES * _PITCHES)
    size = np.bincount(slot, minlength=total)
    number = np.arange(total) - np.repeat(first, num_bars)
    runs = np.zeros((1 + len(BARS_BACK), total), dtype=np.int64)
    for k, back in enumerate(BARS_BACK, start=1):
        target = slot + back
        later = (target * _PLACES * _PITCHES) + what
        place = np.minimum(np.searchsorted(note, later), len(note) - 1)
        shared = np.bincount(target[note[place] == later], minlength=total)[:total]
        before = np.concatenate([np.zeros(min(back, total), dtype=np.int64), size[: max(0, total - back)]])
        union = np.maximum(1, size + before - shared)
        runs[k] = _run_lengths((number >= back) & (shared >= _ALIKE * union))
    runs[0] = 0
    best = np.argmax(runs, axis=0)  # of equals the first: the nearest, or "new" where nothing is alike
    return (NEW + best).astype(np.uint8)


def _run_lengths(true: npt.NDArray[np.bool_]) -> IntArray:
    """For each place how long the run of true values is that it stands in; 0 where it is false."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    out = np.zeros(len(true), dtype=np.int64)
    lengths = edges[1::2] - edges[::2]
    out[true] = np.repeat(lengths, lengths)
    return out


def as_text(labels: Labels, pickup_bars: int) -> str:
    """The form as it is kept: one digit a bar, without the pick-up. A bar that repeats the pick-up is new."""
    return "".join(map(str, _within(labels[pickup_bars:]).tolist()))


def _within(labels: Labels) -> Labels:
    """The labels, new where one says that a bar repeats what stands before the first of them."""
    back = np.array([0, 0, *BARS_BACK])[labels]
    return np.where(back > np.arange(len(labels)), np.uint8(NEW), labels)


def returning_share(forms: Mapping[str, int]) -> float:
    """The share of bars that repeat an earlier one in {form: how many tunes have it}."""
    bars = sum(n * len(form) for form, n in forms.items())
    return sum(n * sum(label > str(NEW) for label in form) for form, n in forms.items()) / max(1, bars)


def draw_forms(forms: Mapping[str, int], num_bars: int, rngs: Iterable[np.random.Generator]) -> list[Labels]:
    """For each generator a form of `num_bars` bars among those of a corpus, {form: how many tunes have it}.

    Of tunes of that length where there are thirty; with fewer, longer tunes lend their beginnings. Unknown where no
    tune is long enough.
    """
    choices = [(form, n) for form, n in forms.items() if len(form) == num_bars]
    if sum(n for _, n in choices) < _ENOUGH:
        choices = [(form, n) for form, n in forms.items() if len(form) >= num_bars]
    if not choices:
        return [np.zeros(num_bars, dtype=np.uint8) for _ in rngs]
    cumulative = np.cumsum([n for _, n in choices])
    places = (int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")) for rng in rngs)
    return [_within(np.array([int(label) for label in choices[n][0][:num_bars]], dtype=np.uint8)) for n in places]


def is_free(text: str) -> bool:
    """Whether a form, as a user writes it, leaves all to the network."""
    return text.strip().lower() == "free"


def parse_form(text: str, num_bars: int) -> Labels:
    """The labels of sections of equal length, such as "AABA" or "A A B A"; "free" leaves all to the network (unknown).

    Raises SettingError where the bars cannot be shared out, or a section would come back from further than 16 bars or
    from a distance that is none of 1, 2, 4, 8 and 16 bars.
    """
    letters = "".join(text.split()).upper()
    if is_free(text):
        return np.zeros(num_bars, dtype=np.uint8)
    if not letters.isascii() or not letters.isalpha():
        raise SettingError(f"form must be letters, one a section, such as AABA, or free. Received: {text!r}")
    section, rest = divmod(num_bars, len(letters))
    if rest or not section:
        raise SettingError(
            f"form must have a number of sections that divides the bars. Received: {text!r} for {num_bars} bars"
        )
    out = np.full(num_bars, NEW, dtype=np.uint8)
    for n, letter in enumerate(letters):
        earlier = [(n - m) * section for m in range(n) if letters[m] == letter]
        if not earlier:
            continue
        near = [back for back in earlier if back in BARS_BACK]
        if not near:
            raise SettingError(
                f"form must bring a section back after {', '.join(map(str, BARS_BACK))} bars. "
                f"Received: {text!r}, where {letter} comes back after {' and '.join(map(str, sorted(earlier)))}"
            )
        out[n * section : (n + 1) * section] = NEW + 1 + BARS_BACK.index(min(near))
    return out
