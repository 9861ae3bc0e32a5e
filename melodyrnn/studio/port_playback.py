"""A piece that is sent to a MIDI port in a thread of its own, in its own tempo or by the clock of another program."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from ..errors import MelodyRNNError
from ..live.beats import Beats
from ..live.follower import follow
from ..live.player import play
from ..live.ports import Input, Output
from ..live.schedule import schedule, schedule_in_quarters
from ..live.timing import Stop, Waiter, quick_switching
from ..live.transport import FollowedClock
from ..midi.cut import between
from ..midi.file import MidiFile, file_of, file_of_bytes
from ..midi.raw import parse
from ..music.piece import Piece, Tempo
from ..music.timeline import last_bar_line
from .endpoint import CallError

VIRTUAL = "out"  # name of the port that is made where none is named, as `play` names it
_SLOWEST = 2**24 - 1  # microseconds a quarter note, which a MIDI file can hold


@dataclass(frozen=True, slots=True)
class PortWish:
    """What is to be sent, and how.

    Attributes:
        piece: the piece.
        start, stop: the ticks between which it is played; None for its end.
        is_loop: whether it is repeated until it is stopped.
        tempo_factor: of its tempo.
        port: name of the output port, or a part of it; None for a virtual port.
        sends_clock: whether MIDI clock, Start and Stop are sent too.
        followed: name of the input port whose clock is followed; None to keep the piece's tempo.
    """

    piece: Piece
    start: int = 0
    stop: int | None = None
    is_loop: bool = False
    tempo_factor: float = 1.0
    port: str | None = None
    sends_clock: bool = False
    followed: str | None = None


class PortPlayback:
    """A playback, which begins at once; all notes have ended when its thread has."""

    def __init__(self, wish: PortWish) -> None:
        """Open the ports and begin. Raises CallError and PortError, and then nothing is open."""
        self.error: str | None = None
        self._stop = Stop()
        midi, end = _stretch(wish)
        with ExitStack() as stack:
            self.output = Output(wish.port or VIRTUAL, virtual=wish.port is None)
            stack.callback(self.output.close)
            follows = wish.followed is not None
            run = self._following(midi, end, wish, stack) if follows else self._own(midi, end, wish)
            self._open = stack.pop_all()
        self._thread = threading.Thread(target=self._run, args=(run,), name="studio-port", daemon=True)
        self._thread.start()

    @property
    def is_playing(self) -> bool:
        """Whether it has not ended."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop, and return when all notes have ended and the ports are closed."""
        self._stop.set()
        self._thread.join()

    def _own(self, midi: MidiFile, end: int, wish: PortWish) -> Callable[[], None]:
        plan = schedule(midi, wish.sends_clock, end)
        return lambda: play(plan, self.output, self._stop, wish.is_loop, wish.sends_clock)

    def _following(self, midi: MidiFile, end: int, wish: PortWish, stack: ExitStack) -> Callable[[], None]:
        plan, clock = schedule_in_quarters(midi, end), FollowedClock()
        source = Input(str(wish.followed), clock.receive)
        stack.callback(source.close)

        def check() -> None:
            self.output.check()
            source.check()

        beats = Beats(clock, Waiter(self._stop, check))
        return lambda: follow(plan, self.output, beats, self._stop, wish.is_loop)

    def _run(self, run: Callable[[], None]) -> None:
        with self._open, quick_switching():
            try:
                run()
            except MelodyRNNError as error:
                self.error = str(error)


def _stretch(wish: PortWish) -> tuple[MidiFile, int]:
    """Return what is to be played as a file, and the tick at which it ends; programs and tempo hold from its start on.

    Raises CallError where it ends before it starts.
    """
    midi = file_of(replace(wish.piece, tempos=tuple(_quicker(one, wish.tempo_factor) for one in wish.piece.tempos)))
    stop = last_bar_line(wish.piece) if wish.stop is None else wish.stop
    if not wish.start < stop:
        raise CallError(f"what is played must end after its start. Received: ticks {wish.start} to {stop}")
    cut = between(parse(midi.data, midi.name), wish.start, stop)
    return file_of_bytes(cut.to_bytes(), midi.name), stop - wish.start


def _quicker(tempo: Tempo, factor: float) -> Tempo:
    return Tempo(tempo.tick, min(_SLOWEST, max(1, round(tempo.microseconds_per_quarter / factor))))
