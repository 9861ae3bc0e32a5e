"""The pieces that `preview`, `plot` and `render` show: MIDI files, and melodies of corpora with their sources."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..corpus.ingest.finding import find_files
from ..corpus.ingest.left_out import LeftOut
from ..corpus.ingest.opener import Opener
from ..corpus.ingest.remote.urls import is_url
from ..corpus.ingest.report import ReportLine
from ..corpus.ingest.sources import Limits
from ..corpus.record import PieceRecord
from ..corpus.store import Corpus, is_corpus, open_corpus
from ..errors import CorpusError, MidiError, UsageError
from ..extract.candidates import choose
from ..midi.file import file_of
from ..midi.read import read_bytes, with_channels
from ..music.piece import Piece, Track
from ..music.programs import PROGRAMS
from ..music.tracks import describe_track
from ..score.convert import to_piece
from ..view.shown import Shown
from .choice import DEFAULT_NUM, Choice
from .paths import StrPath
from .progress import Listener, Progress
from .reading import READING, FileReader

_TRACK = re.compile(r"track (\d+)")
_UNFIT = re.compile(r"[/\\\0]")  # in the name of a file


@dataclass(frozen=True, slots=True)
class _Melody:
    """A melody of a corpus, its name as a file, and the line of the report about it, where there is one."""

    corpus: Corpus
    record: PieceRecord
    stem: str
    line: ReportLine | None


class PieceReader:
    """Reads MIDI files, folders and archives of them, and chosen melodies of corpora.

    Attributes:
        stems: for each piece, by name, the name of a file for it, without suffix.
    """

    def __init__(self, paths: Sequence[StrPath], choice: Choice | None = None) -> None:
        """Find all pieces.

        Raises:
            MidiError: where a path does not exist, and where there is nothing to show.
            CorpusError: where a corpus is damaged.
            UsageError: where melodies are chosen and there is no corpus, or none of them fits.
        """
        choice = choice or Choice()
        corpora = [path for path in paths if is_corpus(path)]
        if not corpora and choice != Choice():
            raise UsageError("--num and --match choose melodies of a corpus. Received: no corpus")
        others = [path for path in paths if not is_corpus(path)]
        self._files = FileReader(others) if others or not corpora else None
        self._melodies: list[_Melody] = []
        self._beyond: tuple[LeftOut, ...] = ()
        for path in corpora:
            self._choose(open_corpus(path), choice)
        stems = {source.name: source.stem for source in self._files.sources} if self._files else {}
        self.stems = stems | {_name(melody): melody.stem for melody in self._melodies}

    def read(self) -> Iterator[tuple[str, Shown]]:
        """Yield the pieces that can be read, with their names: first files, then melodies of corpora."""
        if self._files is not None:
            for source, file in self._files.read():
                marked = with_channels(file.piece, file.data)
                shown = file if marked is file.piece else type(file)(file.name, file.data, marked)
                yield source.name, Shown(shown, melody=melody_track(file.piece))
        for melody in self._melodies:
            yield _name(melody), _shown(melody)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what was not read or not chosen so far. Raises MidiError where no file can be read."""
        return (self._files.left_out() if self._files is not None else ()) + self._beyond

    def _choose(self, corpus: Corpus, choice: Choice) -> None:
        """Add the chosen melodies of a corpus."""
        lines = _kept_lines(corpus)
        counts = Counter[str]()
        found: list[_Melody] = []
        for record, line in zip(corpus.pieces, lines, strict=True):
            if choice.match is not None and not _fits(choice.match, record, line):
                continue
            stem = _UNFIT.sub("_", record.name) or "melody"
            counts[stem] += 1
            found.append(_Melody(corpus, record, stem if counts[stem] == 1 else f"{stem}-{counts[stem]}", line))
        if not found:
            raise UsageError(f"--match must be a part of a melody's name or file. Received: {choice.match}")
        num = min(len(found), choice.num or DEFAULT_NUM)
        chosen = {index * len(found) // num for index in range(num)}
        self._melodies += [found[index] for index in sorted(chosen)]
        beyond = [(f"beyond --num {num}", m.record.name) for index, m in enumerate(found) if index not in chosen]
        self._beyond += LeftOut.of(
            f"{'pieces' if corpus.has_parts else 'melodies'} of {corpus.path}", len(found), beyond
        )


def read_shown(
    paths: Sequence[StrPath], choice: Choice | None, report: Listener
) -> tuple[list[Shown], tuple[LeftOut, ...]]:
    """Return all pieces of `PieceReader`, and what was left out; `report` is called before each and at the end."""
    reader = PieceReader(paths, choice)
    total = len(reader.stems)
    found: list[Shown] = []
    report(Progress(0, total, READING))
    for _, shown in reader.read():
        found.append(shown)
        report(Progress(len(found), max(total, len(found)), READING))
    return found, reader.left_out()


def melody_track(piece: Piece) -> int | None:
    """Return the number of the track that an ingest takes for the melody; None where it takes none."""
    chosen, _ = choose(piece, "auto")
    return chosen[0].track if chosen else None


def _name(melody: _Melody) -> str:
    return os.path.join(melody.corpus.path, melody.stem)


def _fits(match: str, record: PieceRecord, line: ReportLine | None) -> bool:
    texts = (record.name, line.file if line else "")
    return any(match.casefold() in text.casefold() for text in texts)


def _kept_lines(corpus: Corpus) -> Sequence[ReportLine | None]:
    """Return the report's line of each melody; None for all where the report is not that of the corpus."""
    try:
        with (corpus.path / "report.jsonl").open(encoding="utf-8") as file:
            entries = [json.loads(text) for text in file]
        lines = [_report_line(entry) for entry in entries if entry["status"] == "kept"]
    except (OSError, ValueError, KeyError, TypeError):
        lines = []
    return lines if len(lines) == len(corpus.pieces) else [None] * len(corpus.pieces)


def _report_line(entry: dict[str, object]) -> ReportLine:
    program = entry.get("program")
    details: dict[str, int | float | str | list[str]] = {"program": program} if isinstance(program, int) else {}
    voice = entry["voice"]
    return ReportLine(str(entry["file"]), None if voice is None else str(voice), "kept", details=details)


def _shown(melody: _Melody) -> Shown:
    """Return a melody of a corpus as a piece, played by the instrument of its track."""
    score = melody.corpus.score(melody.record)
    program = melody.line.details.get("program") if melody.line else None
    program = program if isinstance(program, int) and 0 <= program < len(PROGRAMS) else None
    caption = f"{melody.record.split} split"
    if melody.line is not None:
        track = _source_track(melody.line)
        sound = f", {describe_track(track)}" if track else f", {PROGRAMS[program]}" if program is not None else ""
        caption = f"from {melody.line.file}, {melody.line.voice or 'the file'}{sound}; {caption}"
    return Shown(file_of(to_piece(score, program=program), f"{melody.stem}.mid"), melody.record.name, caption)


def _source_track(line: ReportLine) -> Track | None:
    """Return the track that a melody was taken from, where its file is still there."""
    match = _TRACK.match(line.voice or "")
    if match is None or is_url(line.file):  # to show a corpus needs no network
        return None
    opener = Opener(Limits())
    try:
        (source,) = find_files([line.file])
        data = opener.read(source)
        piece = with_channels(read_bytes(data, line.file), data)
        return piece.tracks[int(match[1])]
    except (CorpusError, MidiError, ValueError, IndexError):
        return None
    finally:
        opener.close()
