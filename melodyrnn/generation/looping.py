"""The loop of a piece with a pick-up, as two MIDI markers: from the pick-up to where it comes again."""

from __future__ import annotations

from dataclasses import replace

from ..music.piece import Marker, Piece

LOOP_START, LOOP_END = "loop start", "loop end"


def with_loop(piece: Piece, num_bars: int) -> Piece:
    """Return a piece whose first note is a pick-up with markers around a loop of `num_bars` bars from that note on."""
    start = int(piece.tracks[0].notes.onset[0])
    end = start + num_bars * piece.meters[0].meter.bar(piece.ticks_per_quarter)
    markers = (*piece.markers, Marker(start, LOOP_START, False), Marker(end, LOOP_END, False))
    return replace(piece, markers=tuple(sorted(markers, key=lambda marker: marker.tick)))
