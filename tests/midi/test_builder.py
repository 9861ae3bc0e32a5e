"""What every reader decides alike: a time signature without a bar is ignored and reported."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.builder import has_bar
from melodyrnn.midi.chunks import scan
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.salvage import salvage
from melodyrnn.music.meter import Meter
from melodyrnn.score.quantize import Voice

NONE = {"0/4": b"\x00\x02", "4/512": b"\x04\x09", "0/512": b"\x00\x09", "3/2**40": b"\x03\x28"}


def file_with(signature: bytes, folder: Path, at: int = 0) -> bytes:
    """A tune of 32 quarters in 3/4, and at quarter `at` a time signature of these two bytes."""
    midi = mido.MidiFile(type=1, ticks_per_beat=480)
    conductor = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0)])
    conductor.append(mido.MetaMessage("time_signature", numerator=5, denominator=8, time=480 * at))
    notes = mido.MidiTrack()
    for n in range(32):
        notes.append(mido.Message("note_on", note=60 + n % 5, velocity=90, time=0))
        notes.append(mido.Message("note_on", note=60 + n % 5, velocity=0, time=480))
    midi.tracks += [conductor, notes]
    midi.save(folder / "x.mid")
    data = (folder / "x.mid").read_bytes()
    place = data.index(b"\xff\x58\x04\x05\x03") + 3
    return data[:place] + signature + data[place + 2 :]


@pytest.mark.parametrize("signature", NONE.values(), ids=list(NONE))
@pytest.mark.parametrize("at", [0, 12])
def test_a_signature_without_a_bar_is_ignored_by_every_reader(signature: bytes, at: int, tmp_path: Path) -> None:
    data = file_with(signature, tmp_path, at)
    for cut in (len(data), len(data) - 4):  # whole, and cut short, which another reader reads
        piece = read_bytes(data[:cut], "x.mid")
        assert [(change.tick, change.meter) for change in piece.meters] == [(0, Meter(3, 4))]
        assert "1 time signatures without a bar ignored" in piece.repairs
        assert isinstance(find_melody(piece), Voice)
    salvaged = salvage(data, scan(data, "x.mid"))
    assert salvaged.meters == piece.meters


def test_the_signatures_that_midi_can_write_have_bars() -> None:
    assert all(has_bar(Meter(n, 2**power)) for n in (1, 3, 255) for power in range(8))
    assert not any(has_bar(meter) for meter in (Meter(0, 4), Meter(3, 0), Meter(4, 256), Meter(4, 3), Meter(-1, 4)))
