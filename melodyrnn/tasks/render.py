"""The task of `melodyrnn render`: renders MIDI files as sound files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..corpus.ingest.left_out import LeftOut
from ..errors import Cancelled, OutputError, UsageError
from ..files import check_output, is_folder
from ..json_types import JsonObject
from ..midi.file import MidiFile
from ..sound.render import DEFAULT_RATE, PLAIN, render
from ..sound.wav import write_wav
from .choice import Choice
from .paths import StrPath, refuse_other_file
from .progress import Cancellation, Listener, Progress, reporter
from .shown import PieceReader

RENDERING = "rendering"
SUFFIX = ".wav"


@dataclass(frozen=True, slots=True)
class RenderTask:
    """The settings of rendering, and its output.

    Attributes:
        paths: MIDI files, folders of them, and corpora.
        output: a .wav file for one piece, else a folder.
        soundfont: SoundFont file to use; None for the user's, else the system's best, else a small one.
        rate: samples per second, 8000..192000.
        synth: "auto", "fluidsynth" or "plain".
        force: whether to overwrite files that exist.
        choice: which melodies of the corpora are rendered.
    """

    paths: tuple[StrPath, ...]
    output: StrPath
    soundfont: StrPath | None = None
    rate: int = DEFAULT_RATE
    synth: str = "auto"
    force: bool = False
    choice: Choice | None = None


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
class RenderResult:
    """The sound files in order, and what was received and left out."""

    files: tuple[RenderedFile, ...]
    left_out: tuple[LeftOut, ...]

    def to_json(self) -> JsonObject:
        """Return the output of `melodyrnn render --json`."""
        files = [{"file": str(one.path), "seconds": one.seconds, "made_by": one.made_by} for one in self.files]
        return {"files": files, "left_out": [one.to_json() for one in self.left_out]}


@dataclass(frozen=True, slots=True)
class Rendered(Progress):
    """Progress after each file, with the file that was written."""

    file: RenderedFile


def render_files(
    task: RenderTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> RenderResult:
    """Render MIDI files as 16-bit stereo WAV. The listener is called with a `Rendered` after each file.

    Raises:
        UsageError: where several pieces are to go into one file.
        MidiError: where a path does not exist, or no file can be read.
        SoundError, SettingError: where a file cannot be made to sound.
        OutputError: where an output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked before each file. The files written before are removed.
    """
    report = reporter(listener, cancellation)
    reader = PieceReader(task.paths, task.choice)
    targets = _targets(reader.stems, task.output)
    for target in targets.values():
        check_output(target, task.force)
    total = len(targets)
    folder = Path(task.output)
    makes_folder = not folder.exists()
    found: list[RenderedFile] = []
    number = Counter[str]()  # of the tune in its file
    try:
        report(Progress(0, total, RENDERING))
        for name, shown in reader.read():
            number[name] += 1
            found.append(_rendered(shown.file, _numbered(targets[name], number[name]), task))
            report(Rendered(len(found), max(total, len(found)), RENDERING, found[-1]))
    except Cancelled:
        for written in found:
            written.path.unlink(missing_ok=True)
        if makes_folder and folder.is_dir():
            folder.rmdir()
        raise
    return RenderResult(tuple(found), reader.left_out())


def _numbered(target: Path, number: int) -> Path:
    """Return the file for a tune of a source: the second and later ones of a book have their number in the name."""
    return target if number == 1 else target.with_stem(f"{target.stem}-{number}")


def _rendered(file: MidiFile, target: Path, task: RenderTask) -> RenderedFile:
    sound = render(file, task.soundfont, task.rate, task.synth)
    write_wav(target, sound.samples, task.rate, task.force)
    return RenderedFile(target, sound.seconds, sound.made_by)


def _targets(stems: Mapping[str, str], output: StrPath) -> dict[str, Path]:
    """Return for each piece, by name, the given file or a file in the given folder, named by its stem."""
    if not is_folder(output) and Path(output).suffix.lower() == SUFFIX:
        if len(stems) > 1:
            raise UsageError(f"a file name holds one piece; give a folder. Received: {len(stems)} and {output}")
        return dict.fromkeys(stems, Path(output))
    refuse_other_file(output, "a folder, or a .wav file")
    if twice := sorted(stem for stem, count in Counter(stems.values()).items() if count > 1):
        raise OutputError(f"files of one folder must differ in name. Received twice: {', '.join(twice[:5])}")
    return {name: Path(output, stem + SUFFIX) for name, stem in stems.items()}
