"""A process that reads MIDI files for an ingest, so that a crash in native code costs one file and not the run.

It reads its configuration as one line of JSON from its standard input, then batches of sources, one per line, and
answers each batch on its standard output: for each source the digest of its bytes (16), the length of its result
(4, little endian) and the result. It ends when its input does, so that none is left behind where an ingest was killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import BinaryIO

from .config import IngestConfig
from .reader import SourceReader
from .sources import Source

HELLO = b"melodyrnn worker\n"


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    batches = sys.stdin.buffer
    reader = SourceReader(IngestConfig.from_json(json.loads(batches.readline())))
    gc.freeze()  # what was imported stays; and there are few cycles to look for among so many small arrays
    gc.set_threshold(50_000)
    answers.write(HELLO)
    answers.flush()
    serve(batches, answers, reader)


def serve(batches: BinaryIO, answers: BinaryIO, reader: SourceReader) -> None:
    """Answer batches until there are no more."""
    for line in batches:
        for path, member, size in json.loads(line):
            content, packed = reader.read(Source(path, member, size))
            answers.write(content + len(packed).to_bytes(4, "little") + packed)
        answers.flush()
