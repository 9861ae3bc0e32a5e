"""Pictures of piano rolls: the notes in them, the same file twice, the exact command where matplotlib is missing."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.errors import OutputError, SettingError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.view.plot import write_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

matplotlib = pytest.importorskip("matplotlib")


def boxes(axes: Axes) -> list[list[tuple[float, float, float]]]:
    """(onset, duration, y of the middle) of the boxes of each track."""
    from matplotlib.collections import PolyCollection

    tracks = [found for found in axes.collections if isinstance(found, PolyCollection)]
    extents = [[path.get_extents() for path in track.get_paths()] for track in tracks]
    return [[(box.x0, box.width, (box.y0 + box.y1) / 2) for box in track] for track in extents]


def test_every_note_is_a_box_at_its_onset_and_pitch(tunes: list[Score]) -> None:
    piece = to_piece(tunes[0])
    axes = drawn(piece)
    (found,) = boxes(axes)
    notes = piece.tracks[0].notes
    np.testing.assert_allclose(found, np.stack([notes.onset, notes.duration, notes.pitch], axis=1))
    assert axes.get_xlim() == (0, piece.end)


def drawn(piece: Piece) -> Axes:
    from matplotlib.figure import Figure

    from melodyrnn.view.plot import draw

    axes = Figure().add_subplot()
    draw(piece, axes, "a")
    return axes


def test_drums_have_named_rows_below_the_pitches() -> None:
    line = Track(Notes.of([0, 480], [480] * 2, [60, 64], [90] * 2))
    kit = Track(Notes.of([0, 240, 480], [60] * 3, [36, 42, 36], [90] * 3), "Kit", channel=9)
    axes = drawn(Piece(480, (line, kit), end=1920))
    names = {label.get_text(): label.get_position()[1] for label in axes.get_yticklabels()}
    _, hits = boxes(axes)
    assert [y for _, _, y in hits] == pytest.approx([names["Bass drum"], names["Closed hi-hat"], names["Bass drum"]])
    low, high = axes.get_ylim()
    assert low < names["Bass drum"] < names["Closed hi-hat"] < 59 < names["C4"] < high
    assert "Snare" not in names
    only_drums = drawn(Piece(480, (kit,), end=1920))
    assert [label.get_text() for label in only_drums.get_yticklabels()] == ["Closed hi-hat", "Bass drum"]


def test_chord_symbols_stand_above() -> None:
    line = Track(Notes.of([0, 480], [480] * 2, [60, 64], [90] * 2))
    markers = (Marker(0, "C"), Marker(480, "Intro"), Marker(960, "G7/B"))
    axes = drawn(Piece(480, (line,), end=1920, markers=markers))
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [("C", 0), ("G7/B", 960)]


def test_sixteen_tracks_have_sixteen_colours_and_a_legend_that_fits(tmp_path: Path) -> None:
    tracks = tuple(Track(Notes.of([0], [480], [50 + n], [127]), f"part {n}", 0, n) for n in range(16) if n != 9)
    axes = drawn(Piece(480, tracks, end=1920))
    assert len(boxes(axes)) == 15
    assert len({tuple(found.get_facecolor()[0]) for found in axes.collections if len(found.get_facecolor())}) == 15
    write_plot([("a", Piece(480, tracks, end=1920))], tmp_path / "a.svg")
    width, height = map(float, ET.parse(tmp_path / "a.svg").getroot().get("viewBox").split()[2:])
    assert height / width > 0.35  # the legend has room below a roll of its usual height


def test_each_format_is_written_and_the_same_again(
    tunes: list[Score], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in (0, 1):
        write_piece(to_piece(tunes[n]), tmp_path / f"{n}.mid")
    for suffix in (".png", ".svg", ".pdf"):
        path = tmp_path / f"r{suffix}"
        assert run(["plot", str(tmp_path / "0.mid"), str(tmp_path / "1.mid"), "-o", str(path), "--dpi", "60"]) == 0
        before = path.read_bytes()
        assert (
            run(["plot", str(tmp_path / "0.mid"), str(tmp_path / "1.mid"), "-o", str(path), "--dpi", "60", "--force"])
            == 0
        )
        assert path.read_bytes() == before
    assert (tmp_path / "r.png").read_bytes()[:4] == b"\x89PNG"
    ET.parse(tmp_path / "r.svg")
    capsys.readouterr()
    assert run(["plot", str(tmp_path / "0.mid"), "-o", str(tmp_path / "r.gif")]) == 2
    assert (
        capsys.readouterr().err
        == f"Error: a picture's name must end in .png, .svg or .pdf. Received: {tmp_path}/r.gif\n"
    )


def test_an_empty_piece_and_errors(tmp_path: Path) -> None:
    write_plot([("$nothing", Piece(480, ()))], tmp_path / "a.svg")
    with pytest.raises(SettingError, match=r"1\.\.60 pieces\. Received: 61"):
        write_plot([("", Piece(480, ()))] * 61, tmp_path / "b.svg")
    with pytest.raises(OutputError, match="must not exist yet"):
        write_plot([("", Piece(480, ()))], tmp_path / "a.svg")


def test_without_matplotlib_the_error_has_the_command_that_installs_it(
    tunes: list[Score], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_piece(to_piece(tunes[0]), tmp_path / "0.mid")
    for name in [n for n in sys.modules if n.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run(["plot", str(tmp_path / "0.mid"), "-o", str(tmp_path / "a.png")]) == 1
    err = capsys.readouterr().err
    assert err.startswith(
        "Error: this needs the extra plot: pip install '.[plot]' in the folder of melodyrnn. Received: "
    )
    assert err.count("\n") == 1
    assert not (tmp_path / "a.png").exists()
