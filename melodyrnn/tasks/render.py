"""The task of `melodyrnn render`: renders MIDI files as sound files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Cancelled, OutputError, UsageError
from ..files import check_output, is_folder
from ..midi.file import read_file
from ..sound.render import DEFAULT_RATE, PLAIN, render
from ..sound.wav import write_wav
from .paths import StrPath, midi_files, refuse_other_file
from .progress import Cancellation, Listener, Progress, reporter

RENDERING = "rendering"
SUFFIX = ".wav"


@dataclass(frozen=True, slots=True)
class RenderTask:
    """The settings of rendering, and its output.

    Attributes:
        paths: MIDI files, and folders of them.
        output: a .wav file for one piece, else a folder.
        soundfont: SoundFont file to use; None for the user's, else the system's best, else a small one.
        rate: samples per second, 8000..192000.
        synth: "auto", "fluidsynth" or "plain".
        force: whether to overwrite files that exist.
    """

    paths: tuple[StrPath, ...]
    output: StrPath
    soundfont: StrPath | None = None
    rate: int = DEFAULT_RATE
    synth: str = "auto"
    force: bool = False


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A sound file, its length in seconds, and the synthesizer in words."""

    path: Path
    seconds: float
    made_by: str

    @property
    def is_plain(self) -> bool:
        """Whether the plain synth was used, not FluidSynth."""
        return self.made_by == PLAIN


@dataclass(frozen=True, slots=True)
class Rendered(Progress):
    """Progress after each file, with the file that was written."""

    file: RenderedFile


def render_files(
    task: RenderTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> tuple[RenderedFile, ...]:
    """Render MIDI files as 16-bit stereo WAV. The listener is called with a `Rendered` after each file.

    Raises:
        UsageError: where several pieces are to go into one file.
        MidiError, SoundError, SettingError: where a file cannot be read or made to sound.
        OutputError: where an output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked before each file. The files written before are removed.
    """
    report = reporter(listener, cancellation)
    files = midi_files(task.paths)
    targets = _targets(files, task.output)
    for target in targets:
        check_output(target, task.force)
    folder = Path(task.output)
    makes_folder = not folder.exists()
    found: list[RenderedFile] = []
    try:
        report(Progress(0, len(files), RENDERING))
        for path, target in zip(files, targets, strict=True):
            found.append(_rendered(path, target, task))
            report(Rendered(len(found), len(files), RENDERING, found[-1]))
    except Cancelled:
        for file in found:
            file.path.unlink(missing_ok=True)
        if makes_folder and folder.is_dir():
            folder.rmdir()
        raise
    return tuple(found)


def _rendered(path: Path, target: Path, task: RenderTask) -> RenderedFile:
    sound = render(read_file(path), task.soundfont, task.rate, task.synth)
    write_wav(target, sound.samples, task.rate, task.force)
    return RenderedFile(target, sound.seconds, sound.made_by)


def _targets(files: Sequence[Path], output: StrPath) -> list[Path]:
    """Return the given file, or a file in the given folder for each piece."""
    if not is_folder(output) and Path(output).suffix.lower() == SUFFIX:
        if len(files) > 1:
            raise UsageError(f"a file name holds one piece; give a folder. Received: {len(files)} and {output}")
        return [Path(output)]
    refuse_other_file(output, "a folder, or a .wav file")
    stems = [path.stem for path in files]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise OutputError(f"files of one folder must differ in name. Received twice: {', '.join(twice[:5])}")
    return [Path(output, stem + SUFFIX) for stem in stems]
