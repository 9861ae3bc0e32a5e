"""Infill and variations leave alone what they must; performance moves nothing past a line; recipes make files again."""

import shlex

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import load
from melodyrnn.generation.primer import read_primer
from melodyrnn.generation.request import Request
from melodyrnn.generation.rewrite import infill, vary
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
    primer = read_primer(_tune(name))
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


def test_vary_keeps_rhythm_and_about_the_share_of_pitches(model):
    primer = read_primer(_tune("ode-to-joy"))
    (same,) = model.generate(Request(seed=1, primer=primer, vary=0.0))
    np.testing.assert_array_equal(same.tracks[0].notes.pitch, primer.pitch)
    pieces = model.generate(Request(num=6, seed=1, primer=primer, vary=0.4))
    for piece in pieces:
        notes = piece.tracks[0].notes
        np.testing.assert_array_equal(notes.onset, primer.onset * 40)
        np.testing.assert_array_equal(notes.duration, primer.duration * 40)
        assert (notes.pitch != primer.pitch).mean() <= 0.6
    assert any((p.tracks[0].notes.pitch != primer.pitch).any() for p in pieces)


def test_without_the_primer_only_what_follows_is_written(model):
    wishes = {"num": 2, "bars": 4, "seed": 2, "primer": "C4 E4 G4:2 F4 D4 B3:2"}
    for with_it, without in zip(
        model.generate(Request(**wishes)), model.generate(Request(**wishes, include_primer=False)), strict=True
    ):
        assert with_it.end == 6 * 1920
        assert without.end == 4 * 1920
        late = with_it.tracks[0].notes.onset >= 2 * 1920
        np.testing.assert_array_equal(with_it.tracks[0].notes.onset[late] - 2 * 1920, without.tracks[0].notes.onset)


def test_swing_and_humanize_stay_between_the_lines(model):
    straight = model.generate(Request(num=3, bars=6, seed=4))
    played = model.generate(Request(num=3, bars=6, seed=4, swing=0.66, humanize=1.0))
    swung = model.generate(Request(num=3, bars=6, seed=4, swing=0.66))
    for a, b, c in zip(straight, played, swung, strict=True):
        n, s = b.tracks[0].notes, c.tracks[0].notes
        assert len(n) == len(a.tracks[0].notes)
        assert (n.onset[1:] >= n.end[:-1]).all()
        assert (n.duration >= 1).all()
        assert n.end.max() <= b.end == a.end
        off_beat = a.tracks[0].notes.onset % 480 == 240
        assert (s.onset[off_beat] % 480 == round(0.66 * 480)).all()
        on_beat = a.tracks[0].notes.onset % 480 == 0
        np.testing.assert_array_equal(s.onset[on_beat], a.tracks[0].notes.onset[on_beat])


def test_rank_chooses_among_what_it_drew(model):
    all_of_them = model.generate(Request(num=8, bars=8, seed=5))
    chosen = model.generate(Request(num=2, bars=8, seed=5, rank=4))
    everything = [p.tracks[0].notes for p in all_of_them]
    assert all(any(p.tracks[0].notes == n for n in everything) for p in chosen)


@pytest.mark.parametrize(
    "options",
    [
        ["--num", "2", "--bars", "3", "--key", "E dorian", "--range", "C4:C6", "--max-interval", "7"],
        ["--bars", "2", "--primer", "C4 E4 G4:2 r C5", "--no-include-primer", "--meter", "3/4", "--no-guard"],
        ["--primer", "C4 E4 G4:2 F4 D4 B3:2", "--infill", "2", "--top-p", "0.9", "--swing", "0.6", "--humanize", "0.3"],
    ],
)
def test_the_recipe_in_a_file_makes_it_again(tmp_path, capsys, options):
    assert run(["generate", *options, "-o", str(tmp_path / "a")]) == 0
    made = capsys.readouterr().out.split()
    assert run(["info", made[-1]]) == 0
    (line,) = [text for text in capsys.readouterr().out.splitlines() if text.startswith("written by")]
    command = line.removeprefix("written by").split("#")[0].strip()
    assert run([*shlex.split(command)[1:], "-o", str(tmp_path / "b")]) == 0
    again = capsys.readouterr().out.split()
    for a, b in zip(made, again, strict=True):
        with open(a, "rb") as left, open(b, "rb") as right:
            assert left.read() == right.read()


@pytest.mark.parametrize("rewrite", [vary, infill])
def test_without_a_primer_there_is_nothing_to_rewrite(model, rewrite):
    plan = model.plan(Request(bars=2, seed=1))
    with pytest.raises(SettingError, match=rf"{rewrite.__name__} needs a primer to work on\. Received: none"):
        rewrite(model.network, model.vocabulary, plan, (1, 1) if rewrite is infill else 0.5)
