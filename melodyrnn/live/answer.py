"""Answers, composed by another process, so that the one that keeps time never waits for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..generation.generator import Generator, load
from ..generation.request import Request
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Piece
from ..score.score import Score

_CANDIDATES = 4  # of which the first that begins on the bar line and was not played before is taken; one costs as much
_TRIES = 3  # where all were played before, as short answers may be
_NEXT_TRY = 2**20  # from one seed to another that no exchange uses

Notes = tuple[tuple[float, float, int, int], ...]
Tune = tuple[tuple[float, int], ...]

# in the worker
_checkpoint: str | None = None
_generator: Generator | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What was heard and what is wanted.

    `primer` None asks for an answer out of nothing, to try the settings; `unlike` are the tunes given so far.
    """

    primer: Score | None
    key: Key
    meter: Meter
    bars: int
    temperature: float
    seed: int
    unlike: frozenset[Tune] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """(onset, duration, pitch, velocity) of each note, the first two in quarters from the bar line, and the key."""

    notes: Notes
    key: Key

    @property
    def tune(self) -> Tune:
        """(onset, pitch) of each note: answers that differ in less sound alike."""
        return tuple((onset, pitch) for onset, _, pitch, _ in self.notes)


class Answerer:
    """A worker that keeps the model loaded."""

    def __init__(self, checkpoint: str | None) -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (checkpoint,))

    def ask(self, question: Question) -> Future[Answer]:
        """The answer, when it is ready; its errors are those of `Generator.generate`."""
        return self._pool.submit(_answer, question)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _begin(checkpoint: str | None) -> None:
    """Leave signals to the parent, and end when it does, killed or not."""
    global _checkpoint
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _checkpoint = checkpoint


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _answer(question: Question) -> Answer:
    global _generator
    if _generator is None:  # here and not above, so that its errors reach the one who asks
        _generator = load(_checkpoint)
    return answer(_generator, question)


def answer(model: Generator, question: Question) -> Answer:
    """Go on from what was heard, in its key and meter, as `generate --primer` does."""
    wishes = Request(
        num=_CANDIDATES,
        bars=question.bars,
        temperature=question.temperature,
        meter=question.meter,
        key=question.key,
        primer=question.primer,
        include_primer=False,
    )
    for attempt in range(_TRIES):
        pieces = model.generate(wishes, seed=question.seed + attempt * _NEXT_TRY)
        found = [Answer(_notes(piece), piece.keys[0].key) for piece in pieces]
        found.sort(key=lambda a: (a.tune in question.unlike, not a.notes or a.notes[0][0] > 0))
        if found[0].tune not in question.unlike:
            break
    return found[0]


def _notes(piece: Piece) -> Notes:
    notes, quarter = piece.tracks[0].notes, piece.ticks_per_quarter
    columns = (notes.onset / quarter, notes.duration / quarter, notes.pitch, notes.velocity)
    return tuple(zip(*(c.tolist() for c in columns), strict=True))
