"""The task of `melodyrnn generate`: generates pieces with a model, as files of MIDI, MusicXML or ABC."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from ..errors import UsageError
from ..files import check_output, write_bytes, write_text
from ..formats.write import DEFAULT_FORMAT, FORMATS, WRITTEN_SUFFIXES, Format, format_of, piece_bytes
from ..generation.drawn_note import OnDrawn, go_on
from ..generation.generator import Generator, load
from ..generation.plan import notices_of, read_given_music
from ..generation.request import COPIED, MAX_BARS, Request
from ..music.bars import num_bars, with_grouped_beats
from ..music.keys import Key
from ..music.piece import Piece
from .defaults import GENERATED_FOLDER
from .paths import StrPath, refuse_other_file
from .progress import Cancellation, Listener, Progress, reporter

GENERATING, WRITING = "generating", "writing files"
PREVIEW = "preview.html"
_STRAIGHT = "notation is written straight: --swing and --humanize are left out"


@dataclass(frozen=True, slots=True)
class GenerateTask:
    """The settings of a generation, and its output.

    Attributes:
        request: the settings of the pieces; without a seed one is drawn.
        output: folder to write to, or, for one piece, a file of a format in `FORMATS`; None writes nothing.
        format: of the files in a folder, a name in `FORMATS`; None for that of the output, else MIDI.
        checkpoint: model to use, a file or the name of one that comes with melodyrnn; None for the default one.
        preview: whether to write also a page that shows and plays the files.
        force: whether to overwrite files that exist.
        any_size: whether more than `MAX_BARS` bars may be drawn.
    """

    request: Request = field(default_factory=Request)
    output: StrPath | None = GENERATED_FOLDER
    checkpoint: StrPath | None = None
    preview: bool = False
    force: bool = False
    any_size: bool = False
    format: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether the output is one file, not a folder."""
        return self.output is not None and os.fspath(self.output).lower().endswith(WRITTEN_SUFFIXES)

    @property
    def written(self) -> Format:
        """The format of the files."""
        own = format_of(self.output) if self.output is not None and self.is_file else None
        return own or FORMATS[self.format or DEFAULT_FORMAT]


@dataclass(frozen=True, slots=True)
class GeneratedPiece:
    """A piece that was generated; `key` is that of the new notes, `path` is its file, None where none was written."""

    piece: Piece
    seed: int
    key: Key
    path: Path | None

    @property
    def bars(self) -> int:
        return num_bars(with_grouped_beats(self.piece))

    @property
    def tempo(self) -> float:
        """Quarter notes per minute."""
        return self.piece.tempos[0].quarters_per_minute

    @property
    def command(self) -> str:
        """The command that generates the piece again."""
        return self.piece.texts[0]

    @property
    def copied(self) -> str | None:
        """The longest passage in common with the training tunes, in words; None where it was not searched for."""
        return next((text for text in self.piece.texts[1:2] if text.startswith(COPIED)), None)

    def to_json(self) -> dict[str, str | int | float]:
        """Return the output of `melodyrnn generate --json` for the piece."""
        return {
            "file": str(self.path),
            "seed": self.seed,
            "bars": self.bars,
            "meter": str(self.piece.meters[0]),
            "key": str(self.key),
            "tempo": round(self.tempo, 3),
            "notes": self.piece.num_notes,
            "command": self.command,
            **({} if self.copied is None else {"copied": self.copied}),
        }


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """Pieces in order, the page that shows them, if one was requested, and what was guessed about the primer."""

    pieces: tuple[GeneratedPiece, ...]
    page: Path | None
    notices: tuple[str, ...] = ()


