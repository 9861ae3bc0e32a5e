"""The whole ingest: folders in, a corpus folder out, and what became of each file.

Workers read files and bring outcomes in whatever order. They are taken in the order of the files, so that the same
folder gives the same bytes however many worked on it.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from ...errors import CorpusError
from ...files import atomic_folder, refuse_existing
from ..ingest.examine import Filters, find_files
from ..store import split_files
from .builder import Assembly
from .cache import CACHE, cache_key
from .pool import EXAMINE, IngestConfig, ProcessPool, Worker
from .report import Line
from .sources import Limits, Source

_FILES_PER_WORKER = 300  # fewer would not repay a process its start


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did: files seen, pieces by split, notes, and dropped files or voices by reason.

    `options` names for each reason the option that would have kept them; `repaired` counts files that had to be.
    """

    files: int
    splits: dict[str, int]
    notes: int
    dropped: dict[str, int]
    options: dict[str, str] = field(default_factory=dict)
    repaired: int = 0


def ingest(
    places: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    filters: Filters | None = None,
    validation: float = 0.05,
    test: float = 0.1,
    seed: int = 0,
    force: bool = False,
    on_file: Callable[[int, int], None] | None = None,
    workers: int | None = None,
    limits: Limits | None = None,
    examine: str = EXAMINE,
    with_velocity: bool = True,
) -> Summary:
    """Read all MIDI files under `places` and write a corpus to the folder `output`.

    Args:
        validation, test: shares of the pieces kept apart, drawn by `seed` after duplicates are gone.
        on_file: told, after each file, how many are done and how many there are.
        workers: processes that read; None for as many as there are cores and files enough to share out.
        limits: what a file may ask of the machine.
        examine: what workers call on the bytes of a file, "module:function"; for readers of another kind.
        with_velocity: False for a corpus whose notes are all equally loud, though they were not played so.

    Raises:
        CorpusError: where a place does not exist or nothing usable is found.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    _check_shares(validation, test)
    if workers is not None and workers < 1:
        raise CorpusError(f"workers must be at least 1. Received: {workers}")
    refuse_existing(output, force)
    filters, limits = filters or Filters(), limits or Limits()
    old = Path(output) / CACHE
    orders = IngestConfig(filters, limits, old.absolute() if old.is_file() else None, examine)
    with contextlib.closing(Worker(orders)) as first, atomic_folder(output, force) as folder:
        sources = find_files(places, limits)  # while the first worker starts
        import_module("numpy.random")  # 25 ms, which drawing the split would wait for
        if not sources:
            raise CorpusError(
                f"a folder must hold MIDI files (.mid, .midi, .kar, .smf, .rmi). Received: {_names(places)}"
            )
        assembly = Assembly(folder, sources, filters, cache_key(filters, limits))
        try:
            _read(sources, assembly, orders, first, workers, on_file)
            if not assembly.writer.pieces:
                raise CorpusError(
                    f"at least one file must hold a usable melody. Received {len(sources)} in {_names(places)}: "
                    + ", ".join(f"{reason} ({n})" for reason, n in assembly.dropped.most_common())
                )
            splits = split_files(assembly.files, validation, test, seed)
            drawn = {"validation": validation, "test": test, "seed": seed}
            settings = {**asdict(filters), **drawn, "velocity": with_velocity}
            assembly.writer.finish(splits, settings, with_velocity)
        finally:
            assembly.close()
    dropped = dict(assembly.dropped.most_common())
    return Summary(
        len(sources), dict(Counter(splits)), assembly.notes, dropped, assembly.options, len(assembly.repaired)
    )


def _check_shares(validation: float, test: float) -> None:
    for name, share in (("validation", validation), ("test", test)):
        if not 0 <= share < 1:
            raise CorpusError(f"{name} must be at least 0 and under 1. Received: {share}")
    if validation + test >= 1:
        raise CorpusError(f"validation and test must leave pieces to train on. Received: {validation} and {test}")


def _read(
    sources: Sequence[Source],
    assembly: Assembly,
    orders: IngestConfig,
    first: Worker,
    workers: int | None,
    on_file: Callable[[int, int], None] | None,
) -> None:
    """Have every source that is not refused read, and give its outcome to the assembly."""
    wanted = [(number, source) for number, source in enumerate(sources) if source.refusal is None]
    done = len(sources) - len(wanted)
    assembly.go_on()
    if not wanted:
        return
    if workers is None:
        workers = min(_cores(), -(-len(wanted) // _FILES_PER_WORKER))
    with ProcessPool(wanted, orders, workers, [first]) as crew:
        for number, (content, outcome) in crew.results():
            assembly.offer(number, content, outcome)
            done += 1
            if on_file is not None:
                on_file(done, len(sources))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def dropped_by_reason(lines: Sequence[Line]) -> dict[str, int]:
    """How many were dropped for each reason, the most common first."""
    reasons = Counter((line.reason or "").split(":")[0] for line in lines if line.status == "dropped")
    return dict(reasons.most_common())


def _names(places: Sequence[str | os.PathLike[str]]) -> str:
    return ", ".join(str(place) for place in places)
