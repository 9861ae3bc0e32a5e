"""Rendered sound, measured: length, level and pitch. The tests of FluidSynth need Debian's package fluidsynth."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

import melodyrnn
from melodyrnn.arrays import Float32s
from melodyrnn.cli.main import run
from melodyrnn.errors import MelodyRNNError, SettingError, SoundError
from melodyrnn.midi.file import MidiFile, file_of, read_file
from melodyrnn.midi.write import write_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.music.timeline import length_seconds
from melodyrnn.sound.render import PEAK, render
from melodyrnn.sound.soundfont import find_soundfont

RATE = 22050
OCARINA = 79  # a steady, almost pure tone in every SoundFont; the upper partials of a real piano are sharp
synths = pytest.mark.parametrize(
    "synth",
    [
        "plain",
        pytest.param(
            "fluidsynth",
            marks=pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed"),
        ),
    ],
)


def notes(*pitches: int, velocity: int = 90, channel: int = 0, program: int = 0, bar: int = 1920) -> MidiFile:
    """One note a bar of 4/4 at 120 bpm, half a bar long."""
    onset = np.arange(len(pitches)) * bar
    track = Track(Notes.of(onset, [bar // 2] * len(pitches), pitches, [velocity] * len(pitches)), "", program, channel)
    return file_of(Piece(480, (track,), (Tempo(0, 500_000),), (TimeSignature(0, Meter(4, 4)),), end=bar * len(pitches)))


def pitch_of(samples: Float32s, rate: int) -> float:
    """The fundamental frequency by autocorrelation, as a MIDI pitch (69 = 440 Hz)."""
    mono = samples.mean(axis=1) - samples.mean()
    spectrum = np.fft.rfft(mono, 2 * len(mono))
    lags = np.fft.irfft(np.abs(spectrum) ** 2)[: len(mono) // 2]
    inside = lags[: int(rate / 60)]
    tops = [n for n in range(int(rate / 2000), len(inside) - 1) if inside[n - 1] <= inside[n] > inside[n + 1]]
    rough = next(n for n in tops if inside[n] > 0.85 * inside[tops].max())  # the first of the period and its multiples
    a, b, c = lags[rough - 1 : rough + 2]
    exact = rough + (a - c) / (2 * (a - 2 * b + c))
    return float(69 + 12 * np.log2(rate / exact / 440))


@synths
def test_eight_bars_at_120_last_sixteen_seconds_and_a_tail(synth: str, tmp_path: Path) -> None:
    (piece,) = melodyrnn.load().generate(num=1, bars=8, meter=(4, 4), tempo=120, seed=4)
    sound = render(file_of(piece), rate=RATE, synth=synth)
    assert 16.0 <= sound.seconds <= 20.0
    level = np.abs(sound.samples).max()
    assert level == pytest.approx(PEAK, rel=1e-3)
    assert level < 1
    assert np.sqrt((sound.samples**2).mean()) > 0.02  # −34 dBFS
    assert np.abs(sound.samples[-10:]).max() < 0.002  # no click at the end


@synths
@pytest.mark.parametrize("pitch", [57, 69, 76])
def test_a_note_sounds_at_its_pitch_and_time(synth: str, pitch: int) -> None:
    sound = render(notes(60, pitch, program=OCARINA), rate=RATE, synth=synth)
    second = sound.samples[int(2.1 * RATE) : int(2.9 * RATE)]
    before = sound.samples[int(1.7 * RATE) : int(1.99 * RATE)]
    assert pitch_of(second, RATE) == pytest.approx(pitch, abs=0.15)
    assert np.abs(before).max() < 0.1 * np.abs(second).max()


@synths
def test_loud_and_soft_pieces_get_the_same_level(synth: str) -> None:
    loud, soft = (render(notes(60, velocity=v), rate=RATE, synth=synth) for v in (127, 12))
    assert np.abs(loud.samples).max() == pytest.approx(np.abs(soft.samples).max(), rel=1e-3)


@synths
def test_many_notes_at_once_do_not_clip(synth: str) -> None:
    track = Track(Notes.of([0] * 40, [1920] * 40, range(40, 80), [127] * 40))
    sound = render(file_of(Piece(480, (track,), end=1920)), rate=RATE, synth=synth)
    assert np.abs(sound.samples).max() == pytest.approx(PEAK, rel=1e-3)
    flat = np.isclose(np.abs(sound.samples), np.abs(sound.samples).max(), rtol=1e-4).sum()
    assert flat < 10  # a clipped wave stays at its highest


@synths
def test_velocity_changes_the_level_of_drums(synth: str) -> None:
    track = Track(Notes.of([0, 1920], [240, 240], [38, 38], [120, 40]), "", 0, 9)
    sound = render(file_of(Piece(480, (track,), end=3840)), rate=RATE, synth=synth)
    first, second = sound.samples[: 2 * RATE], sound.samples[2 * RATE : 4 * RATE]
    assert np.abs(first).max() > 2 * np.abs(second).max() > 0.01


def test_without_fluidsynth_the_plain_synth_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    write_piece(notes(60).piece, tmp_path / "a.mid")
    assert run(["render", str(tmp_path / "a.mid"), "-o", str(tmp_path / "a.wav"), "--rate", "8000"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "FluidSynth is not installed (Debian: apt install fluidsynth): the plain synth is used\n"
    assert captured.out.startswith(f"{tmp_path / 'a.wav'} (2.")
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.abs(samples).max() == pytest.approx(PEAK * 32767, abs=2)
    with pytest.raises(SoundError, match=r"FluidSynth must be installed \(Debian: apt install fluidsynth\)"):
        render(notes(60), synth="fluidsynth")


@synths
def test_files_wrapped_and_odd_render(synth: str, shared: Path) -> None:
    """A RIFF file and files that are broken in one way or another: sound, or a reason."""
    wrapped = b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + notes(60).data
    assert render(MidiFile("a.rmi", wrapped, notes(60).piece), rate=8000, synth=synth).seconds >= 2
    outcomes = []
    for path in sorted((shared / "midi-defects" / "labelled").rglob("*.mid"))[::20]:
        try:
            midi = read_file(path)
            if length_seconds(midi.piece) < 130:  # the rest takes long and shows no more
                outcomes.append(render(midi, rate=8000, synth=synth).seconds > 0)
        except MelodyRNNError:
            outcomes.append(False)
    assert outcomes.count(True) >= 3


def test_refusals(tmp_path: Path) -> None:
    for rate in (7999, 192_001):
        with pytest.raises(SettingError, match=rf"rate must be 8000..192000 samples per second\. Received: {rate}"):
            render(notes(60), rate=rate)
    with pytest.raises(SettingError, match=r"synth must be one of auto, fluidsynth, plain\. Received: 'organ'"):
        render(notes(60), synth="organ")
    with pytest.raises(SoundError, match=r"must hold notes to be rendered\. Received none in melody.mid"):
        render(file_of(Piece(480, ())))
    with pytest.raises(SoundError, match=r"an hour at most\. Received: melody.mid, 2.0 hours"):
        render(notes(60, bar=480 * 2 * 3600 * 2))
    with pytest.raises(SoundError, match=r"a SoundFont must exist\. Received: .*no\.sf2"):
        render(notes(60), soundfont=tmp_path / "no.sf2")
    (tmp_path / "a.sf2").write_bytes(b"RIFF1234WAVE")
    with pytest.raises(SoundError, match="must be a RIFF file of the form sfbk"):
        render(notes(60), soundfont=tmp_path / "a.sf2", synth="plain")


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")
def test_a_damaged_soundfont_is_an_error_and_not_silence(tmp_path: Path) -> None:
    with find_soundfont().open("rb") as file:
        (tmp_path / "cut.sf2").write_bytes(file.read(50_000))
    with pytest.raises(SoundError, match="FluidSynth"):
        render(notes(60), soundfont=tmp_path / "cut.sf2", rate=8000)


def test_several_files_go_to_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        write_piece(notes(60).piece, tmp_path / f"{name}.mid")
    (tmp_path / "deep").mkdir()
    write_piece(notes(60).piece, tmp_path / "deep" / "a.mid")
    files = [str(tmp_path / f"{name}.mid") for name in "ab"]
    options = ["--synth", "plain", "--rate", "8000"]
    assert run(["render", *files, "-o", str(tmp_path / "out"), *options]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.wav", "b.wav"]
    assert run(["render", *files, "-o", str(tmp_path / "out"), *options]) == 1
    assert "must not exist yet (--force overwrites it)" in capsys.readouterr().err
    assert run(["render", *files, "-o", str(tmp_path / "one.wav"), *options]) == 2
    assert run(["render", str(tmp_path), "-o", str(tmp_path / "new"), *options]) == 1
    assert "must differ in name. Received twice: a" in capsys.readouterr().err


@synths
def test_every_part_is_heard(synth: str) -> None:
    """A bar each: flute, drums, two basses on channels that no file of few tracks has, and a chord of strings."""
    parts = [(73, 0, [72]), (0, 9, [36, 42]), (33, 14, [40]), (38, 15, [43]), (48, 3, [60, 64, 67])]
    tracks = tuple(
        Track(Notes.of([1920 * bar] * len(p), [960] * len(p), p, [100] * len(p)), "", program, channel)
        for bar, (program, channel, p) in enumerate(parts)
    )
    sound = render(file_of(Piece(480, tracks, (Tempo(0, 500_000),), end=1920 * len(parts))), rate=RATE, synth=synth)
    levels = [np.abs(sound.samples[2 * n * RATE : (2 * n + 1) * RATE]).max() for n in range(len(parts))]
    assert min(levels) > 0.02


@synths
def test_drums_are_no_pitched_tones(synth: str) -> None:
    """The same notes on channel 10 have another sound than on channel 1, without a steady period."""
    found = {}
    for channel in (0, 9):
        samples = render(notes(60, 60, program=OCARINA, channel=channel), rate=RATE, synth=synth).samples
        steady = samples[int(0.3 * RATE) : int(0.6 * RATE)].mean(axis=1)
        found[channel] = float(np.sqrt((steady**2).mean()))
    assert found[9] < 0.1 * found[0]  # a drum has faded where a tone is still held


@pytest.mark.parametrize("folder", ["multi", "quartets", "piano-rolls"])
def test_real_pieces_of_many_parts_render_with_the_plain_synth(shared: Path, folder: str) -> None:
    path = min((shared / folder).rglob("*.mid"), key=lambda path: (path.stat().st_size, path.name))
    file = read_file(path)
    sound = render(file, rate=8000, synth="plain")
    assert sound.seconds >= length_seconds(file.piece) - 0.01
    assert np.abs(sound.samples).max() == pytest.approx(PEAK, rel=1e-3)
