"""A process that reads MIDI files for an ingest, so that a crash in native code loses one file and not the run.

It reads its configuration as one line of JSON from its standard input, then batches of sources, one per line, and
answers each batch on its standard output: for each source the digest of its bytes (16), the length of its result
(4, little endian) and the result. ON_THE_WAY, with the length 0, stands before an answer that takes long only because
of what lies before its source in an archive. It ends at the end of its input, so that no worker remains where an
ingest was killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from time import monotonic
from typing import BinaryIO

from .config import IngestConfig
from .identity import DIGEST_BYTES
from .reader import SourceReader
from .sources import Source

HELLO = b"melodyrnn worker\n"
ON_THE_WAY = b"\xff" * DIGEST_BYTES  # in the place of a digest
_MAX_SILENT = 1.0  # seconds that answers wait for those that follow, in a long batch


def main() -> None:
    """Work with the standard input and output of a process of its own."""
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # output that a library prints must not mix with the answers
    work(sys.stdin.buffer, answers)


def work(batches: BinaryIO, answers: BinaryIO) -> None:
    """Read the configuration, then answer batches until the end of the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process handles Ctrl-C
    _import_symusic_core()
    config = IngestConfig.from_json(json.loads(batches.readline()))
    writer = AnswerWriter(answers, min(_MAX_SILENT, config.limits.seconds / 4))
    reader = SourceReader(config, writer.tell_on_the_way)
    gc.freeze()  # imported modules stay, and the many small arrays hold few cycles
    gc.set_threshold(50_000)
    answers.write(HELLO)
    answers.flush()
    serve(batches, writer, reader)


def _import_symusic_core() -> None:
    """Import the compiled reader of symusic alone: its package imports what downloads SoundFonts, six times as slow."""
    name = "symusic.core"
    package = None if name in sys.modules else find_spec("symusic")
    spec = PathFinder.find_spec(name, package.submodule_search_locations) if package is not None else None
    if spec is not None and spec.loader is not None:
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


class AnswerWriter:
    """Writes answers, which reach the parent at the end of a batch, or earlier where that takes long."""

    def __init__(self, answers: BinaryIO, max_silent: float) -> None:
        self._answers, self._max_silent = answers, max_silent
        self._last = monotonic()

    def write(self, content: bytes, packed: bytes) -> None:
        """Answer about one source."""
        self._answers.write(content + len(packed).to_bytes(4, "little") + packed)
        if monotonic() - self._last > self._max_silent:
            self.flush()

    def tell_on_the_way(self) -> None:
        """Tell that the next source has not been reached yet, unless that was told a moment ago."""
        if monotonic() - self._last > self._max_silent:
            self.write(ON_THE_WAY, b"")

    def flush(self) -> None:
        """Send what was written."""
        self._answers.flush()
        self._last = monotonic()


def serve(batches: BinaryIO, answers: AnswerWriter, reader: SourceReader) -> None:
    """Write the results of all batches to `answers`."""
    for line in batches:
        sources = [Source(path, member, size) for path, member, size in json.loads(line)]
        reader.expect(sources)
        for source in sources:
            answers.write(*reader.read(source))
        answers.flush()
