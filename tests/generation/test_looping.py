"""Markers around the loop of a piece with a pick-up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from laid_out import laid_out_model

from melodyrnn.generation.looping import loop_of, with_loop
from melodyrnn.generation.request import Request
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes, write_piece
from melodyrnn.music.chord_markers import chord_markers
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker, Notes, Piece, TimeSignature, Track

PIECE = Piece(
    480,
    (Track(Notes.of([1080, 1440], [360, 720], [60, 62], [90, 90])),),
    meters=(TimeSignature(0, Meter(6, 8)),),
    end=4 * 1440,
)


def test_markers_stand_the_bars_apart_and_survive_in_a_file() -> None:
    piece = with_loop(PIECE, 3)
    assert loop_of(piece) == (1080, 1080 + 3 * 1440)
    again = read_bytes(midi_bytes(piece), "looped")
    assert loop_of(again) == loop_of(piece)
    assert chord_markers(again) == []


def test_other_markers_are_no_loop() -> None:
    assert loop_of(PIECE) is None
    for texts in (["Verse", "Chorus"], ["loop start"], ["loop end", "loop start"], ["loop start"] * 2 + ["loop end"]):
        markers = tuple(Marker(480 * n, text) for n, text in enumerate(texts))
        assert loop_of(replace(PIECE, markers=markers)) is None


@pytest.mark.parametrize(
    ("wishes", "has_loop"),
    [
        ({"bars": 2}, False),  # the piece is longer
        ({"infill": (1, 1)}, False),  # the pick-up is another
        ({"infill": (2, 3)}, True),
        ({"new_ending": 1}, True),
        ({"vary": 0.5}, True),
    ],
)
def test_a_changed_file_has_a_loop_where_it_is_still_the_whole_piece(
    wishes: dict[str, object], has_loop: bool, tmp_path: Path
) -> None:
    model = laid_out_model()
    write_piece(model.generate(Request(bars=4, pickup=1, meter=(4, 4), seed=4))[0], tmp_path / "looped.mid")  # type: ignore[arg-type]
    changed = model.generate(Request(primer=str(tmp_path / "looped.mid"), seed=2, **wishes))[0]  # type: ignore[arg-type]
    assert loop_of(changed) == ((1440, 1440 + 4 * 1920) if has_loop else None)
