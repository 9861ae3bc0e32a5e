"""`melodyrnn compare` and the baselines of `evaluate`, as a user types them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.corpus.store import write_corpus
from melodyrnn.evaluation.features import FEATURES
from melodyrnn.evaluation.index_file import add_index
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Part, Score, in_parts
from melodyrnn.shipped import data_folder, default_checkpoint

Capture = pytest.CaptureFixture[str]
TUNES = str(data_folder("samples") / "tunes")
WRITTEN = str(data_folder("samples") / "generated")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    shutil.copy(default_checkpoint(), path)
    return str(path)


@pytest.fixture
def corpus(tmp_path: Path, real_tunes: list[Score]) -> str:
    path = tmp_path / "corpus"
    write_corpus(path, real_tunes, ["train"] * 13 + ["validation"] + ["test"] * 6)
    return str(path)


def test_two_folders(tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "page.html"
    assert run(["compare", WRITTEN, TUNES, "--html", str(page)]) == 0
    shown = capsys.readouterr().out
    for feature in FEATURES:
        assert feature.name in shown or feature.name == "return_16"
    assert "checks:" in shown
    assert "pieces stuck" in shown
    assert "copy" not in shown  # the training pieces are unknown
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run(["compare", WRITTEN, TUNES, "--html", str(page)]) == 1
    assert "--force" in capsys.readouterr().err
    assert run(["compare", WRITTEN, TUNES, "--html", str(page), "--force"]) == 0


def test_copies_are_told_of_each_part(tmp_path: Path, real_tunes: list[Score], capsys: Capture) -> None:
    basses = [replace(tune, pitch=tune.pitch - 24, parts=(Part(role="bass"),)) for tune in real_tunes]
    pieces = [in_parts(tune, bass) for tune, bass in zip(real_tunes, basses, strict=True)]
    write_corpus(tmp_path / "corpus", pieces, ["train"] * 14 + ["test"] * 6)
    write_corpus(tmp_path / "melodies", real_tunes, ["train"] * 14 + ["test"] * 6)
    assert run(["compare", TUNES, str(tmp_path / "corpus")]) == 0
    shown = capsys.readouterr().out
    assert shown.count("longest passage found in the training pieces") == 2
    assert shown.count("longest passage of the part melody found in the training pieces") == 2
    assert "of the part bass" not in shown  # the melodies have none
    for arguments in ([str(tmp_path / "melodies")], [str(tmp_path / "corpus"), "--split", "train"]):
        assert run(["compare", TUNES, *arguments]) == 0
        assert "of the part" not in capsys.readouterr().out


def test_a_model_writes_pieces_like_those_of_the_corpus(model: str, corpus: str, capsys: Capture) -> None:
    arguments = ["compare", model, corpus, "--num", "4", "--bars", "4", "--json"]
    assert run(arguments) == 0
    text = capsys.readouterr().out
    found = json.loads(text)
    assert found["generated"]["pieces"] == 4
    assert found["real"]["pieces"] == 6
    assert 0 <= found["features"]["pitch_class_entropy"]["overlap"] <= 1
    assert found["copies"]["real"]["median_notes"] > 2  # searched for in the training pieces of the corpus
    assert run(arguments) == 0
    assert capsys.readouterr().out == text  # the same seed, the same figures
    assert run([*arguments, "--seed", "1"]) == 0
    assert capsys.readouterr().out != text


def test_the_index_of_a_model_is_searched(model: str, corpus: str, capsys: Capture, real_tunes: list[Score]) -> None:
    add_index(model, real_tunes[14:])
    assert run(["compare", TUNES, corpus, "--index", model, "--json"]) == 0
    copies = json.loads(capsys.readouterr().out)["copies"]
    assert copies["real"]["p90_notes"] > 100  # the test pieces themselves
    assert copies["generated"]["p90_notes"] < 40
    assert run(["info", model]) == 0
    assert "index of 6 training tunes" in capsys.readouterr().out
    assert run(["info", str(default_checkpoint())]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["compare", "{}/no", TUNES], 1, "must exist. Received: {}/no"),
        (["compare", TUNES, "{}/empty"], 1, "there must be a corpus or MIDI files with melodies"),
        (["compare", "{}/no.keras", TUNES], 1, "a model file must exist. Received: {}/no.keras"),
        (["compare", TUNES, WRITTEN, "--split", "test"], 1, "split is for a corpus"),
        (["compare", TUNES, WRITTEN, "--meter", "7/8"], 1, "must hold at least 4 melodies. Received: 0"),
        (["compare", str(default_checkpoint()), WRITTEN, "--meter", "7/8"], 1, "real melodies of this meter"),
        (["compare", TUNES, WRITTEN, "--bars", "999"], 1, "must hold at least 4 melodies. Received: 0"),
        (["compare", TUNES, WRITTEN, "--index", "{}/x.keras"], 1, "the novelty index of {}/x.keras is damaged"),
        (["compare", TUNES, WRITTEN, "--html", "{}/x.keras/page.html"], 1, "below the file {}/x.keras"),
        (["compare", TUNES], 2, "REAL"),
        (["compare", TUNES, WRITTEN, "--max-auc", "2"], 2, "--max-auc"),
        (["compare", TUNES, WRITTEN, "--num", "2"], 2, "--num"),
    ],
)
def test_bad_input_gets_one_line(tmp_path: Path, capsys: Capture, arguments: list[str], code: int, words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.keras").write_bytes(b"x")
    assert run([a.replace("{}", str(tmp_path)) for a in arguments]) == code
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert words.replace("{}", str(tmp_path)) in captured.err


def test_evaluate_tells_bits_without_repeated_verses(
    tmp_path: Path, make_melody: Callable[..., Score], capsys: Capture
) -> None:
    verse = np.random.default_rng(0).integers(60, 76, 32).tolist()
    for name, pitches, shown in (("twice", verse * 2, True), ("once", verse, False)):
        (tmp_path / name).mkdir()
        write_piece(to_piece(make_melody(pitches)), tmp_path / name / "song.mid")
        arguments = ["evaluate", str(default_checkpoint()), str(tmp_path / name)]
        assert run([*arguments, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        verses = found["verses"]
        assert run(arguments) == 0
        text = capsys.readouterr().out
        assert ("verses that repeat within 1 piece: " in text) == shown
        assert (verses["pieces"], verses["notes"]) == ((1, 32) if shown else (0, 0))
        low, high = verses["without_interval"]
        assert (f"  without    {verses['without']:.3f} [{low:.3f}, {high:.3f}]" in text) == shown
        assert (verses["without"] > found["bits_per_note"]) == shown


@pytest.mark.slow
def test_evaluate_shows_baselines_intervals_and_pieces(corpus: str, capsys: Capture) -> None:
    arguments = ["evaluate", str(default_checkpoint()), corpus]
    assert run([*arguments, "--pieces"]) == 0
    shown = capsys.readouterr().out
    for words in ("PPM both", "order 0", "last bar", "this model", "the bars with the most bits", "["):
        assert words in shown
    assert run([*arguments, "--json", "--pieces"]) == 0
    found = json.loads(capsys.readouterr().out)
    low, high = found["interval"]
    assert low < found["bits_per_note"] < high
    assert len(found["by_piece"]) == found["pieces"] == 6
    for row in found["baselines"].values():
        more = row["bits_per_note"] - found["bits_per_note"]
        assert row["more_than_model"] == pytest.approx(more)
        assert row["more_than_model_interval"][0] <= more <= row["more_than_model_interval"][1]
        low, high = row["fields_more_than_model_interval"]["pitch"]
        assert low <= row["fields"]["pitch"] - found["fields"]["pitch"] <= high
        assert row["bits_per_note"] == pytest.approx(sum(row["fields"].values()) + found["key"])
    notes = sum(row["notes"] for row in found["by_piece"])
    total = sum(row["notes"] * row["bits_per_note"] for row in found["by_piece"])
    assert total / notes == pytest.approx(found["bits_per_note"])


@pytest.mark.slow
def test_baselines_are_never_scored_on_what_they_learned(model_file: Path, corpus: str, capsys: Capture) -> None:
    for more in (["--split", "train"], ["--split", "all"], ["--no-baselines"]):
        assert run(["evaluate", str(model_file), corpus, "--json", *more]) == 0
        assert "baselines" not in json.loads(capsys.readouterr().out)
    assert run(["evaluate", str(model_file), TUNES]) == 0
    assert "no baselines: they are trained on the training split of a corpus" in capsys.readouterr().out


def test_generate_reports_copied_passages(
    model: str, tmp_path: Path, capsys: Capture, make_melody: Callable[..., Score]
) -> None:
    add_index(model, [make_melody([60, 62, 64, 65, 67] * 4, 6, name="scales")])
    arguments = [
        "generate",
        "--checkpoint",
        model,
        "-o",
        str(tmp_path / "o"),
        "--bars",
        "2",
        "--max-copy",
        "1",
        "--json",
    ]
    assert run(arguments) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 4
    assert all(row["copied"].startswith("longest passage in the training corpus: ") for row in rows)
    assert run(["info", rows[0]["file"]]) == 0
    assert rows[0]["copied"] in capsys.readouterr().out


def test_copies_are_not_reported_without_an_index(tmp_path: Path, model_file: Path, capsys: Capture) -> None:
    line = ["generate", "--max-copy", "1", "-o", str(tmp_path / "out"), "--checkpoint"]
    assert run([*line, str(model_file)]) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "which has no index of them" in captured.err
    assert not (tmp_path / "out").exists()
    assert run([*line, str(default_checkpoint())]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_whole_pieces_are_compared_by_their_parts(tmp_path: Path, shared: Path, capsys: Capture) -> None:
    files = sorted((shared / "jsb-chorales" / "satb" / "valid").glob("*.mid"))
    for name, chosen in (("a", files[:8]), ("b", files[8:16])):
        (tmp_path / name).mkdir()
        for path in chosen:
            shutil.copy2(path, tmp_path / name)
    folders = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert run(["compare", *folders, "--parts", "tracks"]) == 0
    shown = capsys.readouterr().out
    for name in ("parallel_fifths", "voice_crossings", "dissonance", "chord_tones"):
        assert f"\n{name} " in shown
    assert "features from pitch_class_entropy to return_16 are those of the leading line" in shown
    assert "return_16, drum_pattern, drum_groove" in " ".join(shown.split())
    assert "-0.000" not in shown
    page = tmp_path / "page.html"
    assert run(["compare", *folders, "--parts", "tracks", "--json", "--html", str(page)]) == 0
    assert json.loads(capsys.readouterr().out)["features"]["polyphony"]["real"]["mean"] > 3.5
    assert "parallel fifths (per 100 chord changes)" in page.read_text("utf-8")
    assert run(["compare", *folders]) == 0
    assert "polyphony" not in capsys.readouterr().out
    assert run(["compare", *folders, "--parts", "voices"]) == 2
    assert "'voices' is not one of" in capsys.readouterr().err


def test_large_figures_keep_their_columns(tmp_path: Path, shared: Path, capsys: Capture) -> None:
    """Music for games doubles its lines: hundreds of parallel octaves for 100 chord changes in some pieces."""
    files = sorted((shared / "multi" / "freedoom").glob("*.mid"))[:10]
    for name, chosen in (("a", files[:5]), ("b", files[5:])):
        (tmp_path / name).mkdir()
        for path in chosen:
            shutil.copy2(path, tmp_path / name)
    assert run(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--parts", "all"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if " ± " in line]
    assert {len(row) for row in rows} == {12}  # a name, two spreads of three words, five figures
    assert "drum_groove" in [row[0] for row in rows]


def test_a_classifier_refuses_small_sets_in_one_line(capsys: Capture) -> None:
    pytest.importorskip("sklearn")
    for name in (TUNES, "folk"):
        assert run(["compare", name, WRITTEN, "--classifier"]) == 1
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert "a classifier needs at least 40 melodies of 16 bars and 8 notes in each set. Received: " in captured.err


@pytest.mark.slow
def test_a_classifier_says_how_well_and_by_what_it_tells_the_sets_apart(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, make_melody: Callable[..., Score]
) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setenv("COLUMNS", "200")
    for name, largest in (("real", 3), ("generated", 5)):
        rng = np.random.default_rng(largest)
        steps = [np.clip(np.cumsum(rng.integers(-largest, largest + 1, 16)), -30, 30) for _ in range(41)]
        walks = [make_melody((67 + walk).tolist()) for walk in steps]
        write_corpus(tmp_path / name, walks, ["train"] + ["test"] * 40)
    page, sets = tmp_path / "page.html", tmp_path / "sets"
    folders = [str(tmp_path / name) for name in ("generated", "real")]
    options = ["--bars", "4", "--max-auc", "0.6", "--html", str(page), "--write", str(sets)]
    assert run(["compare", *folders, *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("classifier, first 4 bars of the leading line of 40 pieces of each set:")
    assert re.fullmatch(
        r"  AUC inner \(no pick-up, no last note\) +(0|1)\.\d{3} \[.*\] +real against real 0\.\d{3} .*", lines[at + 1]
    )
    assert lines[at + 2].startswith("  AUC with these edges")
    assert lines[at + 3].startswith("  by one group of features: intervals 0.9")
    assert len([line for line in lines[at + 5 : at + 15] if re.match(r"    [+-]\d\.\d\d  \w+: .* → ", line)]) == 10
    assert any(line.startswith("  MISSED classifier AUC, inner: ") for line in lines)
    assert "Can a classifier tell them apart?" in page.read_text("utf-8")
    assert {path.parent.name for path in sets.rglob("*.mid")} == {"real", "generated"}
