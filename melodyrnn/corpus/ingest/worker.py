"""A process that reads MIDI files for an ingest, so that a crash in native code costs one file and not the run.

It is told what to do in one line of JSON on its standard input, then batches, one a line, and answers each on its
standard output: for each file the digest of its bytes (16), the length of its outcome (4, little endian) and the
outcome. It ends when its input does, so that none is left behind by an ingest that was killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from ...errors import MidiError
from ..ingest.examine import Filters
from .cache import Cache, cache_key
from .report import Found
from .result import digest, pack
from .sources import Limits, Opener, Source

Examine = Callable[[bytes, Filters, Limits], list[Found]]
HELLO = b"melodyrnn worker\n"
NO_DIGEST = bytes(16)


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started it
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever a library prints must not stand among the answers
    questions = sys.stdin.buffer
    settings = json.loads(questions.readline())
    module, _, function = settings["examine"].partition(":")
    examine: Examine = getattr(import_module(module), function)
    gc.freeze()  # what was imported stays; and there are few cycles to look for among so many small arrays
    gc.set_threshold(50_000)
    answers.write(HELLO)
    answers.flush()
    serve(questions, answers, settings, examine)


def serve(questions: BinaryIO, answers: BinaryIO, settings: dict[str, Any], examine: Examine) -> None:
    filters, limits = Filters(**settings["filters"]), Limits(**settings["limits"])
    opener = Opener(limits)
    cache = Cache(Path(settings["cache"]) if settings["cache"] else None, cache_key(filters, limits))
    for line in questions:
        for path, member, size in json.loads(line):
            content, outcome = answer(Source(path, member, size), opener, cache, filters, limits, examine)
            answers.write(content + len(outcome).to_bytes(4, "little") + outcome)
        answers.flush()


def answer(
    source: Source, opener: Opener, cache: Cache, filters: Filters, limits: Limits, examine: Examine
) -> tuple[bytes, bytes]:
    """The digest of a file's bytes and its outcome, from the cache where it is there."""
    try:
        data = opener.read(source)
    except MidiError as error:
        return NO_DIGEST, pack([Found(None, f"unreadable: {error}")])
    content = digest(data)
    outcome = cache.get(content)
    if outcome is None:
        try:
            outcome = pack(examine(data, filters, limits))
        except Exception as error:  # a reader of any kind may fail in any way, and the file must have its line
            return NO_DIGEST, pack([Found(None, f"the reader failed: {type(error).__name__}: {error}")])
    return content, outcome
