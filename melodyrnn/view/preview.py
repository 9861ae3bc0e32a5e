"""The page of some pieces: piano rolls that can be played, looped, and saved or dragged as MIDI files."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape

from ..midi.file import MidiFile, file_of
from ..music.piece import Piece
from ..music.timeline import last_bar_line
from .page import Section, page
from .roll import summary, to_svg
from .rows import COLOURS
from .shown import LegendEntry, Shown, legend

PLAYER = ("tempo.js", "synth.js", "player.js")


def preview(pieces: Sequence[MidiFile | Piece | Shown], title: str = "melodyrnn") -> str:
    """Return the HTML page of some pieces.

    Args:
        pieces: in order; files from `read_file`, pieces from `Generator.generate`, or either with where it comes from.
        title: of the page.
    """
    shown = [_as_shown(piece, number) for number, piece in enumerate(pieces, start=1)]
    rolls = "".join(article(one.file, one.heading or None, one.caption, one.melody) for one in shown)
    return page(title, [Section("", rolls)], PLAYER)


def _as_shown(piece: MidiFile | Piece | Shown, number: int) -> Shown:
    if isinstance(piece, Shown):
        return piece
    return Shown(piece if isinstance(piece, MidiFile) else file_of(piece, f"melody-{number}.mid"))


def article(midi: MidiFile, heading: str | None = None, caption: str = "", melody: int | None = None) -> str:
    """Return the HTML of one piece: heading, summary, controls, piano roll, its tracks and how it was made.

    Args:
        heading: the name of the file where it is None.
        caption: where the piece comes from, in words.
        melody: the number of the track that is marked as the melody.
    """
    piece = midi.piece
    link = "data:audio/midi;base64," + base64.b64encode(midi.data).decode("ascii")
    made = "".join(f"<pre>{escape(text)}</pre>" for text in piece.texts)
    return (
        f'<article class="piece" data-timing="{escape(_timing(piece))}">'
        f"<header><h2>{escape(heading or midi.name)}</h2><p>{escape(summary(piece))}</p>"
        + (f"<p>{escape(caption)}</p>" if caption else "")
        + "</header>"
        '<div class="controls"><button type="button" class="play">Play</button>'
        '<label><input type="checkbox" class="loop"> Loop</label>'
        f'<a class="download" download="{escape(midi.name)}" href="{link}">Save or drag into a DAW</a></div>'
        f'<div class="scroll">{to_svg(piece)}</div>'
        + _tracks(piece, melody)
        + (f"<details><summary>How it was made</summary>{made}</details>" if made else "")
        + "</article>\n"
    )


def _tracks(piece: Piece, melody: int | None) -> str:
    """Return the legend of the tracks, with what mutes and solos each; empty for a single track."""
    rows = "".join(_entry(entry) for entry in legend(piece, melody))
    return f'<ul class="tracks">{rows}</ul>' if rows else ""


def _entry(entry: LegendEntry) -> str:
    buttons = "".join(
        f'<button type="button" class="{word.lower()}" aria-pressed="false" title="{word}" '
        f'aria-label="{word} {escape(entry.name)}">{word[0]}</button>'
        for word in ("Mute", "Solo")
    )
    return (
        f'<li{" class=melody" if entry.is_melody else ""} data-track="{entry.colour}">{buttons}'
        f'<span class="swatch s{entry.colour % len(COLOURS)}"></span> <span>{escape(entry.text)}</span></li>'
    )


def _timing(piece: Piece) -> str:
    """Return JSON for player.js: ticks per quarter, tick of the loop, [tick, µs per quarter] of each tempo."""
    return json.dumps(
        {
            "ticksPerQuarter": piece.ticks_per_quarter,
            "end": last_bar_line(piece),
            "tempos": [[t.tick, t.microseconds_per_quarter] for t in piece.tempos],
        },
        separators=(",", ":"),
    )
