"""Which options would get melodies out of files that gave none: tried on the files themselves, never guessed.

A refusal names the option that would have kept a line, but that may lead to the next refusal: the top line of a piano
may be off the grid. So a file is read again with the options that its refusals name, and then with those that the new
refusals name. Options that keep the most files are joined, and what they keep together is counted by reading once more.
"--parts all" is tried on every such file: it keeps whole pieces instead of melodies, so it must keep more than others.
"--voices all" is tried where no other option helps a file: it also takes the basses and fillings of all other files.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypedDict, cast

from ...extract.registry import DEFAULT_EXTRACTOR
from ..sample import step_of
from .config import IngestConfig
from .option_settings import (
    LAST_RESORT,
    SETTINGS,
    WHOLE,
    Options,
    config_with,
    option_key,
    rank,
    split_options,
    union_of,
)
from .reader import SourceReader
from .result import FileResult
from .sources import Source
from .spool import SourceJson, from_json, to_json

MAX_TRIED = 100  # files; of more, every so many-th is tried
_MAX_ROUNDS = 2  # options added one after another to those that a file is read with
_MAX_OPTIONS = 3  # in one command
_MIN_GAIN = 0.05  # share of the tried files that an option must add
_WEIGHTS = {WHOLE: 0.8, LAST_RESORT: 0.5}  # of a file that only these keep


class RemedyJson(TypedDict):
    """A `Remedy` as JSON: of `tried` files `kept` give a melody with the options."""

    options: list[str]
    kept: int
    tried: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """Options that get melodies out of files that gave none.

    Attributes:
        options: as on the command line, such as ("--voices skyline", "--off-grid snap").
        num_kept: how many of the files that were tried give a melody with them that is not in the corpus yet.
        num_tried: how many files were tried.
    """

    options: tuple[str, ...]
    num_kept: int
    num_tried: int

    def to_json(self) -> RemedyJson:
        """Return it as a JSON object."""
        return {"options": list(self.options), "kept": self.num_kept, "tried": self.num_tried}


@dataclass(frozen=True, slots=True)
class LostFile:
    """A file that gave no melody, and the options that its refusals name."""

    source: Source
    options: tuple[str, ...]

    def to_json(self) -> list[object]:
        """Return it as JSON."""
        return [to_json(self.source), self.options]

    @classmethod
    def from_json(cls, data: object) -> LostFile:
        """Return the file that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        source, options = cast("tuple[SourceJson, list[str]]", data)
        return cls(from_json(source), tuple(options))


def to_try(lost: Collection[LostFile]) -> list[LostFile]:
    """Return the files that remedies are tried on: at most MAX_TRIED, evenly spread over all that gave no melody."""
    return list(islice(lost, 0, None, step_of(len(lost), MAX_TRIED)))


