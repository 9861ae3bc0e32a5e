"""A synthesizer plays the files to the right length. Needs Debian's fluidsynth."""

import shutil
import subprocess
import wave

import pytest

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import write_piece
from melodyrnn.sound.soundfont import find_soundfont


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")
@pytest.mark.parametrize("meter", [(4, 4), (3, 4), (6, 8)])
def test_a_rendered_piece_lasts_as_long_as_its_bars(tmp_path, meter):
    for piece in load().generate(Request(num=2, bars=4, meter=meter, tempo=120, seed=1)):
        bars = 4 + (len(piece.markers) > 0)  # that of a pick-up, after which the loop is marked
        expected = bars * (4 * meter[0] / meter[1]) * 0.5
        write_piece(piece, tmp_path / "tune.mid", force=True)
        # and the tail of the last note
        assert expected <= _rendered_seconds(tmp_path) <= expected + 4


def _rendered_seconds(tmp_path):
    command = [
        "fluidsynth",
        "-ni",
        "-q",
        "-o",
        "synth.dynamic-sample-loading=1",
        "-r",
        "8000",
        "-F",
        str(tmp_path / "tune.wav"),
    ]
    subprocess.run([*command, str(find_soundfont()), str(tmp_path / "tune.mid")], check=True, capture_output=True)
    with wave.open(str(tmp_path / "tune.wav")) as sound:
        return sound.getnframes() / sound.getframerate()
