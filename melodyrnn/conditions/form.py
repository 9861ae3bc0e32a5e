"""The form of a piece: which bars are new and which repeat an earlier bar.

A form is stored as a string of labels (conditions/bar_repeats.py), one digit a bar, without the pick-up: "11114444" is
four bars and a repeat of all four. In part of the training sequences the network reads the form of the piece. For
generation, the form is drawn from the forms of the training pieces, or given as sections ("AABA").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ..arrays import IntArray
from ..errors import SettingError
from ..score.score import Score
from .bar_repeats import BARS_BACK, NEW, NUM_LABELS, Labels, form_of
from .base import Feature, FeatureAt, KnownMusic, NotesSoFar
from .outline import Outline

_BACK = np.array([0, 0, *BARS_BACK])  # by label
_ZERO = np.uint8(ord("0"))
_MIN_PIECES = 30  # of exactly the requested length; with fewer, the beginnings of longer pieces are used too


class FormCondition:
    """form: the labels of the current and of the next bar. Its value in an outline is all labels, uint8 (num_bars,)."""

    name = "form"
    features = (Feature("form", lambda sizes: NUM_LABELS, 12, is_read_by_heads=True, is_seen_ahead=True),)
    hidden_share: float | None = 0.5
    is_of_layout = False

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        labels = _side_by_side([outline.values.get(self.name) for outline in outlines])
        rows = np.arange(len(outlines))
        bar = np.array([outline.bar for outline in outlines], dtype=np.int64)
        last = labels.shape[1] - 1

        def label(onset: IntArray) -> Labels:
            found: Labels = labels[rows, np.minimum(onset // bar, last)]
            return found

        return {"form": label}

    def of_scores(self, scores: Sequence[Score]) -> list[object] | None:
        return [*form_of(scores)] if scores else []

    def draw(self, num_bars: int, known: KnownMusic, rngs: Iterable[np.random.Generator]) -> list[object] | None:
        return [*draw_forms(known.forms, num_bars, rngs)]


def _side_by_side(values: Sequence[object]) -> Labels:
    """Return the labels of a batch, (batch, bars), padded with "unknown" at the end."""
    labels = [np.zeros(0, dtype=np.uint8) if value is None else np.asarray(value, dtype=np.uint8) for value in values]
    out = np.zeros((len(labels), 1 + max(map(len, labels), default=0)), dtype=np.uint8)
    for row, own in enumerate(labels):
        out[row, : len(own)] = own
    return out


def as_text(labels: Labels, pickup_bars: int) -> str:
    """Return the form as a string, one digit a bar, without the pick-up. A bar that repeats the pick-up is new."""
    return (_within(labels[pickup_bars:]) + _ZERO).tobytes().decode("ascii")


def _within(labels: Labels) -> Labels:
    """Return the labels; a label that refers to a bar before the first one becomes "new"."""
    return np.where(_BACK[labels] > np.arange(len(labels)), np.uint8(NEW), labels)


def returning_share(forms: Mapping[str, int]) -> float:
    """Return the share of bars that repeat an earlier one, 0..1; `forms` holds how many pieces have each form."""
    bars = sum(n * len(form) for form, n in forms.items())
    return sum(n * (len(form) - form.count(str(NEW))) for form, n in forms.items()) / max(1, bars)


def draw_forms(forms: Mapping[str, int], num_bars: int, rngs: Iterable[np.random.Generator]) -> list[Labels]:
    """Draw for each generator a form of `num_bars` bars; `forms` holds how many pieces of a corpus have each form.

    Forms of exactly that length are drawn where at least thirty pieces have one; otherwise the beginnings of longer
    forms are drawn too. Where no piece is long enough, every bar is unknown.
    """
    choices = [(form, n) for form, n in forms.items() if len(form) == num_bars]
    if sum(n for _, n in choices) < _MIN_PIECES:
        choices = [(form, n) for form, n in forms.items() if len(form) >= num_bars]
    if not choices:
        return [np.zeros(num_bars, dtype=np.uint8) for _ in rngs]
    cumulative = np.cumsum([n for _, n in choices])
    places = (int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")) for rng in rngs)
    return [_within(np.array([int(label) for label in choices[n][0][:num_bars]], dtype=np.uint8)) for n in places]


def is_free(text: str) -> bool:
    """Return whether a form, as a user writes it, leaves every bar to the network."""
    return text.strip().lower() == "free"


def no_form(text: str) -> SettingError:
    """Return the error that a text is no form."""
    return SettingError(
        "form must be letters, one a section, such as AABA (A' for varied, A2 for another ending), or free. "
        f"Received: {text!r}"
    )


def parse_form(text: str, num_bars: int) -> Labels:
    """Return the labels of sections of equal length, such as "AABA" or "A A B A"; for "free" every bar is unknown.

    Raises:
        SettingError: where the sections do not divide the bars, or a section would repeat at a distance that is
            not in `BARS_BACK`.
    """
    letters = "".join(text.split()).upper()
    if is_free(text):
        return np.zeros(num_bars, dtype=np.uint8)
    if not letters.isascii() or not letters.isalpha():
        raise no_form(text)
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
                f"form must repeat a section after {', '.join(map(str, BARS_BACK))} bars. "
                f"Received: {text!r}, where {letter} repeats after {' and '.join(map(str, sorted(earlier)))}"
            )
        out[n * section : (n + 1) * section] = NEW + 1 + BARS_BACK.index(min(near))
    return out
