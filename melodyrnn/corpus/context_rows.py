"""Writes the contexts and targets of some of the training pieces to their place in the files, see `contexts`.

Of a large corpus each process writes those of some pieces: the one that trains, and helpers, one for each other core.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..events.context import context_of
from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .processes import opened, start_python
from .store import Piece, read_train

START = "from melodyrnn.corpus.context_rows import main; main()"


class Share(NamedTuple):
    """Training pieces number `first` to `stop` - 1, whose rows are number `row` to `row` + `num_rows` - 1."""

    first: int
    stop: int
    row: int
    num_rows: int


class Places(NamedTuple):
    """Two files, and the bytes at which the rows of a share begin in them."""

    contexts: str
    contexts_at: int
    targets: str
    targets_at: int


def shares_of(sizes: Sequence[int], num: int) -> list[Share]:
    """Return at most `num` shares of about as many rows; `sizes` holds the number of rows of each piece."""
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, num) / num) + 1
    borders = [0, *sorted(set(cuts.tolist()) - {len(sizes)}), len(sizes)]
    rows = [0, *ends.tolist()]
    return [Share(first, stop, rows[first], rows[stop] - rows[first]) for first, stop in pairwise(borders)]


def write_rows(pieces: Iterable[Piece], vocabulary: Vocabulary, places: Places, notes_at_once: int) -> int:
    """Write the rows of pieces, which follow each other, and return how many; the files exist.

    Args:
        notes_at_once: of the pieces whose contexts are in memory together; a longer piece is alone.
    """
    num_rows = 0
    with open(places.contexts, "r+b") as contexts, open(places.targets, "r+b") as targets:
        contexts.seek(places.contexts_at)
        targets.seek(places.targets_at)
        for block in _blocks(pieces, notes_at_once):
            for context, target in zip(*context_of(block, vocabulary, with_conditions=True), strict=True):
                contexts.write(context.tobytes())
                targets.write(target.astype(np.int32).tobytes())
                num_rows += len(context)
    return num_rows


def _blocks(pieces: Iterable[Piece], notes_at_once: int) -> Iterator[list[Score]]:
    """Yield pieces in lists, each of one piece or of at most `notes_at_once` notes."""
    block: list[Score] = []
    num_notes = 0
    for record, score in pieces:
        if block and num_notes + record.num_notes > notes_at_once:
            yield block
            block, num_notes = [], 0
        block.append(score)
        num_notes += record.num_notes
    if block:
        yield block


class Helper:
    """A process that writes the rows of a share."""

    def __init__(self, corpus: Path, share: Share, places: Places, notes_at_once: int) -> None:
        """Start it with the folder of the corpus; where it cannot be started, `has_written` tells."""
        self._process: subprocess.Popen[bytes] | None = None
        request = json.dumps([str(corpus.resolve()), share, places, notes_at_once])
        with contextlib.suppress(OSError):
            self._process = start_python(START)
            opened(self._process.stdin).write(request.encode() + b"\n")
            opened(self._process.stdin).flush()

    def has_written(self) -> bool:
        """Wait for its end, and return whether it has written all."""
        return self._process is not None and self._process.wait() == 0

    def close(self) -> None:
        """End it, even while it works."""
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                opened(pipe).close()
        self._process.wait()


def main() -> None:
    """Write the rows that one line of JSON on the standard input asks for, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    path, own, places, notes_at_once = json.loads(_line())
    share = Share(*own)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    vocabulary, pieces = read_train(path, share.first, share.stop)
    sys.exit(write_rows(pieces, vocabulary, Places(*places), notes_at_once) != share.num_rows)


def _line() -> bytes:
    """Return a line of the standard input, of which nothing else is read ahead."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(1)
        line += byte
    return line


def _end_with_parent() -> None:
    """End this process where its parent has ended, which closes the pipe."""
    while os.read(0, 1 << 10):
        pass
    os._exit(1)
