"""New melodies have the layouts that are drawn for them: pick-up, last note, numbers of notes, whatever the network."""

from __future__ import annotations

import numpy as np
import pytest
from laid_out import laid_out_model, sample_tunes

from melodyrnn.conditions.character import is_joined
from melodyrnn.conditions.layout import Layout
from melodyrnn.errors import SettingError
from melodyrnn.generation.layout_changes import closes, mean_notes
from melodyrnn.generation.layouts import layouts_of_plan
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.outlines import outlines_of_plan
from melodyrnn.generation.request import Request
from melodyrnn.score.score import Score

Wishes = dict[str, object]


def drawn(**wishes: object) -> list[tuple[Layout, Score]]:
    """The layouts and the melodies of a request."""
    model = laid_out_model()
    plan = model.plan(Request(**{"num": 10, "bars": 8, "seed": 1, **wishes}))  # type: ignore[arg-type]
    layouts = layouts_of_plan(model.vocabulary, plan, range(plan.num))
    assert layouts is not None
    return list(zip(layouts, generate_melodies(model.network, model.vocabulary, plan), strict=True))


def first_bar(layout: Layout) -> int:
    """The number of the first full bar."""
    return int(layout.pickup > 0)


def counts(layout: Layout, melody: Score) -> list[int]:
    """The number of notes of each full bar."""
    every = np.bincount(melody.onset // melody.bar, minlength=layout.num_bars + first_bar(layout))
    return every[first_bar(layout) :].tolist()  # type: ignore[no-any-return]


WISHES: list[Wishes] = [
    {},
    {"meter": (3, 4)},
    {"meter": (6, 8), "temperature": 3.0},
    {"bars": 1},
    {"bars": 70, "num": 2},
    {"pickup": 0},
    {"pickup": 3, "meter": (4, 4)},
    {"pickup": 0.5, "meter": (6, 8), "end": "close"},
    {"end": "close", "max_interval": 4},
    {"end": "close", "density": 2.4},
    {"end": "open", "key": "E dorian"},
    {"density": 5, "pickup": 1},
    {"density": 1},
    {"form": "AA2BA'", "density": 3},
    {"form": "free", "register": 80, "range": (60, 90)},
]


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_melodies_begin_and_end_where_their_layouts_say(wishes: Wishes) -> None:
    for layout, melody in drawn(**wishes):
        before = first_bar(layout)
        assert melody.onset[0] == before * melody.bar - layout.pickup
        last = max(bar for bar, notes in enumerate(layout.notes) if notes > 0)
        assert melody.onset[-1] == (last + before) * melody.bar + layout.last[last]
        rest = (layout.num_bars + before) * melody.bar - melody.onset[-1]
        assert melody.duration[-1] == min(layout.final, rest)
        assert (melody.onset[1:] >= (melody.onset + melody.duration)[:-1]).all()
        tonic = melody.pitch[-1] % 12 == melody.key.tonic
        if "end" in wishes or "key" in wishes:
            assert tonic == (wishes.get("end") != "open")
        assert tonic == (layout.cadences[-1] == 0)
        assert wishes.get("end") != "close" or closes(layout)
        if "density" in wishes:
            assert counts(layout, melody) == list(layout.notes)


@pytest.mark.parametrize(
    ("density", "bars", "total"), [(3, 8, 24), (2.5, 8, 20), (1.3, 8, 10), (6, 5, 30), (0.9, 9, 8)]
)
def test_a_density_is_exact_over_the_full_bars_and_varies(density: float, bars: int, total: int) -> None:
    found = [layout.notes for layout, _ in drawn(density=density, bars=bars, num=8)]
    assert {sum(notes) for notes in found} == {total}
    assert len({notes for notes in found}) > 1
    assert any(len(set(notes)) > 1 for notes in found)


def test_layouts_near_a_density_are_drawn() -> None:
    model = laid_out_model()
    every = [mean_notes(layout) for layout in model.vocabulary.layouts]
    assert max(every) > 1.5 * min(every)
    for density in (3, 7):
        plan = model.plan(Request(num=30, bars=8, seed=2, density=density))
        layouts = layouts_of_plan(model.vocabulary, plan, range(30))
        assert layouts is not None
        assert {round(mean_notes(layout), 6) for layout in layouts} == {density}


def test_pickups_are_as_long_as_asked_for_or_as_in_the_corpus() -> None:
    lengths = {layout.pickup for layout in laid_out_model().vocabulary.layouts}
    assert len(lengths) > 2
    assert {layout.pickup for layout, _ in drawn(num=40, meter=(4, 4))} <= lengths
    assert len({layout.pickup > 0 for layout, _ in drawn(num=40, meter=(4, 4))}) == 2
    assert {layout.pickup for layout, _ in drawn(pickup=0)} == {0}
    assert {layout.pickup for layout, _ in drawn(pickup=1.5, meter=(3, 4))} == {18}


def test_a_layout_and_a_melody_depend_on_seed_and_number_alone() -> None:
    many, few = drawn(num=9), drawn(num=2)
    assert many[:2] == few
    assert [layout for layout, _ in drawn(num=9, seed=2)] != [layout for layout, _ in many]
    model = laid_out_model()
    plan = model.plan(Request(num=9, bars=8, seed=1))
    assert layouts_of_plan(model.vocabulary, plan, [7, 3]) == [many[7][0], many[3][0]]


def test_the_network_is_told_the_layout_with_its_form() -> None:
    model = laid_out_model()
    plan = model.plan(Request(num=6, bars=8, form="AABA", pickup=1, register=70, seed=3))
    layouts = layouts_of_plan(model.vocabulary, plan, range(6))
    assert layouts is not None
    for layout, outline in zip(layouts, outlines_of_plan(model.vocabulary, plan, range(6), layouts), strict=True):
        assert outline.layout is layout
        assert (outline.num_bars, outline.pickup_bars) == (9, 1)
        assert outline.values["form"].tolist() == [1, 1, 1, 3, 3, 1, 1, 4, 4]  # type: ignore[attr-defined]
        assert layout.compass[1] == 70


def test_a_register_moves_with_the_key_as_the_layouts_do() -> None:
    medians = []
    for key in ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"):
        medians.append(np.median([layout.compass[1] for layout, _ in drawn(key=key, bars=2, num=20)]))
    assert np.abs(np.diff([*medians, medians[0]])).max() <= 3
    assert {layout.compass[1] for layout, _ in drawn(key="F#", register=66, bars=2)} == {66}


@pytest.mark.parametrize("register", [60, 67, 76, 84])
def test_melodies_keep_the_compass_of_a_register_they_are_asked_for(register: int) -> None:
    for layout, melody in drawn(key="F#", register=register, bars=4, num=12, temperature=1.5):
        inside = (melody.pitch >= layout.compass[0]) & (melody.pitch <= layout.compass[2])
        assert inside[:-1].all()
        assert layout.compass[0] <= register <= layout.compass[2]


def test_files_hold_a_bar_more_for_a_pickup_and_markers_around_the_loop() -> None:
    model = laid_out_model()
    for beats, bars in [(1, 9), (0, 8)]:
        for piece in model.generate(Request(num=3, bars=8, meter=(4, 4), pickup=beats, seed=4)):  # type: ignore[arg-type]
            assert piece.end == bars * 1920
            assert type(piece.end) is int  # which is written as JSON
            assert piece.tracks[0].notes.onset[0] == (1920 - 480 if beats else 0)
            texts = [(marker.tick, marker.text) for marker in piece.markers]
            assert texts == ([(1440, "loop start"), (1440 + 8 * 1920, "loop end")] if beats else [])


@pytest.mark.parametrize("density", [1, 2])
@pytest.mark.parametrize("pickup", [0.5, 1])
def test_a_pickup_may_have_more_notes_than_any_bar_on_the_way_to_a_close(density: float, pickup: float) -> None:
    """In small steps from a far note to the tonic more notes are needed than the bars have."""
    model = laid_out_model()
    wishes = Request(
        num=24,
        bars=2,
        meter=(3, 4),
        density=density,
        pickup=pickup,
        end="close",
        max_interval=2,
        temperature=2,
        seed=4,  # type: ignore[arg-type]
    )
    for melody in generate_melodies(model.network, model.vocabulary, model.plan(wishes)):
        assert np.count_nonzero(melody.onset >= melody.bar) == 2 * density
        assert melody.pitch[-1] % 12 == melody.key.tonic


def test_primers_and_models_without_layouts_are_as_before() -> None:
    model = laid_out_model()
    plan = model.plan(Request(num=2, bars=4, primer="C4 D4 E4 F4", seed=1))
    assert layouts_of_plan(model.vocabulary, plan, range(2)) is None
    assert [melody.onset[0] for melody in generate_melodies(model.network, model.vocabulary, plan)] == [0, 0]
    assert model.plan(Request(primer="C4", pickup=0)).layout is None


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"pickup": 4, "meter": (4, 4)}, r"pickup must be under a bar of 4/4.*Received: 4"),
        (
            {"pickup": 0.3, "meter": (4, 4)},
            r"pickup must be under a bar of 4/4, in beats of a 4th, in whole steps of 1/12",
        ),
        ({"pickup": -1}, r"pickup must be >= 0\. Received: -1"),
        ({"register": 128}, r"register must be 0\.\.127 \(C-1 to G9\)\. Received: 128"),
        (
            {"pickup": 1, "primer": "C4"},
            r"pickup needs a model with layouts of tunes, and no primer\. Received: 1 and a primer",
        ),
        ({"register": 60, "primer": "C4"}, r"register needs a model with layouts of tunes, and no primer"),
        ({"density": 60}, r"density and meter must leave room for the notes of a bar: at most \d+\. Received: 60"),
        ({"form": "AA'", "primer": "C4"}, r"form may say how a section returns \(A', A2\) for new pieces of a model"),
        ({"density": 0.3, "bars": 12}, r"density must be .*Received: 0\.3"),
        (
            {"density": 0.5, "bars": 2, "pickup": 0},
            r"density must give 2 bars at least 2 notes, in the first bar and in the last\. Received: 0\.5",
        ),
        (
            {"register": 74, "range": (48, 60)},
            r"register must be within range\. Received: D5, C3:C4",
        ),
    ],
)
def test_what_cannot_be_met_is_refused_in_one_line(wishes: Wishes, message: str) -> None:
    with pytest.raises(SettingError, match=message) as refused:
        laid_out_model().generate(Request(**{"num": 4, "bars": 8, "seed": 1, **wishes}))  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_every_sample_has_a_layout() -> None:
    assert len(laid_out_model().vocabulary.layouts) == len(sample_tunes()) > 20