def find_remedy(lost: Sequence[LostFile], config: IngestConfig, tunes: Container[bytes]) -> Remedy | None:
    """Return the options that keep most of the files that gave no melody; None where no option keeps any.

    Args:
        lost: the files to try, see `to_try`.
        config: the configuration with which they gave none.
        tunes: the identities of the melodies of the corpus, which are not counted again.
    """
    trial = _Trial(config, lost, tunes)
    try:
        found = {file.source.name: trial.rescues(file) for file in trial.files if file.options}
        chosen = _joined(found, len(trial.files))
        if not chosen:
            return None
        options = tuple(sorted(chosen, key=rank))
        num_kept = trial.count(chosen)
        return Remedy(options, num_kept, len(trial.files)) if num_kept else None
    finally:
        trial.close()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a file gives: the identities of melodies that the corpus lacks, and the options that its refusals name."""

    tunes: frozenset[bytes]
    named: tuple[str, ...]


class _Trial:
    """Reads files with other options than those of the ingest, in this process."""

    def __init__(self, config: IngestConfig, files: Sequence[LostFile], tunes: Container[bytes]) -> None:
        self.files = files
        self._config, self._tunes = config, tunes
        self._readers: dict[Options, SourceReader] = {}
        self._outcomes: dict[tuple[str, Options], _Outcome] = {}
        self._common: dict[str, str] = {}  # option without value -> the option with the value for all files
        for file in files:
            for option in split_options(file.options):
                self._add_common(option)

    def rescues(self, file: LostFile) -> list[Options]:
        """Return the sets of options with which a file gives a melody: the smallest, without the last resort if any."""
        asked = [only for one in file.options if (only := self._usable([one]))]
        if asked and self._config.extractor == DEFAULT_EXTRACTOR:
            asked.append(self._usable([WHOLE]))
        tried: set[Options] = set()
        for _ in range(_MAX_ROUNDS):
            for group in (
                [options for options in asked if LAST_RESORT not in options],
                [options for options in asked if LAST_RESORT in options],
            ):
                tried |= set(group)
                if found := [options for options in dict.fromkeys(group) if self._read(file.source, options).tunes]:
                    return found
            asked = [
                union
                for options in dict.fromkeys(asked)
                for named in self._read(file.source, options).named
                if (union := union_of(options, self._usable([named]))) and union not in tried
            ]
        return []

    def count(self, options: Options) -> int:
        """Return how many files give a melody that is neither in the corpus nor in a file before."""
        seen, count = set[bytes](), 0
        for file in self.files:
            new = self._read(file.source, options).tunes - seen if file.options else set()
            seen |= new
            count += bool(new)
        return count

    def close(self) -> None:
        """Close all archives."""
        for reader in self._readers.values():
            reader.close()

    def _read(self, source: Source, options: Options) -> _Outcome:
        """Return what a file gives with some options; nothing where they do not lift its own refusal."""
        key = source.name, options
        if key not in self._outcomes:
            self._outcomes[key] = self._outcome(source, options)
        return self._outcomes[key]

    def _outcome(self, source: Source, options: Options) -> _Outcome:
        if source.refusal is not None:
            lifted = self._usable([source.refusal[1]]) if source.refusal[1] else Options()
            if not lifted or not lifted <= options:
                return _Outcome(frozenset(), ())
        if options not in self._readers:
            self._readers[options] = SourceReader(config_with(self._config, options))
        voices = FileResult.from_bytes(self._readers[options].read(replace(source, refusal=None))[1]).voices
        tunes = frozenset(v.piece.identity for v in voices if v.piece and v.piece.identity not in self._tunes)
        return _Outcome(tunes, tuple(dict.fromkeys(v.option for v in voices if v.option)))

    def _usable(self, named: Sequence[str]) -> Options:
        """Return the options with their common values; empty where one of them is no remedy."""
        words = list(split_options(named))
        for option in words:
            self._add_common(option)
        found = [self._common.get(option_key(option), "") for option in words]
        return Options(found) if all(found) else Options()

    def _add_common(self, option: str) -> None:
        """Let an option with its value be tried, with one value for all files."""
        key = option_key(option)
        setting = SETTINGS.get(key)
        if setting is None:
            return
        if setting.bound is None:
            self._common[key] = option
            return
        value = float(option.split()[1])
        if setting.bound == "max":
            before = self._common.get(key)
            self._common[key] = option if before is None else max(before, option, key=lambda o: float(o.split()[1]))
            return
        lowest = -(-getattr(getattr(self._config, setting.part or ""), setting.field) // 2)
        if value >= lowest:
            self._common[key] = f"{key} {lowest}"


def _joined(found: dict[str, list[Options]], num_files: int) -> Options:
    """Return the options that keep most files, with those that add at least a twentieth of all files to them."""
    covers: dict[Options, set[str]] = {}
    for name, sets in found.items():
        for options in sets:
            covers.setdefault(options, set()).add(name)
    chosen = Options()
    while covers:
        kept = _covered(covers, chosen)
        gains = {
            union: len(_covered(covers, union) - kept)
            for one in covers
            if (union := union_of(chosen, one)) and len(union) <= _MAX_OPTIONS
        }
        weight = {union: gain * min(_WEIGHTS.get(option, 1.0) for option in union) for union, gain in gains.items()}
        best = max(gains, key=lambda o: (weight[o], -len(o), -sum(map(rank, o))), default=None)
        if best is None or gains[best] < max(1.0, _MIN_GAIN * num_files if chosen else 0.0):
            break
        chosen = best
    return chosen


def _covered(covers: dict[Options, set[str]], options: Options) -> set[str]:
    """Return the files that some of the options keep."""
    return {name for one, names in covers.items() if one <= options for name in names}
