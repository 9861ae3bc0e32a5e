"""Bars that are drawn anew are new, and change nothing else."""

import numpy as np
import pytest
from band_models import BASS, LEAD, band, band_generator, only

from melodyrnn.errors import SettingError
from melodyrnn.generation.filling import infill, unchanged_bars
from melodyrnn.generation.generator import load
from melodyrnn.generation.primer import read_primer
from melodyrnn.generation.request import Request
from melodyrnn.music.meter import Meter
from melodyrnn.music.notation import parse_notes
from melodyrnn.score.convert import to_piece
from melodyrnn.score.typed import melody_of_notes
from melodyrnn.shipped import data_folder


@pytest.fixture(scope="module")
def model():
    return load()


TUNES = ["frere-jacques", "ode-to-joy", "greensleeves"]


def _tune(name):
    found = sorted((data_folder("samples") / "tunes").glob(f"*{name}*.mid"))
    assert found, f"no tune named {name}"
    return str(found[0])


@pytest.mark.parametrize("name", TUNES)
@pytest.mark.parametrize("bars", [(1, 1), (3, 4)])
def test_infill_changes_nothing_outside_its_bars(model, name, bars):
    primer = read_primer(_tune(name)).view(None).score
    start, end = (bars[0] - 1) * primer.bar * 40, bars[1] * primer.bar * 40
    for piece in model.generate(Request(num=2, seed=1, primer=primer, infill=bars)):
        notes = piece.tracks[0].notes
        for column in ("onset", "duration", "pitch", "velocity"):
            tick = 40 if column in ("onset", "duration") else 1
            own = getattr(primer, column) * tick
            outside = (primer.onset * 40 < start) | (primer.onset * 40 >= end)
            kept = (notes.onset < start) | (notes.onset >= end)
            np.testing.assert_array_equal(getattr(notes, column)[kept], own[outside])
        inside = (notes.onset >= start) & (notes.onset < end)
        assert inside.any()
        assert notes.end[inside].max() <= end
        assert piece.end == primer.num_bars * primer.bar * 40


@pytest.mark.parametrize("name", TUNES)
def test_filled_bars_are_new_and_no_two_pieces_are_the_same(model, name):
    primer = read_primer(_tune(name)).view(None).score
    start, end = 2 * primer.bar * 40, 4 * primer.bar * 40
    found = []
    for piece in model.generate(Request(num=4, seed=1, primer=primer, infill=(3, 4))):
        notes = piece.tracks[0].notes
        inside = (notes.onset >= start) & (notes.onset < end)
        found.append(list(zip(notes.onset[inside].tolist(), notes.pitch[inside].tolist(), strict=True)))
    old = primer[(primer.onset * 40 >= start) & (primer.onset * 40 < end)]
    given = list(zip((old.onset * 40).tolist(), old.pitch.tolist(), strict=True))
    middle = (start + end) // 2
    for bar in (lambda notes: [n for n in notes if n[0] < middle], lambda notes: [n for n in notes if n[0] >= middle]):
        assert bar(given) not in [bar(one) for one in found]
    assert len({tuple(one) for one in found}) == 4


def test_bars_come_back_where_nothing_else_can_be(model):
    """A single pitch, in a single note."""
    request = Request(seed=1, primer="C4:4 C4:4 C4:4", infill=(2, 2), range=(60, 60), density=1, temperature=0)
    (piece,) = model.generate(request)
    assert piece.tracks[0].notes.pitch.tolist() == [60, 60, 60]


def test_only_bars_with_the_same_notes_are_unchanged():
    old = melody_of_notes(parse_notes("C4 D4 E4 F4 G4:4 r:4 C5:4"), Meter(4, 4))
    new = melody_of_notes(parse_notes("C4 D4 E4 F4 G4:2 A4:2 r:4 C5:4"), Meter(4, 4))
    assert unchanged_bars(old, old) == 3
    assert unchanged_bars(old, new) == 2
    assert unchanged_bars(old[:0], old) == 0


@pytest.mark.parametrize(("num_bars", "first"), [(1, 4), (2, 3)])
def test_a_new_ending_closes_and_all_before_it_stays(model, num_bars, first):
    """The tune has a bar of rest at its end, which stays one."""
    tune = "C4 D4 E4 F4 | G4 A4 B4 c | c B4 A4 G4 | F4 E4 D4 B3:1".replace("|", "").replace("c", "C5")
    pieces = model.generate(Request(num=3, seed=1, primer=tune + " r:4", new_ending=num_bars, key="C major"))
    for piece in pieces:
        notes = piece.tracks[0].notes
        before = notes.onset < (first - 1) * 1920
        assert notes.pitch[before].tolist() == [60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67][: before.sum()]
        assert before.sum() == (first - 1) * 4
        assert notes.pitch[-1] % 12 == 0
        assert notes.onset[-1] >= 3 * 1920
        assert (notes.end.max(), piece.end) <= (4 * 1920, 5 * 1920)
        assert f"--new-ending {num_bars}" in piece.texts[0]


def test_a_new_ending_of_several_parts_ends_on_the_tonic():
    given = to_piece(only(band(num_bars=3), LEAD, BASS))
    (piece,) = band_generator().generate(Request(seed=1, primer=given, new_ending=1))
    assert piece.tracks[1].notes.pitch[-1] % 12 == 0
    for old, new in zip(given.tracks, piece.tracks, strict=True):
        assert old.notes[old.notes.onset < 2 * 1920] == new.notes[new.notes.onset < 2 * 1920]
        assert old.notes != new.notes


def test_a_new_ending_needs_a_beginning(model):
    with pytest.raises(SettingError, match=r"new_ending must leave a bar before it, of 2\. Received: 2"):
        model.generate(Request(primer="C4:4 D4:4", new_ending=2))
    with pytest.raises(SettingError, match=r"new_ending must be >= 1\. Received: 0"):
        Request(primer="C4:4 D4:4", new_ending=0)
    with pytest.raises(SettingError, match=r"infill and new_ending cannot be met together: choose one\."):
        Request(primer="C4:4 D4:4", new_ending=1, infill=(1, 1))


def test_without_a_primer_there_is_nothing_to_fill(model):
    plan = model.plan(Request(bars=2, seed=1))
    with pytest.raises(SettingError, match=r"infill needs a primer to work on\. Received: none"):
        infill(model.network, model.vocabulary, plan)
