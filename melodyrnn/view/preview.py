"""Pieces on one page: piano rolls that play, loop and can be dragged out as the very files they are."""

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
    """The page of some pieces, in order: files read by `read_whole`, or pieces as they are generated."""
    wholes = [
        piece if isinstance(piece, MidiFile) else file_of(piece, f"melody-{number}.mid")
        for number, piece in enumerate(pieces, start=1)
    ]
    return page(title, [Section("", "".join(article(whole) for whole in wholes))], [PLAYER])


def article(whole: MidiFile, heading: str | None = None) -> str:
    """One piece: what it is (its name where no heading is given), its controls, its roll and how it was made."""
    piece = whole.piece
    link = "data:audio/midi;base64," + base64.b64encode(whole.data).decode("ascii")
    made = "".join(f"<pre>{escape(text)}</pre>" for text in piece.texts)
    return (
        f'<article class="piece" data-timing="{escape(_timing(piece))}">'
        f"<header><h2>{escape(heading or whole.name)}</h2><p>{escape(summary(piece))}</p></header>"
        '<div class="controls"><button type="button" class="play">Play</button>'
        '<label><input type="checkbox" class="loop"> Loop</label>'
        f'<a class="download" download="{escape(whole.name)}" href="{link}">Save or drag into a DAW</a></div>'
        f'<div class="scroll">{to_svg(piece)}</div>'
        + (f"<details><summary>How it was made</summary>{made}</details>" if made else "")
        + "</article>\n"
    )


def _timing(piece: Piece) -> str:
    """What a player must know beside the notes."""
    return json.dumps(
        {
            "ticksPerQuarter": piece.ticks_per_quarter,
            "end": last_bar_line(piece),
            "tempos": [[t.tick, t.microseconds_per_quarter] for t in piece.tempos],
        },
        separators=(",", ":"),
    )
