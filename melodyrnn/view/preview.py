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

PLAYER = "player.js"


def preview(pieces: Sequence[MidiFile | Piece], title: str = "melodyrnn") -> str:
    """Return the HTML page of some pieces.

    Args:
        pieces: in order; files from `read_file`, or pieces from `Generator.generate`.
        title: of the page.
    """
    midi_files = [
        piece if isinstance(piece, MidiFile) else file_of(piece, f"melody-{number}.mid")
        for number, piece in enumerate(pieces, start=1)
    ]
    return page(title, [Section("", "".join(article(midi) for midi in midi_files))], [PLAYER])


def article(midi: MidiFile, heading: str | None = None) -> str:
    """Return the HTML of one piece: heading, summary, controls, piano roll and how it was made.

    The heading is the name of the file where `heading` is None.
    """
    piece = midi.piece
    link = "data:audio/midi;base64," + base64.b64encode(midi.data).decode("ascii")
    made = "".join(f"<pre>{escape(text)}</pre>" for text in piece.texts)
    return (
        f'<article class="piece" data-timing="{escape(_timing(piece))}">'
        f"<header><h2>{escape(heading or midi.name)}</h2><p>{escape(summary(piece))}</p></header>"
        '<div class="controls"><button type="button" class="play">Play</button>'
        '<label><input type="checkbox" class="loop"> Loop</label>'
        f'<a class="download" download="{escape(midi.name)}" href="{link}">Save or drag into a DAW</a></div>'
        f'<div class="scroll">{to_svg(piece)}</div>'
        + (f"<details><summary>How it was made</summary>{made}</details>" if made else "")
        + "</article>\n"
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
