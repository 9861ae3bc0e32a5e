"""The roll holds every note as data, at its place, and stands alone in a notebook."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from strategies import melodies

from melodyrnn.music.keys import Key
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.view.roll import key_name, summary, to_html, to_svg


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
