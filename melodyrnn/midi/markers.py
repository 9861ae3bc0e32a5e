"""Reads the markers and texts of a MIDI file with their ticks, from the bytes of its tracks.

A marker is the meta event 6, a text the meta event 1; lead sheets hold chord symbols in either. Only tracks that hold
the bytes of one are walked through, so files without any cost nothing. Of a damaged track the events before the damage
are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..music.piece import Marker
from .chunks import Chunks
from .texts import MARKER, TEXT, TextDecoder, meta_events, text_at

_TEXT_EVENT, _MARKER_EVENT = bytes([0xFF, TEXT]), bytes([0xFF, MARKER])


def markers_of(data: bytes, chunks: Chunks, decode: TextDecoder) -> tuple[Marker, ...]:
    """Return the markers of all tracks in order of tick, without the texts that open the first track."""
    found: list[Marker] = []
    for number, (start, stop) in enumerate(chunks.tracks):
        last = max(data.rfind(event, start, stop) for event in (_TEXT_EVENT, _MARKER_EVENT))
        if last >= 0:
            found += _in_track(data, start, last + 1, decode, begins_file=number == 0)
    return tuple(sorted(found, key=lambda marker: marker.tick))


def _in_track(data: bytes, start: int, stop: int, decode: TextDecoder, begins_file: bool) -> Iterator[Marker]:
    """Yield the markers of the track that begins at `start`, up to the byte at `stop`."""
    opens = start if begins_file else -1  # where an opening text would begin
    for tick, at in meta_events(data, start, stop):
        kind = data[at + 1]
        if kind not in (TEXT, MARKER):
            continue
        text, end = text_at(data, at + 2)
        if kind == TEXT and at == opens + 1 and tick == 0:
            opens = end
        else:
            yield Marker(tick, decode(text), kind == TEXT)
