"""Pieces and MIDI files as documents hold them, by Hypothesis and by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from melodyrnn.midi.raw import RawEvent, RawFile, RawTrack
from melodyrnn.midi.write import chunk
from melodyrnn.music.keys import MODES, Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Marker, Notes, Piece, Tempo, TimeSignature, Track

TICKS = st.integers(0, 100_000)
CHORDS = ("Am7", "C", "F#m7b5/E", "Bb7/D", "N.C.", "G")
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@st.composite
def tracks(draw: st.DrawFn, channel: int) -> Track:
    rows = draw(st.lists(st.tuples(TICKS, st.integers(1, 5000), st.integers(0, 127), st.integers(1, 127)), max_size=12))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    return Track(Notes.of(*columns), draw(TEXTS), draw(st.integers(0, 127)), channel)


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Pieces with all that a document holds; chord symbols come after other markers of their tick."""
    channels = draw(st.lists(st.integers(0, 15), max_size=4, unique=True))
    later = sorted(draw(st.lists(st.integers(1, 100_000), max_size=3)))
    meters = [Meter(draw(st.integers(1, 12)), draw(st.sampled_from((2, 4, 8, 16)))) for _ in (0, *later)]
    keys = [Key.of_signature(draw(st.integers(-7, 7)), draw(st.sampled_from(MODES))) for _ in later]
    symbols = [Marker(tick, draw(st.sampled_from(CHORDS))) for tick in draw(st.lists(TICKS, min_size=4, max_size=6))]
    others = [Marker(tick, f"verse {tick}", draw(st.booleans())) for tick in draw(st.lists(TICKS, max_size=2))]
    markers = draw(st.sampled_from(([], others, symbols, [*others, *symbols])))
    return Piece(
        draw(st.sampled_from((24, 96, 480, 960))),
        tuple(draw(tracks(channel)) for channel in channels),
        tuple(Tempo(tick, draw(st.integers(1, 2**24 - 1))) for tick in (0, *later)),
        tuple(TimeSignature(tick, meter) for tick, meter in zip((0, *later), meters, strict=True)),
        tuple(KeySignature(tick, key) for tick, key in zip(later, keys, strict=True)),
        draw(TICKS),
        tuple(draw(st.lists(st.sampled_from(("melodyrnn generate --seed 1 # piece 1", "by me", "")), max_size=3))),
        markers=tuple(sorted(markers, key=lambda marker: marker.tick)),
    )


def note(channel: int, onset: int, end: int, pitch: int) -> list[RawEvent]:
    return [
        RawEvent(onset, bytes([0x90 | channel, pitch, 80])),
        RawEvent(end, bytes([0x80 | channel, pitch, 64])),
    ]


def rich_file() -> bytes:
    """A file with what no document shows: controllers, bends, lyrics, a sequencer's own data, an empty track."""
    conductor = (
        RawEvent(0, b"\xff\x03\x04song"),
        RawEvent(0, b"\xff\x51\x03\x07\xa1\x20"),
        RawEvent(0, b"\xff\x58\x04\x03\x02\x18\x08"),
        RawEvent(0, b"\xff\x59\x02\xff\x01"),
        RawEvent(0, b"\xff\x7f\x03\x00\x01\x02"),
        RawEvent(0, b"\xff\x06\x05verse"),
    )
    flute = [RawEvent(0, b"\xff\x03\x05flute"), RawEvent(0, b"\xc0\x49"), RawEvent(0, b"\xb0\x07\x64")]
    flute += [RawEvent(120, b"\xff\x05\x02la"), RawEvent(300, b"\xe0\x00\x50"), RawEvent(900, b"\xe0\x00\x40")]
    for place, pitch in enumerate((72, 74, 76, 77, 79, 77, 76, 74, 72, 71, 72)):
        flute += note(0, 240 * place, 240 * place + 200, pitch)
    bass = [RawEvent(0, b"\xff\x03\x04bass"), RawEvent(0, b"\xc1\x20"), RawEvent(5, b"\xb1\x40\x7f")]
    for place, pitch in enumerate((36, 43, 36, 41)):
        bass += note(1, 720 * place, 720 * place + 700, pitch)
    drums = [event for place in range(8) for event in note(9, 360 * place, 360 * place + 30, 38 - 2 * (place % 2))]
    every = (conductor, flute, bass, drums, (RawEvent(0, b"\xff\x03\x05notes"),))
    ordered = (RawTrack(tuple(sorted(events, key=lambda event: event.tick)), 2880) for events in every)
    return RawFile(1, 240, tuple(ordered)).to_bytes() + chunk(b"XTRA", b"kept where nothing is changed")