def generate(
    task: GenerateTask,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    generator: Generator | None = None,
    on_drawn: OnDrawn | None = None,
) -> GenerateResult:
    """Generate pieces and write them. Nothing is written before all pieces are complete and all outputs are checked.

    Args:
        generator: a loaded model, for callers that keep one; None loads the model of the task.
        on_drawn: called with each new note, see `Generator.generate`.

    Raises:
        UsageError: where several pieces are to go into one file, another format is named,
            and for too many bars without `any_size`.
        CheckpointError: where the model cannot be read.
        SettingError: where the request cannot be met.
        MidiError, NotationError: where the primer cannot be read.
        OutputError: where an output exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled; checked before each note, until files are written. Nothing is written.
    """
    report = reporter(listener, cancellation)
    _refuse_too_many(task)
    _check_format(task)
    if task.is_file and task.request.num > 1:
        raise UsageError(
            f"a file name holds one piece; give a folder, or --num 1. "
            f"Received: --num {task.request.num} and {task.output}"
        )
    request = task.request
    if request.seed is None:
        request = replace(request, seed=secrets.randbelow(2**31))
    report(Progress(0, request.num, GENERATING))
    generator = generator or load(task.checkpoint)
    request, key, notices = _planned(request, generator)
    if task.written.is_notation and (request.swing, request.humanize) != (0.5, 0):
        request = replace(request, swing=0.5, humanize=0)
        notices = (*notices, _STRAIGHT)
    pieces = generator.generate(request, go_on if cancellation is None else cancellation.check, on_drawn)
    report(Progress(request.num, request.num, GENERATING))
    paths = (
        [] if task.output is None else _paths(task, Path(task.output), generator.name, request.seed or 0, key, pieces)
    )
    page = _page_path(task, paths)
    if paths:
        _write(pieces, paths, page, task.force)
    found: Sequence[Path | None] = paths or [None] * len(pieces)
    generated = (GeneratedPiece(p, request.seed or 0, key, path) for p, path in zip(pieces, found, strict=True))
    return GenerateResult(tuple(generated), page, notices)


def _planned(request: Request, generator: Generator) -> tuple[Request, Key, tuple[str, ...]]:
    """Return the request with its given music read, the key of the pieces, and what was guessed about that music."""
    if generator.vocabulary.parts:
        from ..generation.parts.pieces import plan_of_pieces

        planned = plan_of_pieces(request, generator.metadata)
        return request, planned.plan.key, planned.notices
    request = replace(request, primer=read_given_music(request))
    plan = generator.plan(request)
    return request, plan.key, notices_of(plan)


def _check_format(task: GenerateTask) -> None:
    """Raise UsageError where the output is named as a file of another format."""
    if task.format is not None and task.format not in FORMATS:
        raise UsageError(f"a format must be one of {', '.join(FORMATS)}. Received: {task.format!r}")
    if task.output is not None and not task.is_file:
        refuse_other_file(task.output, f"a folder, or for one piece a file ({', '.join(WRITTEN_SUFFIXES)})")
    if task.is_file and task.format is not None and task.written is not FORMATS[task.format]:
        raise UsageError(f"the format must be that of the output. Received: {task.format} and {task.output}")


def _refuse_too_many(task: GenerateTask) -> None:
    """Raise UsageError where more bars are to be drawn than may be meant."""
    request = task.request
    if request.num_drawn_bars > MAX_BARS and not task.any_size:
        raise UsageError(
            f"more than {MAX_BARS:,} bars (--num times --bars times --rank) take minutes or more and need --yes. "
            f"Received: {request.num} × {request.bars} × {request.rank or 1} = {request.num_drawn_bars:,}"
        )


def _paths(task: GenerateTask, output: Path, model: str, seed: int, key: Key, pieces: Sequence[Piece]) -> list[Path]:
    """Return the given file, or for each piece a file in the folder, named by model, key, tempo and seed."""
    if task.is_file:
        return [output]
    width, word = len(str(len(pieces))), str(key).replace(" ", "-")
    names = []
    for number, piece in enumerate(pieces, start=1):
        tempo = round(piece.tempos[0].quarters_per_minute)
        names.append(f"{model}-{word}-{tempo}bpm-seed{seed}-{number:0{width}d}{task.written.suffixes[0]}")
    return [output / name for name in names]


def _page_path(task: GenerateTask, paths: Sequence[Path]) -> Path | None:
    if not task.preview or not paths:
        return None
    if task.is_file:
        return paths[0].with_suffix(".html")
    page = paths[0].parent / PREVIEW
    numbers = count(2)
    while page.exists() and not task.force:  # that of the pieces that were written there before
        page = page.with_name(f"{Path(PREVIEW).stem}-{next(numbers)}.html")
    return page


def _write(pieces: Sequence[Piece], paths: Sequence[Path], page: Path | None, force: bool) -> None:
    for path in [*paths, *([page] if page else [])]:
        check_output(path, force)
    contents = [piece_bytes(piece, path) for piece, path in zip(pieces, paths, strict=True)]
    for path, data in zip(paths, contents, strict=True):
        write_bytes(path, data, force)
    if page is not None:
        from ..midi.file import file_of
        from ..view.preview import preview

        text = preview([file_of(piece, path.name) for piece, path in zip(pieces, paths, strict=True)])
        write_text(page, text, force)
