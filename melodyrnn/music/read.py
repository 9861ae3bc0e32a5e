"""A MIDI file in, a `Piece` out.

symusic reads first (1,700 files a second); what it refuses goes to mido with `clip=True`, which forgives more.
A note-on of velocity 0 is a note-off; the end of track is the end of the last note (symusic does not keep it).
Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import MidiError
from .keys import Key
from .piece import DEFAULT_TEMPO, DRUM_CHANNEL, KeySignature, Meter, Notes, Piece, Tempo, Track

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".smf")
# What mido raises on bad files, found by reading a thousand of them.
_MIDO_ERRORS = (OSError, EOFError, IndexError, ValueError, KeyError, TypeError, AttributeError)


def read_piece(path: str | os.PathLike[str]) -> Piece:
    """Read a MIDI file. Raises MidiError with the reason where it cannot be read."""
    path = Path(path)
    if not path.exists():
        raise MidiError(f"a MIDI file must exist. Received: {path}")
    if path.is_dir():
        raise MidiError(f"a MIDI file must be a file. Received the folder: {path}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MidiError(f"cannot read {path}: {error.strerror}") from error
    if data[:4] not in (b"MThd", b"RIFF"):
        raise MidiError(f"a MIDI file must begin with MThd. Received: {path}, beginning with {data[:4]!r}")
    piece = _read_with_symusic(data) or _read_with_mido(path)
    return replace(piece, texts=_texts(data))


def _texts(data: bytes) -> tuple[str, ...]:
    """Text events (FF 01, length, text) that open the first track, as `write_piece` puts them there."""
    texts, at = [], data.find(b"MTrk") + 8
    while data[at : at + 3] == b"\x00\xff\x01":
        at += 3
        length = 0
        while at < len(data):
            byte = data[at]
            at += 1
            length = length << 7 | byte & 0x7F
            if byte < 0x80:
                break
        texts.append(data[at : at + length].decode("utf-8", "replace"))
        at += length
    return tuple(texts)


def _read_with_symusic(data: bytes) -> Piece | None:
    import symusic

    try:
        score: Any = symusic.Score.from_midi(data)
    except (RuntimeError, ValueError):
        return None
    if score.tpq <= 0:
        return None
    tracks = []
    for track in score.tracks:
        if track.notes and track.notes.numpy()["time"].min() < 0:
            return None  # past 2**31 ticks its count wraps
        columns = track.notes.numpy()
        notes = Notes.of(columns["time"], columns["duration"], columns["pitch"], columns["velocity"])
        tracks.append(Track(notes, track.name, track.program, DRUM_CHANNEL if track.is_drum else 0))
    return _assemble(
        score.tpq,
        tracks,
        [Tempo(t.time, t.mspq) for t in score.tempos],
        [Meter(m.time, m.numerator, m.denominator) for m in score.time_signatures],
        [KeySignature(k.time, _key(k.key, bool(k.tonality))) for k in score.key_signatures if -7 <= k.key <= 7],
    )


def _key(sharps: int, is_minor: bool) -> Key:
    major_tonic = sharps * 7 % 12
    return Key((major_tonic + 9) % 12, "minor") if is_minor else Key(major_tonic, "major")


def _read_with_mido(path: Path) -> Piece:
    import mido
    from mido.midifiles.meta import KeySignatureError

    try:
        midi = mido.MidiFile(path, clip=True)
    except (*_MIDO_ERRORS, KeySignatureError) as error:
        raise MidiError(f"cannot read {path} as MIDI: {str(error) or type(error).__name__}") from error
    if midi.ticks_per_beat <= 0 or midi.ticks_per_beat >= 0x8000:
        raise MidiError(f"a MIDI file must count ticks per quarter note, not SMPTE frames. Received: {path}")
    tempos: list[Tempo] = []
    meters: list[Meter] = []
    keys: list[KeySignature] = []
    tracks = []
    for messages in midi.tracks:
        tick = 0
        programs: dict[int, int] = {}
        voices: dict[int, _OpenNotes] = {}  # by channel, as symusic parts them
        for message in messages:
            tick += message.time
            if message.type == "set_tempo":
                tempos.append(Tempo(tick, message.tempo))
            elif message.type == "time_signature":
                meters.append(Meter(tick, message.numerator, message.denominator))
            elif message.type == "key_signature":
                keys.append(KeySignature(tick, Key.parse(message.key)))
            elif message.type == "program_change":
                programs[message.channel] = message.program
            elif message.type in ("note_on", "note_off"):
                voices.setdefault(message.channel, _OpenNotes()).take(tick, message)
        name = messages.name.strip("\0")
        for channel, voice in sorted(voices.items()):
            notes = voice.closed(tick)
            if len(notes):
                tracks.append(Track(notes, name, programs.get(channel, 0), channel))
    return _assemble(midi.ticks_per_beat, tracks, tempos, meters, keys)


class _OpenNotes:
    """Pairs note-ons with note-offs, first in, first out per channel and pitch."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._rows: list[tuple[int, int, int, int]] = []

    def take(self, tick: int, message: Any) -> None:
        place = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            self._open.setdefault(place, []).append((tick, message.velocity))
        elif self._open.get(place):
            self._close(message.note, *self._open[place].pop(0), tick)

    def _close(self, pitch: int, onset: int, velocity: int, tick: int) -> None:
        if tick > onset:
            self._rows.append((onset, tick - onset, pitch, velocity))

    def closed(self, tick: int) -> Notes:
        """All notes; what is still open ends with the track."""
        for (_, pitch), started in self._open.items():
            for onset, velocity in started:
                self._close(pitch, onset, velocity, tick)
        columns = list(zip(*self._rows, strict=True)) or [(), (), (), ()]
        return Notes.of(*columns)


def _assemble(
    ticks_per_quarter: int,
    tracks: list[Track],
    tempos: list[Tempo],
    meters: list[Meter],
    keys: list[KeySignature],
) -> Piece:
    tempos = sorted((t for t in tempos if t.microseconds_per_quarter > 0), key=lambda t: t.tick)
    meters = sorted(meters, key=lambda m: m.tick)
    if not tempos or tempos[0].tick > 0:
        tempos.insert(0, Tempo(0, DEFAULT_TEMPO))
    if not meters or meters[0].tick > 0:
        meters.insert(0, Meter(0, 4, 4))
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(ticks_per_quarter, tuple(tracks), tuple(tempos), tuple(meters), tuple(keys), end)
