"""The shipped checkpoint follows the request: exact bars, no overlaps, the same pieces for the same seed."""

import io
import shlex

import mido
import numpy as np
import pretty_midi
import pytest
import symusic

from melodyrnn.cli.main import run
from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import load
from melodyrnn.generation.primer import read_primer
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import midi_bytes, to_pretty_midi, write_piece
from melodyrnn.music.keys import Key


@pytest.fixture(scope="module")
def model():
    return load()


@pytest.mark.parametrize("meter", [(4, 4), (3, 4), (6, 8), (2, 4), (5, 8)])
@pytest.mark.parametrize("temperature", [0.0, 1.0, 3.0])
def test_pieces_fill_their_bars_and_nothing_overlaps(model, meter, temperature):
    bars = 5
    for piece in model.generate(Request(num=6, bars=bars, meter=meter, temperature=temperature, seed=1, pickup=0)):
        bar = 480 * 4 * meter[0] // meter[1]
        notes = piece.tracks[0].notes
        assert piece.end == bars * bar
        assert len(notes) > 0
        assert notes.end.max() <= piece.end
        assert notes.end.max() > piece.end - bar  # the last bar is not left empty
        assert (notes.onset[1:] >= notes.end[:-1]).all()
        assert (notes.duration > 0).all()
        assert notes.onset[0] == 0


def test_every_reader_finds_the_same_notes(model):
    for piece in model.generate(Request(num=5, bars=8, seed=2)):
        data, notes = midi_bytes(piece), piece.tracks[0].notes
        midi = mido.MidiFile(file=io.BytesIO(data))
        assert (midi.type, midi.ticks_per_beat) == (1, 480)
        assert all(sum(m.time for m in track) == piece.end for track in midi.tracks)
        found = symusic.Score.from_midi(data).tracks[0].notes.numpy()
        order = np.argsort(found["time"], kind="stable")
        np.testing.assert_array_equal(found["time"][order], notes.onset)
        np.testing.assert_array_equal(found["pitch"][order], notes.pitch)
        np.testing.assert_array_equal(found["duration"][order], notes.duration)
        pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
        found = sorted(pretty.instruments[0].notes, key=lambda n: n.start)
        assert [n.pitch for n in found] == notes.pitch.tolist()
        assert [n.velocity for n in found] == notes.velocity.tolist()
        assert [pretty.time_to_tick(n.start) for n in found] == notes.onset.tolist()
        assert len(to_pretty_midi(piece).instruments[0].notes) == len(notes)


def test_the_same_seed_gives_the_same_pieces_for_any_number(model):
    one, many = model.generate(Request(num=1, bars=4, seed=9)), model.generate(Request(num=20, bars=4, seed=9))
    again = model.generate(Request(num=20, bars=4, seed=9))
    assert midi_bytes(one[0]) == midi_bytes(many[0])
    assert [midi_bytes(p) for p in many] == [midi_bytes(p) for p in again]
    assert len({midi_bytes(p) for p in many}) == 20
    assert midi_bytes(model.generate(Request(num=1, bars=4, seed=10))[0]) != midi_bytes(one[0])


def test_a_piece_does_not_depend_on_the_others_of_its_batch(model):
    many = model.generate(Request(num=64, bars=4, seed=11))
    for num in (1, 2, 5, 17, 33):
        few = model.generate(Request(num=num, bars=4, seed=11))
        assert [midi_bytes(p) for p in few] == [midi_bytes(p) for p in many[:num]]


def test_key_tempo_and_program_are_those_of_the_request(model):
    for piece in model.generate(Request(num=20, bars=8, seed=3, key=Key.parse("Eb"), tempo=90, program=73)):
        assert str(piece.keys[0].key) == "Eb major"
        assert piece.tempos[0].microseconds_per_quarter == round(60e6 / 90)
        assert piece.tracks[0].program == 73
        pitch = piece.tracks[0].notes.pitch
        assert set((pitch - 3) % 12) <= {0, 2, 4, 5, 7, 9, 11}
        assert (pitch[0] - 3) % 12 in (0, 4, 7)
        assert (pitch[-1] - 3) % 12 == 0


def test_a_key_only_transposes(model):
    c, d = (model.generate(Request(bars=8, seed=3, key=Key.parse(k)))[0].tracks[0].notes for k in ("C", "D"))
    np.testing.assert_array_equal(d.pitch - c.pitch, 2)
    np.testing.assert_array_equal(d.onset, c.onset)


def test_every_piece_begins_with_the_primer_and_new_bars_follow(model):
    primer = "C4 E4 G4:2 | F4 D4 B3:2"
    for piece in model.generate(Request(num=3, bars=4, seed=4, primer=primer)):
        notes = piece.tracks[0].notes
        assert notes.pitch[:6].tolist() == [60, 64, 67, 65, 62, 59]
        assert notes.onset[:6].tolist() == [0, 480, 960, 1920, 2400, 2880]
        assert piece.end == (2 + 4) * 1920
        assert len(notes) > 6
        assert str(piece.keys[0].key) == "C major"


