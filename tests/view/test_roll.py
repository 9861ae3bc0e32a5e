"""The roll holds every note as data, at its place, and stands alone in a notebook."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.music.keys import Key
from melodyrnn.music.piece import KeySignature, Marker, Notes, Piece, Tempo, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.view.roll import key_name, summary, to_html, to_svg
from melodyrnn.view.rows import COLOURS


def notes_in(svg: str) -> list[list[tuple[int, ...]]]:
    """(onset, duration, pitch, velocity) of every note, by track, as a player reads them."""
    tracks = []
    for group in ET.fromstring(svg).iter("g"):
        if group.get("class", "").startswith("notes"):
            rows = []
            for path in group.iter("path"):
                onset, pitch, duration = map(int, re.fullmatch(r"M(\d+) (\d+)h(\d+)", path.get("d", "")).groups())
                rows.append((onset, duration, pitch, int(path.get("data-v", group.get("data-velocity")))))
            tracks.append(rows)
    return tracks


@given(melodies())
def test_the_notes_can_be_read_from_the_svg(melody: Score) -> None:
    piece = to_piece(melody)
    notes = piece.tracks[0].notes
    columns = (notes.onset, notes.duration, notes.pitch, notes.velocity)
    assert notes_in(to_svg(piece)) == [list(zip(*(c.tolist() for c in columns), strict=True))]


def test_the_scale_puts_the_first_and_the_last_pixel_on_the_bar_lines() -> None:
    piece = Piece(480, (Track(Notes.of([0, 1800], [480, 120], [60, 72], [90, 90])),), end=1920)
    svg = ET.fromstring(to_svg(piece))
    width, height = map(float, svg.get("viewBox").split()[2:])
    group = next(g for g in svg.iter("g"))
    sx, _, _, sy, left, bottom = map(float, re.findall(r"[-\d.e]+", group.get("transform"))[:6])
    assert left + sx * 1920 == pytest.approx(width - 1, abs=0.01)
    assert 0 < bottom + sy * 72 < bottom + sy * 60 < height
    assert (float(svg.get("data-left")), float(svg.get("data-scale"))) == (left, sx)


def test_tracks_drums_and_an_empty_piece() -> None:
    notes = Notes.of([0], [480], [36], [100])
    piece = Piece(480, (Track(notes), Track(Notes.of([], [], [], [])), Track(notes, channel=9)), end=480)
    svg = to_svg(piece)
    assert len(notes_in(svg)) == 2
    assert svg.count('data-drums="1"') == 1
    assert notes_in(to_svg(Piece(480, ()))) == []


def test_the_summary() -> None:
    tonic = Notes.of([0, 480, 960], [480] * 3, [57, 60, 64], [90] * 3)
    piece = Piece(480, (Track(tonic),), end=1920)
    assert summary(piece) == "A minor (guessed) · 4/4 · 120 bpm · 1 bar · 3 notes · 0:02.0"
    named = Piece(
        480,
        (Track(tonic),),
        (Tempo(0, 500_000), Tempo(960, 1_000_000)),
        keys=(KeySignature(0, Key(0, "major")),),
        end=3840,
    )
    assert summary(named) == "C major · 4/4 · 60 to 120 bpm · 2 bars · 3 notes · 0:07.0"
    assert summary(Piece(480, ())).startswith("no key · ")


def test_the_key_is_guessed_from_the_notes_of_all_tracks_in_order_of_onset() -> None:
    """The last note counts as the ending: that is the last in time, in whatever track it stands."""
    opening = Track(Notes.of([0, 480, 960], [480] * 3, [60, 64, 67], [90] * 3))
    ending = Track(Notes.of([1440, 1920, 2400], [480] * 3, [64, 60, 57], [90] * 3))
    forwards, backwards = (Piece(480, tracks, end=2880) for tracks in ((opening, ending), (ending, opening)))
    assert key_name(forwards) == key_name(backwards) == "A minor (guessed)"


def test_a_piece_of_drums_has_no_key() -> None:
    drums = Track(Notes.of([0], [480], [36], [100]), channel=9)
    assert key_name(Piece(480, (drums,), end=480)) == "no key"


def test_a_notebook_shows_a_piece() -> None:
    melody = Piece(480, (Track(Notes.of([0], [480], [60], [90])),), end=480)
    html = to_html(melody)
    assert "1 note " in html
    assert len(notes_in(html[html.index("<svg") : html.index("</svg>") + 6])) == 1


def group_of(svg: str, number: int) -> list[ET.Element]:
    return [e for e in ET.fromstring(svg).iter() if e.get("data-track") == str(number)]


def several(*tracks: Track, **more: object) -> Piece:
    return Piece(480, tracks, end=1920, **more)  # type: ignore[arg-type]


LINE = Track(Notes.of([0, 480], [480, 480], [60, 64], [90, 90]))
DRUMS = Track(Notes.of([0, 240, 480, 720], [60] * 4, [36, 42, 38, 42], [100, 60, 100, 60]), "Kit", channel=9)


def y_of(transform: str, pitch: int) -> float:
    scale, bottom = map(float, re.fullmatch(r"matrix\(\S+ 0 0 (\S+) \S+ (\S+)\)", transform).groups())
    return bottom + scale * pitch


def test_each_drum_has_a_named_row_below_the_pitches() -> None:
    svg = to_svg(several(LINE, DRUMS))
    pitched, *drums = [e for e in ET.fromstring(svg).iter("g") if e.get("class", "").startswith("notes")]
    names = {e.text: float(e.get("y")) for e in ET.fromstring(svg).iter("text") if e.get("class") == "drum"}
    rows = {}
    for group in drums:
        pitches = {int(path.get("d").split()[1].split("h")[0]) for path in group}
        assert len(pitches) == 1
        (pitch,) = pitches
        rows[pitch] = y_of(group.get("transform"), pitch)
    assert list(names) == ["Bass drum", "Snare", "Closed hi-hat"]
    assert [names[name] - y for name, y in zip(names, rows.values(), strict=True)] == pytest.approx([3.5] * 3, abs=0.1)
    assert y_of(pitched.get("transform"), 60) < rows[42] < rows[38] < rows[36]  # the bass drum is at the bottom
    assert rows[36] < float(ET.fromstring(svg).get("viewBox").split()[3])


def test_drums_alone_have_no_rows_of_pitches() -> None:
    texts = [e.text for e in ET.fromstring(to_svg(several(DRUMS))).iter("text")]
    assert texts == ["Bass drum", "Snare", "Closed hi-hat", "1"]


def test_all_notes_of_a_track_have_its_number_and_its_colour() -> None:
    silent = Track(Notes.of([], [], [], []))
    svg = to_svg(several(LINE, silent, DRUMS, LINE))
    assert [len(group_of(svg, n)) for n in range(4)] == [2, 6, 2, 0]  # notes and edges; those of three drums; ...
    assert {e.get("stroke") for e in group_of(svg, 1)} == {COLOURS[1]}


def test_sixteen_parts_have_sixteen_colours_and_the_next_has_the_first() -> None:
    svg = to_svg(several(*[LINE] * 17))
    colours = [group_of(svg, n)[0].get("stroke") for n in range(17)]
    assert len(set(colours)) == 16
    assert colours[16] == colours[0]


def test_chord_symbols_stand_above_the_notes_and_other_markers_do_not() -> None:
    markers = (Marker(0, "Am7/G"), Marker(480, "Verse 1"), Marker(960, "N.C."), Marker(4000, "C"))
    svg = to_svg(several(LINE, markers=markers))
    found = [(e.text, float(e.get("x"))) for e in ET.fromstring(svg).iter("text") if e.get("class") == "chord"]
    assert [text for text, _ in found] == ["Am7/G", "N.C."]
    scale, left = (float(ET.fromstring(svg).get(f"data-{name}")) for name in ("scale", "left"))
    assert [x for _, x in found] == pytest.approx([left + 2, left + 2 + 960 * scale], abs=0.1)
    without = ET.fromstring(to_svg(several(LINE)))
    assert float(ET.fromstring(svg).get("viewBox").split()[3]) > float(without.get("viewBox").split()[3])


def test_short_notes_are_not_hidden_by_the_lines_between_them() -> None:
    dense = Track(Notes.of(range(0, 192_000, 60), [60] * 3200, [60] * 3200, [90] * 3200))
    (edges,) = (e for e in group_of(to_svg(Piece(480, (dense,), end=192_000)), 0) if e.get("class") == "edges")
    assert float(edges.get("stroke-width")) < 0.7
    (wide,) = (e for e in group_of(to_svg(several(LINE)), 0) if e.get("class") == "edges")
    assert wide.get("stroke-width") is None
