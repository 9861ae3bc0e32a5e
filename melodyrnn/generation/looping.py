"""The loop of a piece with a pick-up, as two MIDI markers: from the pick-up to where it comes again."""

from __future__ import annotations

from dataclasses import replace

from ..midi.raw import RawEvent
from ..midi.texts import MARKER
from ..music.piece import Marker, Piece

_START, _END = "loop start", "loop end"


def with_loop(piece: Piece, num_bars: int) -> Piece:
    """Return a piece whose first note is a pick-up with markers around a loop of `num_bars` bars from that note on."""
    start = int(piece.tracks[0].notes.onset[0])
    end = start + num_bars * piece.meters[0].meter.bar(piece.ticks_per_quarter)
    markers = (*piece.markers, Marker(start, _START, False), Marker(end, _END, False))
    return replace(piece, markers=tuple(sorted(markers, key=lambda marker: marker.tick)))


def loop_of(piece: Piece) -> tuple[int, int] | None:
    """Return the ticks of the markers around the loop of a piece; None where it has none."""
    start = [marker.tick for marker in piece.markers if marker.text == _START]
    end = [marker.tick for marker in piece.markers if marker.text == _END]
    return (start[0], end[0]) if len(start) == len(end) == 1 and start[0] < end[0] else None


def is_of_loop(event: RawEvent) -> bool:
    """Return whether an event is one of the markers around a loop."""
    return event.is_meta(MARKER) and event.data[3:] in (_START.encode(), _END.encode())