def test_a_primer_in_a_file_brings_its_meter_and_tempo(model, tmp_path):
    path = tmp_path / "p.mid"
    write_piece(model.generate(Request(bars=2, seed=5, meter=(3, 4), tempo=77, pickup=0))[0], path)
    piece = model.generate(Request(bars=2, seed=6, primer=str(path)))[0]
    assert str(piece.meters[0]) == "3/4"
    assert piece.tempos[0].microseconds_per_quarter == round(60e6 / 77)
    assert piece.end == 4 * 3 * 480


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"bars": 0}, "bars must be >= 1. Received: 0"),
        ({"num": 0}, "num must be >= 1. Received: 0"),
        ({"seed": -1}, "seed must be >= 0. Received: -1"),
        ({"temperature": -1}, r"temperature must be >= 0. Received: -1"),
        ({"rank": 0}, r"rank must be >= 1. Received: 0"),
        ({"swing": 0.9}, r"swing must be 0.5..0.75. Received: 0.9"),
        ({"humanize": 2}, r"humanize must be 0..1. Received: 2"),
        ({"vary": 0.5}, r"vary needs a primer to work on. Received: none"),
        ({"infill": (1, 2)}, r"infill needs a primer to work on. Received: none"),
        ({"infill": (1, 2), "vary": 0.1, "primer": "C4"}, r"vary and infill cannot be met together.*Received: both"),
        ({"infill": (2, 9), "primer": "C4 D4"}, r"infill must name bars of the primer, 1-1.*Received: 2-9"),
        ({"scale": "jazz"}, r"a scale must be one of major, .* Received: 'jazz'"),
        ({"end": "loud"}, r"end must be tonic, close or open. Received: 'loud'"),
        ({"key": "I"}, r"a key must be a tonic .* Received: 'I'"),
        ({"density": 200}, r"density must be .* notes per bar. Received: 200"),
        ({"max_interval": 0}, r"max_interval must be >= 1 semitone. Received: 0"),
        ({"range": (70, 60)}, r"range must not be empty. Received: 70 to 60"),
        ({"range": (61, 61), "key": "C"}, r"range and scale must have a pitch in common. Received: pitches 61 to 61"),
        ({"range": (62, 71), "key": "C"}, r"range and key must leave a pitch to end on, which is the tonic"),
        ({"range": (61, 71), "end": "tonic", "key": "C"}, r"range and end must leave a pitch to end on"),
        ({"scale": "0", "end": "open"}, r"scale and end must leave a pitch to end on, which is not the tonic"),
        ({"scale": "0,7", "max_interval": 3}, r"max_interval and scale must let the melody pass.*Received: 3"),
        ({"range": (0, 12)}, r"range must hold pitches that this model has seen"),
        ({"range": (64, 128)}, r"range must be within 0..127 \(C-1 to G9\). Received: 128"),
        (
            {"density": 40, "meter": (2, 4)},
            r"density and meter must leave room for the notes of a bar: at most \d+. Received: 40",
        ),
        (
            {"range": (61, 63), "key": "C", "scale": "1,2", "end": "open"},
            r"range and key must leave a note of the tonic",
        ),
        ({"primer": read_primer("C4").view(None).score[:0]}, "primer must hold at least one note. Received: none"),
        ({"tempo": 1}, "tempo must be 4..1000 quarter notes per minute. Received: 1"),
        ({"program": 128}, r"program must be 0..127. Received: 128"),
        ({"meter": (4, 5)}, "meter must be like 4/4: .* Received: 4/5"),
        ({"meter": (63, 4)}, "no longer than those this model has seen .* Received: 63/4"),
    ],
)
def test_wishes_outside_their_rule_are_refused(model, wish, message):
    with pytest.raises(SettingError, match=message):
        model.generate(Request(**wish))


def test_without_the_primer_only_new_bars_are_written(model):
    wishes = {"num": 2, "bars": 4, "seed": 2, "primer": "C4 E4 G4:2 F4 D4 B3:2"}
    for with_it, without in zip(
        model.generate(Request(**wishes)), model.generate(Request(**wishes, include_primer=False)), strict=True
    ):
        assert with_it.end == 6 * 1920
        assert without.end == 4 * 1920
        late = with_it.tracks[0].notes.onset >= 2 * 1920
        np.testing.assert_array_equal(with_it.tracks[0].notes.onset[late] - 2 * 1920, without.tracks[0].notes.onset)


@pytest.mark.parametrize(
    "options",
    [
        ["--num", "2", "--bars", "3", "--key", "E dorian", "--range", "C4:C6", "--max-interval", "7"],
        ["--bars", "2", "--primer", "C4 E4 G4:2 r C5", "--no-include-primer", "--meter", "3/4", "--no-guard"],
        ["--primer", "C4 E4 G4:2 F4 D4 B3:2", "--infill", "2", "--top-p", "0.9", "--swing", "0.6", "--humanize", "0.3"],
    ],
)
def test_the_recipe_in_a_file_reproduces_it(tmp_path, capsys, options):
    assert run(["generate", *options, "-o", str(tmp_path / "a")]) == 0
    made = capsys.readouterr().out.splitlines()
    assert run(["info", made[-1]]) == 0
    (line,) = [text for text in capsys.readouterr().out.splitlines() if text.startswith("written by")]
    command = line.removeprefix("written by").split("#")[0].strip()
    assert run([*shlex.split(command)[1:], "-o", str(tmp_path / "b")]) == 0
    again = capsys.readouterr().out.splitlines()
    for a, b in zip(made, again, strict=True):
        with open(a, "rb") as left, open(b, "rb") as right:
            assert left.read() == right.read()


@pytest.mark.parametrize(
    "request_",
    [Request(bars=2, seed=1), Request(primer="C4 E4 G4:2", vary=1.0, seed=1), Request(bars=2, rank=2, seed=1)],
)
def test_what_is_called_before_each_note_may_end_it(model, request_):
    calls = 0

    def count():
        nonlocal calls
        calls += 1
        if calls == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        model.generate(request_, count)
    assert calls == 3
