"""Renders a piece as sound, with FluidSynth and a SoundFont or with the plain synthesizer, at a normalised level.

Conventions: samples are float32 of shape (num_frames, 2). The sound begins with the first bar. It ends when the last
note has faded out, but not before the last bar line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..arrays import Float32s
from ..errors import SettingError, SoundError
from ..midi.file import MidiFile
from ..midi.write import midi_bytes
from ..music.timeline import length_seconds
from .plain import render_plain
from .soundfont import find_soundfont

DEFAULT_RATE = 44100
SYNTHS = ("auto", "fluidsynth", "plain")
PLAIN = "the plain synth"
PEAK = 10 ** (-1 / 20)  # −1 dBFS, so that resampling in a player does not clip
_SILENCE = 10 ** (-60 / 20)  # relative to the peak: below it, a note has faded out
_FADE = 0.03  # seconds
_MAX_SECONDS = 3600.0
_GAIN = 0.4  # of FluidSynth; its float samples do not clip at any gain


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples, their rate in samples per second, and the synthesizer, such as "FluidSynth with TimGM6mb.sf2"."""

    samples: Float32s
    rate: int
    made_by: str

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


def render(
    midi: MidiFile, soundfont: str | os.PathLike[str] | None = None, rate: int = DEFAULT_RATE, synth: str = "auto"
) -> Sound:
    """Return the sound of a MIDI file.

    Args:
        midi: the file; FluidSynth reads its bytes, the plain synthesizer its piece.
        soundfont: path of a SoundFont; None for the result of `find_soundfont`.
        rate: samples per second, 8000..192000.
        synth: one of SYNTHS; "auto" is the plain one only where FluidSynth is not installed.

    Raises:
        SettingError: for a rate or a synth outside its rule.
        SoundError: where the file has no notes or lasts longer than an hour, the SoundFont or FluidSynth does not exist
            or FluidSynth fails, and where the sound is silent.
    """
    if not 8000 <= rate <= 192_000:
        raise SettingError(f"rate must be 8000..192000 samples per second. Received: {rate}")
    if synth not in SYNTHS:
        raise SettingError(f"synth must be one of {', '.join(SYNTHS)}. Received: {synth!r}")
    if not midi.piece.num_notes:
        raise SoundError(f"a piece must hold notes to be rendered. Received none in {midi.name}")
    seconds = length_seconds(midi.piece)
    if seconds > _MAX_SECONDS:
        raise SoundError(f"a piece must last an hour at most. Received: {midi.name}, {seconds / 3600:.1f} hours")
    is_plain = synth == "plain" or (synth == "auto" and shutil.which("fluidsynth") is None)
    if not is_plain or soundfont is not None:
        font = find_soundfont(soundfont)
    if is_plain:
        samples, made_by = render_plain(midi.piece, rate), PLAIN
    else:
        samples, made_by = _fluidsynth(midi, font, rate), f"FluidSynth with {font.name}"
    return Sound(_normalised(samples, seconds, rate, made_by), rate, made_by)


def _fluidsynth(midi: MidiFile, font: Path, rate: int) -> Float32s:
    program = shutil.which("fluidsynth")
    if program is None:
        raise SoundError("FluidSynth must be installed (Debian: apt install fluidsynth). Received: no fluidsynth")
    with tempfile.TemporaryDirectory(prefix="melodyrnn-") as folder:
        path, raw = Path(folder) / "piece.mid", Path(folder) / "piece.raw"
        is_plain_midi = midi.data[:4] == b"MThd"  # FluidSynth cannot read MIDI inside a RIFF file
        path.write_bytes(midi.data if is_plain_midi else midi_bytes(midi.piece))
        format_ = ["-r", str(rate), "-g", str(_GAIN), "-T", "raw", "-O", "float", "-E", "little"]
        # read the samples that are played, not all of them: the same sound in a fraction of the time
        command = [program, "-ni", "-q", "-o", "synth.dynamic-sample-loading=1", *format_, "-F", str(raw), str(font)]
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, errors="replace")
        # where a SoundFont cannot be loaded, FluidSynth uses its default one and exits with 0
        if done.returncode != 0 or not raw.exists() or "ailed to load" in done.stderr:
            words = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise SoundError(f"FluidSynth failed on {midi.name}: {words}")
        return np.fromfile(raw, "<f4").reshape(-1, 2)


def _normalised(samples: Float32s, seconds: float, rate: int, made_by: str) -> Float32s:
    """Return the samples with their peak at PEAK, cut where the sound has faded out, or padded to the last bar line."""
    level = np.abs(samples).max(axis=1)
    peak = float(level.max(initial=0))
    if peak < 1e-6:
        raise SoundError(f"a rendered piece must not be silent. Received: silence from {made_by}")
    audible = int(np.nonzero(level > peak * _SILENCE)[0][-1]) + 1
    fade = int(_FADE * rate)
    frames = max(round(seconds * rate), audible + fade)
    out = np.zeros((frames, 2), np.float32)
    kept = samples[:frames]
    out[: len(kept)] = kept * (PEAK / peak)
    out[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return out
