"""A piece as sound: by FluidSynth and a SoundFont, else by the plain synthesizer; level normalised, length exact.

Conventions: samples are float32 of shape (num_frames, 2). The sound begins at the first bar, lasts to the last bar line
at least, and goes on until its tail has died away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import SettingError, SoundError
from ..midi.file import MidiFile
from ..midi.write import midi_bytes
from ..music.timeline import length_seconds
from .plain import render_plain
from .soundfont import find_soundfont
from .wav import Samples

DEFAULT_RATE = 44100
SYNTHS = ("auto", "fluidsynth", "plain")
PLAIN = "the plain synth"
PEAK = 10 ** (-1 / 20)  # −1 dBFS: room for what a player's resampling adds
_SILENCE = 10 ** (-60 / 20)  # of the peak: where a tail counts as over
_FADE = 0.03  # seconds
_MAX_SECONDS = 3600.0
_GAIN = 0.4  # of FluidSynth; its floats do not clip, so any would do


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples, their rate, and what made them ("FluidSynth with TimGM6mb.sf2")."""

    samples: Samples
    rate: int
    made_by: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def render(
    whole: MidiFile, soundfont: str | os.PathLike[str] | None = None, rate: int = DEFAULT_RATE, synth: str = "auto"
) -> Sound:
    """Render a piece.

    Args:
        whole: the piece and its file.
        soundfont: path, or None for the one that is found.
        rate: samples per second, 8000..192000.
        synth: one of SYNTHS; "auto" takes the plain one where FluidSynth is not installed.

    Raises:
        SettingError: for a rate or a synth outside its rule.
        SoundError: without notes, without what was asked for, or where FluidSynth fails.
    """
    if not 8000 <= rate <= 192_000:
        raise SettingError(f"rate must be 8000..192000 samples per second. Received: {rate}")
    if synth not in SYNTHS:
        raise SettingError(f"synth must be one of {', '.join(SYNTHS)}. Received: {synth!r}")
    if not whole.piece.num_notes:
        raise SoundError(f"a piece must hold notes to sound. Received none in {whole.name}")
    seconds = length_seconds(whole.piece)
    if seconds > _MAX_SECONDS:
        raise SoundError(f"a piece must last an hour at most. Received: {whole.name}, {seconds / 3600:.1f} hours")
    plain = synth == "plain" or (synth == "auto" and shutil.which("fluidsynth") is None)
    if not plain or soundfont is not None:
        font = find_soundfont(soundfont)
    if plain:
        samples, made_by = render_plain(whole.piece, rate), PLAIN
    else:
        samples, made_by = _fluidsynth(whole, font, rate), f"FluidSynth with {font.name}"
    return Sound(_finished(samples, seconds, rate, made_by), rate, made_by)


def _fluidsynth(whole: MidiFile, font: Path, rate: int) -> Samples:
    program = shutil.which("fluidsynth")
    if program is None:
        raise SoundError("FluidSynth must be installed (Debian: apt install fluidsynth). Received: no fluidsynth")
    with tempfile.TemporaryDirectory(prefix="melodyrnn-") as folder:
        midi, raw = Path(folder) / "piece.mid", Path(folder) / "piece.raw"
        plain = whole.data[:4] == b"MThd"  # FluidSynth does not open MIDI wrapped in RIFF
        midi.write_bytes(whole.data if plain else midi_bytes(whole.piece))
        format_ = ["-r", str(rate), "-g", str(_GAIN), "-T", "raw", "-O", "float", "-E", "little"]
        command = [program, "-ni", "-q", *format_, "-F", str(raw), str(font), str(midi)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        # where a SoundFont does not load, FluidSynth plays its default one and calls it success
        if done.returncode != 0 or not raw.exists() or "ailed to load" in done.stderr:
            words = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise SoundError(f"FluidSynth failed on {whole.name}: {words}")
        return np.fromfile(raw, "<f4").reshape(-1, 2)


def _finished(samples: Samples, seconds: float, rate: int, made_by: str) -> Samples:
    """Cut after the tail, pad to the last bar line, bring the peak to −1 dBFS."""
    level = np.abs(samples).max(axis=1)
    peak = float(level.max(initial=0))
    if peak < 1e-6:
        raise SoundError(f"a piece must be heard. Received: silence from {made_by}")
    audible = int(np.nonzero(level > peak * _SILENCE)[0][-1]) + 1
    fade = int(_FADE * rate)
    frames = max(round(seconds * rate), audible + fade)
    out = np.zeros((frames, 2), np.float32)
    kept = samples[:frames]
    out[: len(kept)] = kept * (PEAK / peak)
    out[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return out
