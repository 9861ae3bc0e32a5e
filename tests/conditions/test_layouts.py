"""Layouts of melodies: what they say, packed and back, fitted to other lengths and keys, drawn, and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.conditions.bar_repeats import BARS_BACK
from melodyrnn.conditions.folding import folded
from melodyrnn.conditions.laid_out import layout_of, layouts_of
from melodyrnn.conditions.layout import UNKNOWN, Layout
from melodyrnn.conditions.layouts import Layouts, candidates, draw_layouts, fit
from melodyrnn.conditions.returns import EXACT, NEW_BAR, OTHER_ENDING, SAME_RHYTHM, VARIED
from melodyrnn.conditions.table import OF_LAYOUT, conditions_of_melodies
from melodyrnn.corpus.batches import Batches
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score

G = Key(7, "major")


def tune(bars: list[list[tuple[int, int, int]]], pickup: int = 0, key: Key = G) -> Score:
    """A tune in 4/4 of (step in the bar, length, pitch), after a pick-up of some steps on D5."""
    notes = [(48 - pickup, pickup, 74)] if pickup else []
    notes += [
        (48 * (n + bool(pickup)) + step, length, pitch) for n, bar in enumerate(bars) for step, length, pitch in bar
    ]
    onset, duration, pitch = zip(*notes, strict=True)
    return Score.line(onset, duration, pitch, [80] * len(notes), Meter(4, 4), key)


A = [(0, 12, 67), (12, 12, 69), (24, 12, 71), (36, 12, 72)]
B = [(0, 24, 74), (24, 24, 71)]
A_VARIED = [(0, 12, 71), *A[1:]]
A_ENDING = [*A[:3], (36, 12, 67)]
A_MOVED = [(step, length, pitch + 5) for step, length, pitch in A]
LAST = [(0, 36, 67)]


def laid_out(score: Score) -> Layout:
    layout = layout_of(score)
    assert layout is not None
    return layout


def test_a_layout_says_how_the_piece_is_built() -> None:
    layout = laid_out(tune([A, B, A, LAST], pickup=12))
    assert (layout.meter, layout.key, layout.pickup, layout.final) == ((4, 4), G, 12, 36)
    assert layout.form == "1131"
    assert layout.returns == (NEW_BAR, NEW_BAR, EXACT, NEW_BAR)
    assert layout.sources == (1, 1, 2 + BARS_BACK.index(2), 1)
    assert layout.notes == (4, 2, 4, 1)
    assert layout.last == (36, 24, 36, 0)
    assert layout.cadences == (5, 4, 5, 0)
    assert layout.compass == (67, 71, 74)
    assert layout.approach == -5
    assert layout.num_bars == 4


def test_without_a_pickup() -> None:
    assert laid_out(tune([A, LAST])).pickup == 0
    assert layout_of(tune([], pickup=12)) is None


@pytest.mark.parametrize(
    ("bar", "kind"),
    [(A, EXACT), (A_VARIED, VARIED), (A_ENDING, OTHER_ENDING), (A_MOVED, SAME_RHYTHM), (B, NEW_BAR)],
)
def test_kinds_of_return(bar: list[tuple[int, int, int]], kind: int) -> None:
    assert laid_out(tune([A, bar])).returns == (NEW_BAR, kind)


@given(st.lists(melodies(), min_size=1, max_size=5))
def test_packed_and_back(scores: list[Score]) -> None:
    found = [layout for layout in layouts_of(scores) if layout is not None]
    packed = Layouts.pack(found)
    assert [*Layouts(packed.packed)] == found
    assert bool(packed) == bool(found)


@given(melodies())
def test_counts_are_those_of_the_notes(score: Score) -> None:
    layout = layout_of(score)
    if layout is not None:
        assert sum(layout.notes) == len(score) - (score.onset < score.pickup_bars * score.bar).sum()
        assert layout.num_bars == score.num_bars - score.pickup_bars


def test_a_damaged_text_is_refused() -> None:
    packed = Layouts.pack([laid_out(tune([A, LAST]))]).packed
    with pytest.raises(ValueError, match=r"layouts must be packed|Incorrect padding"):
        len(Layouts(packed[:-8]))


def test_fitted_to_fewer_bars_it_ends_as_the_piece_does() -> None:
    layout = laid_out(tune([A, B, A, LAST])).fitted(3)
    assert (layout.form, layout.notes, layout.last, layout.returns[-1]) == ("111", (4, 2, 1), (36, 24, 0), 0)


def test_fitted_to_more_bars_those_between_are_unknown() -> None:
    layout = laid_out(tune([A, B, A, LAST])).fitted(6)
    assert layout.form == "113001"
    assert layout.notes == (4, 2, 4, UNKNOWN, UNKNOWN, 1)
    assert layout.fitted(6) == layout


def test_the_compass_changes_little_from_key_to_key() -> None:
    layout = laid_out(tune([A, B, A, LAST]))
    medians = [layout.in_key(Key((7 + n) % 12, "major")).compass[1] for n in range(13)]
    assert medians[0] == medians[12] == 71
    assert max(np.abs(np.diff(medians))) <= 2
    assert max(np.abs(np.array(medians) - 71)) <= 2


def test_drawn_in_meter_length_and_key() -> None:
    layout = laid_out(tune([A, B, A, LAST], pickup=12))
    waltz = replace(layout, meter=Meter(3, 4))
    short = layout.fitted(2)
    known = Layouts.pack([layout, waltz, short])
    assert candidates(known, Meter(4, 4), G, 4).tolist() == [0]
    assert candidates(known, Meter(4, 4), G, 2).tolist() == [0, 2]
    assert candidates(known, Meter(2, 2), G, 4).tolist() == [0]
    assert candidates(known, Meter(5, 4), G, 4).tolist() == []
    (drawn,) = draw_layouts(known, Meter(4, 4), Key(9, "major"), 4, [np.random.default_rng(0)])
    assert drawn == layout.in_key(Key(9, "major"))
    assert draw_layouts(known, Meter(5, 4), G, 4, [np.random.default_rng(0)]) == [None]


def test_tunes_with_onsets_off_the_grid_are_not_typical() -> None:
    usual = laid_out(tune([A, B, A, LAST]))
    odd = laid_out(tune([A, [*A[:3], (47, 1, 72)], A, LAST]))
    known = Layouts.pack([usual, odd, usual])
    assert known.share_off_grid.tolist() == [0, 0.25, 0]
    assert candidates(known, Meter(4, 4), G, 4).tolist() == [0, 2]
    assert candidates(known, Meter(4, 4), G, 4, are_typical=False).tolist() == [0, 1, 2]


def test_tunes_with_twice_the_usual_number_of_notes_are_not_typical() -> None:
    usual = laid_out(tune([A, B, A, LAST]))
    busy = laid_out(tune([[(step, 3, 67) for step in range(0, 48, 3)]] * 4))
    known = Layouts.pack([usual] * 5 + [busy])
    assert known.mean_notes.tolist() == [2.75] * 5 + [16]
    assert candidates(known, Meter(4, 4), G, 4).tolist() == [0, 1, 2, 3, 4]
    assert candidates(known, Meter(4, 4), G, 4, are_typical=False).tolist() == [0, 1, 2, 3, 4, 5]


def test_sections_played_twice_are_folded() -> None:
    """AABB of four bars each, A with another ending the second time, becomes AB with that ending."""
    one, two = [A, B, A_VARIED, B], [A_MOVED, B, A_MOVED, LAST]
    layout = laid_out(tune([*one, *one[:3], A_ENDING, *two, *two], pickup=12))
    short = folded(layout)
    assert short is not None
    assert short == fit(layout, 8)
    assert (short.num_bars, short.pickup, short.final) == (8, 12, 36)
    assert short.notes == layout.notes[4:8] + layout.notes[12:]
    assert short.cadences == layout.cadences[4:8] + layout.cadences[12:]
    assert short.returns == layout.returns[:4] + layout.returns[8:12]
    known = Layouts.pack([layout, layout.fitted(5)])
    assert candidates(known, Meter(4, 4), G, 8).tolist() == [0]


def test_other_tunes_are_not_folded() -> None:
    assert folded(laid_out(tune([A, B, A, LAST]))) is None  # no section of one bar returns
    assert folded(laid_out(tune([A, B, A]))) is None


@pytest.fixture
def vocabulary(fit: Callable[..., Vocabulary], tunes: list[Score]) -> Vocabulary:
    plain = fit(tunes)
    return replace(plain, conditions=conditions_of_melodies(True, True))


def test_a_vocabulary_with_layouts_is_stored(vocabulary: Vocabulary) -> None:
    stored = replace(vocabulary, layouts=Layouts.pack([laid_out(tune([A, LAST]))]))
    assert Vocabulary.from_json(stored.to_json()) == stored
    with pytest.raises(ValueError, match=r"layouts must be a text. Received: list"):
        Vocabulary.from_json({**stored.to_json(), "layouts": []})


def test_contexts_tell_the_layout_of_training_pieces_only(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    inputs = Inputs.of(vocabulary)
    of_layout = np.any([inputs.condition_columns(name) for name in OF_LAYOUT], axis=0)
    told, _ = context_of(tunes, vocabulary, with_conditions=True)
    hidden, _ = context_of(tunes, vocabulary)
    for score, shown, unknown in zip(tunes, told, hidden, strict=True):
        layout = laid_out(score)
        assert not unknown[:, of_layout].any()
        notes = shown[:-1, inputs.place("onset_bar_notes")]
        assert notes.tolist() == [layout.notes[bar] + 1 for bar in score.onset // score.bar - score.pickup_bars]


def test_join_tells_the_first_pitch_of_a_coming_return(vocabulary: Vocabulary) -> None:
    score = tune([A, B, A, LAST])
    (shown,), _ = context_of([score], vocabulary, with_conditions=True)
    join = shown[:-1, Inputs.of(vocabulary).place("onset_join")]
    told = np.flatnonzero((join > 0) & (join < 129))
    assert told.tolist() == [4, 5]  # the notes of the bar before the return
    assert set(join[told]) == {67 + 5 + 1}  # G with a tonic of C is five semitones higher
    ahead = shown[:-1, Inputs.of(vocabulary).place("onset_to_join")]
    assert ahead.tolist() == [0, 50, 50, 50, 67 - 72 + 25, 67 - 74 + 25, *[50] * 4, 0]


def test_notes_left_counts_down_in_each_bar(vocabulary: Vocabulary) -> None:
    (shown,), _ = context_of([tune([A, B, A, LAST], pickup=12)], vocabulary, with_conditions=True)
    place = Inputs.of(vocabulary).place
    assert shown[:-1, place("onset_notes_left")].tolist() == [0, 5, 4, 3, 2, 3, 2, 5, 4, 3, 2, 2]
    assert shown[1:, place("notes_left")].tolist() == [0, 4, 3, 2, 1, 2, 1, 4, 3, 2, 1, 1]


def test_the_closing_note_of_a_phrase_and_the_one_before_are_told(vocabulary: Vocabulary) -> None:
    (shown,), _ = context_of([tune([A, B, A, A, A, LAST])], vocabulary, with_conditions=True)
    place = Inputs.of(vocabulary).place
    dominant_seventh, tonic = 5, 0  # C and G above G
    closing = shown[:-1, place("onset_closing")].tolist()
    assert closing[:14] == [1] * 12 + [dominant_seventh + 14, dominant_seventh + 2]
    assert closing[14:] == [1] * 3 + [tonic + 14, tonic + 2]
    arrival = shown[:-1, place("onset_arrival")].tolist()
    assert arrival == [1] * 17 + [(0 + 5) % 12 + 27, 14 - 5]  # from C a fourth down to G
    assert shown[1:, place("closing")].tolist() == [*closing[1:], 1]


def test_where_the_last_note_is_in_the_compass_is_told(vocabulary: Vocabulary) -> None:
    score = tune([A, B, A, LAST])
    (shown,), _ = context_of([score], vocabulary, with_conditions=True)
    place = Inputs.of(vocabulary).place
    for name, pitch in zip(("low", "middle", "high"), laid_out(score).compass, strict=True):
        above = shown[:, place(f"above_{name}")].astype(int)
        assert above.tolist() == [0, *(score.pitch - pitch + 25).tolist()]
        assert set(shown[:, place(f"compass_{name}")]) == {pitch + 5 + 1}


def test_layouts_are_hidden_together_and_one_by_one(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    inputs = Inputs.of(vocabulary)
    drawn, _ = Batches(*context_of(tunes, vocabulary, with_conditions=True), inputs, 16, 3000).draw(
        np.random.default_rng(0)
    )
    shown = np.array(
        [drawn["context"][:, 1][:, inputs.condition_columns(name)].any(axis=1) for name in (*OF_LAYOUT, "form")]
    )
    assert (~shown.any(axis=0)).mean() == pytest.approx(0.5, abs=0.03)
    assert shown.mean() == pytest.approx(0.5 * 0.85, abs=0.03)