def test_notes_of_a_density_last_until_the_next_where_the_layout_has_hardly_a_rest() -> None:
    found = drawn(density=3, num=20)
    gaps: dict[bool, list[bool]] = {True: [], False: []}
    for layout, melody in found:
        gaps[is_joined(layout.character)] += (melody.onset[1:] > (melody.onset + melody.duration)[:-1]).tolist()
    assert np.mean(gaps[True]) < 0.02
    without_numbers = [melody for layout, melody in drawn(num=20) if is_joined(layout.character)]
    assert np.mean(np.concatenate([m.onset[1:] > (m.onset + m.duration)[:-1] for m in without_numbers])) > 0.2


def test_the_last_note_comes_as_the_layout_says() -> None:
    """Where no rest comes before it, and the wishes leave the pitch."""
    legato = [(layout, m) for layout, m in drawn(num=40) if m.onset[-1] == m.onset[-2] + m.duration[-2]]
    assert len(legato) > 10
    assert np.mean([m.pitch[-1] - m.pitch[-2] == layout.approach for layout, m in legato]) > 0.9
    for layout, melody in drawn(end="close"):
        assert layout.cadences[-1] == 0
        assert abs(int(melody.pitch[-1]) - int(melody.pitch[-2])) <= 7


def test_in_a_key_without_tunes_melodies_keep_the_compass_of_their_layouts() -> None:
    """Which the network has never read in such a key, and may not follow."""
    known = {layout.key.tonic for layout in laid_out_model().vocabulary.layouts}
    assert 6 not in known
    assert 7 in known
    far = drawn(key="F#", num=12, temperature=1.5)
    near = drawn(key="G", num=12, temperature=1.5)

    def share_inside(melodies: list[tuple[Layout, Score]]) -> float:
        inside = [((m.pitch >= own.compass[0]) & (m.pitch <= own.compass[2]))[:-2] for own, m in melodies]
        return float(np.concatenate(inside).mean())

    assert share_inside(far) == 1
    assert share_inside(near) < 1
