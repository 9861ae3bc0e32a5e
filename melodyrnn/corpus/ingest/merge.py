"""Merges the shards of an ingest into the corpus that the ingest without shards would have written, byte for byte."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from ...errors import CorpusError
from ...files import atomic_folder, refuse_existing
from ..scratch import Digests
from .builder import CorpusBuilder
from .nothing_kept import nothing_kept
from .run import IngestSummary, finish, summary_of
from .shards import Found, HeadJson, SavedShard

OnFile = Callable[[int, int], None]


def merge(
    shards: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    force: bool = False,
    on_file: OnFile | None = None,
) -> IngestSummary:
    """Write the corpus of all shards of an ingest, given in any order, to the folder `output`.

    Args:
        force: whether a folder `output` may be replaced.
        on_file: called after each file with the number of files done and the number of all; an exception that it
            raises ends the merge, and nothing is written.

    Raises:
        CorpusError: where a shard is missing, is there twice, is damaged or is one of another ingest; NothingKept where
            no usable melody is found.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    refuse_existing(output, force)
    with contextlib.ExitStack() as opened:
        found = [opened.enter_context(contextlib.closing(SavedShard(path))) for path in shards]
        ordered = _checked(found)
        head, config = ordered[0].head, ordered[0].config
        num_files = head["files"]
        tunes = opened.enter_context(contextlib.closing(Digests()))
        folder = opened.enter_context(atomic_folder(output, force))
        builder = opened.enter_context(contextlib.closing(CorpusBuilder(folder, config, tunes)))
        for number, found_in_file in enumerate(_in_turn(ordered, num_files)):
            builder.write(*found_in_file)
            if on_file is not None:
                on_file(number + 1, num_files)
        if not builder.writer.num_pieces:
            raise nothing_kept([head["places"]], builder, config, tries_options=False)
        splits = finish(builder, config, head["drawn"])
    return summary_of(num_files, splits, builder, None, config.extractor)


def _checked(shards: Sequence[SavedShard]) -> list[SavedShard]:
    """Return the shards in order. Raises CorpusError unless they are all shards of one ingest, each once."""
    if not shards:
        raise CorpusError("a merge needs the shards of an ingest. Received: none")
    first = shards[0]
    for shard in shards[1:]:
        if different := _difference(first.head, shard.head):
            raise CorpusError(
                f"shards must be those of one ingest. Received: {shard.path}, which has {different} than {first.path}"
            )
    by_number: dict[int, SavedShard] = {}
    for shard in shards:
        other = by_number.setdefault(shard.head["shard"], shard)
        if other is not shard:
            raise CorpusError(
                f"each shard must be given once. Received: {shard.head['shard']}/{shard.head['of']} as "
                f"{other.path} and {shard.path}"
            )
    of = first.head["of"]
    missing = [number for number in range(1, of + 1) if number not in by_number]
    if missing:
        named = ", ".join(f"{number}/{of}" for number in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise CorpusError(f"a merge needs all {of} shards. Received: {len(shards)}, without {named}{more}")
    return [by_number[number] for number in range(1, of + 1)]


_SAME = {
    "of": "another number of shards",
    "config": "other settings",
    "drawn": "other splits",
    "files": "other files",
    "found": "other files",
}


def _difference(one: HeadJson, other: HeadJson) -> str | None:
    """Return in words in what two shards differ that must not; None for shards of one ingest."""
    return next((words for name, words in _SAME.items() if one[name] != other[name]), None)  # type: ignore[literal-required]


def _in_turn(shards: Sequence[SavedShard], num_files: int) -> Iterator[Found]:
    """Yield what the shards hold, in the order of the files. Raises CorpusError where one holds fewer or more."""
    turns = [iter(shard) for shard in shards]
    for number in range(num_files):
        shard = number % len(shards)
        found = next(turns[shard], None)
        if found is None:
            raise CorpusError(f"sources.jsonl in {shards[shard].path} is damaged: a file is missing")
        yield found
    for path, turn in zip((shard.path for shard in shards), turns, strict=True):
        if next(turn, None) is not None:
            raise CorpusError(f"sources.jsonl in {path} is damaged: it goes on after its last file")
