"""Generates answers to what a player has played, in a separate process so that timing is not disturbed."""

from __future__ import annotations

import multiprocessing
import multiprocessing.process
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace

from ..generation.generator import Generator, load
from ..generation.request import Request
from ..generation.scales import ModalKey
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Piece
from ..score.score import Score

_CANDIDATES = 4  # generated in one batch, which takes as long as one
_TRIES = 3  # attempts, where all candidates were played before, as short ones may be
_NEXT_TRY = 2**20  # added to the seed for the next try; no other exchange has these seeds

Notes = tuple[tuple[float, float, int, int], ...]
Tune = tuple[tuple[float, int], ...]

# in the worker process
_checkpoint: str | None = None
_generator: Generator | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The input for the generation of an answer.

    Attributes:
        primer: the call that was played; None for an answer without a primer.
        key, meter, bars: of the answer.
        temperature, seed: of the sampling.
        excluded: tunes that have been played before and are avoided.
    """

    primer: Score | None
    key: Key
    meter: Meter
    bars: int
    temperature: float
    seed: int
    excluded: frozenset[Tune] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """The notes of an answer as (onset, duration, pitch, velocity), in quarters from the bar line, and its key."""

    notes: Notes
    key: Key

    @property
    def tune(self) -> Tune:
        """(onset, pitch) of each note; answers with equal tunes sound the same."""
        return tuple((onset, pitch) for onset, _, pitch, _ in self.notes)


class Answerer:
    """A worker process that keeps the model loaded."""

    def __init__(self, checkpoint: str | None) -> None:
        """Start the worker; it loads `checkpoint` (see `load`) at the first question."""
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _start_worker, (checkpoint,))

    def ask(self, question: Question) -> Future[Answer]:
        """Return a future of the answer, which may raise the errors of `load` and `Generator.generate`."""
        return self._pool.submit(_answer_in_worker, question)

    def close(self) -> None:
        """Cancel pending questions, and end the worker after the current one."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _start_worker(checkpoint: str | None) -> None:
    """Set up the worker: the parent handles signals, and the worker ends with it, even if it is killed."""
    global _checkpoint
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _checkpoint = checkpoint


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _answer_in_worker(question: Question) -> Answer:
    global _generator
    if _generator is None:  # loaded here so that its errors are reported for the question
        _generator = load(_checkpoint)
    return answer(_generator, question)


def answer(model: Generator, question: Question) -> Answer:
    """Return an answer that continues the primer, as `melodyrnn generate --primer` does.

    It is the first candidate that begins on the bar line and is not excluded. Raises SettingError for a model of
    several parts.
    """
    model.must_draw_melodies("jam")
    request = Request(
        num=_CANDIDATES,
        bars=question.bars,
        temperature=question.temperature,
        meter=question.meter,
        key=ModalKey.of(question.key),
        primer=question.primer,
        include_primer=False,
    )
    for attempt in range(_TRIES):
        pieces = model.generate(replace(request, seed=question.seed + attempt * _NEXT_TRY))
        candidates = [Answer(_notes(piece), piece.keys[0].key) for piece in pieces]
        candidates.sort(key=lambda a: (a.tune in question.excluded, not a.notes or a.notes[0][0] > 0))
        if candidates[0].tune not in question.excluded:
            break
    return candidates[0]


def _notes(piece: Piece) -> Notes:
    notes, quarter = piece.tracks[0].notes, piece.ticks_per_quarter
    columns = (notes.onset / quarter, notes.duration / quarter, notes.pitch, notes.velocity)
    return tuple(zip(*(c.tolist() for c in columns), strict=True))
