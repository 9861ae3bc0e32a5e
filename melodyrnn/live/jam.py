"""Call and response: repeatedly records some bars of playing and answers with as many in the same key and meter.

Conventions: beats are quarters from the first bar line of the transport. The answer is generated shortly before the bar
line, and again if more is played before it, so that it is ready when its bar begins. A late answer begins on the next
beat. This process never waits for the network.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from ..errors import MelodyRNNError
from ..music.keys import Key
from ..music.units import DEFAULT_TEMPO
from ..score.score import Score
from .answer import Answer, Answerer, Question, Tune
from .beats import POLL, Beats, Halted
from .controls import Controls
from .ports import Output
from .recorder import EARLY, NoteRecorder
from .settings import JamSettings
from .timing import Stop, Waiter, real_time_priority
from .transport import Transport

_MIN_LEAD = 0.2  # seconds
_MEMORY = 64  # number of last answers that are not repeated
_JOIN = 1.0  # quarters: a bar that began at most this long ago is still recorded


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and its answer.

    Attributes:
        number: from 1.
        heard, answered: numbers of notes of the call and of the answer.
        key: of the answer.
        late: seconds from the bar line until the answer was ready; 0 where it was ready in time.
    """

    number: int
    heard: int
    answered: int
    key: Key
    late: float

    def __str__(self) -> str:
        late = f", {1000 * self.late:.0f} ms late" if self.late else ""
        return f"{self.number}: heard {self.heard} notes in {self.key}, answered {self.answered}{late}"


class Jam:
    """A session of call and response. `run` returns when `stop` is set or after the last exchange."""

    def __init__(
        self,
        output: Output,
        transport: Transport,
        answerer: Answerer,
        controls: Controls,
        settings: JamSettings,
        stop: Stop,
        check: Callable[[], None],
        on_exchange: Callable[[Exchange], None] = lambda exchange: None,
    ) -> None:
        """Prepare a session. `check` raises PortError for a lost port; `on_exchange` is called with each exchange."""
        self._output, self._transport, self._answerer, self._controls = output, transport, answerer, controls
        self._settings, self._stop, self._on_exchange = settings, stop, on_exchange
        self._beats = Beats(transport, Waiter(stop, check))
        self._bar = settings.meter.quarters
        self._recorder = NoteRecorder()
        self._key = settings.key
        self._count, self._panics = 0, 0
        self._played: deque[Tune] = deque(maxlen=_MEMORY)
        self._answer_seconds = 0.0  # the slowest of the last answers

    def receive(self, moment: float, message: bytes) -> None:
        """Process a MIDI message of the player. May be called from any thread."""
        self._controls.receive(message)
        beat = self._transport.beat(moment)
        if beat is not None:
            self._recorder.record(beat, message)

    def panic(self) -> None:
        """End all notes and drop the rest of the answer. May be called from any thread."""
        self._panics += 1
        self._output.silence()

    def prepare(self) -> None:
        """Check the settings and measure how long an answer takes. May raise the errors of `Answerer.ask`."""
        recorder = NoteRecorder()
        for beat in range(math.ceil(self._controls.bars * self._bar)):
            recorder.record(beat, bytes([0x90, 60 + (0, 4, 7)[beat % 3], 90]))
        key, bars = self._settings.key or Key(0, "major"), self._controls.bars
        primer = recorder.melody(0, bars * self._bar, self._settings.meter, DEFAULT_TEMPO)
        for _ in range(3):  # the first loads the model, the second is still slower than later ones
            began = time.monotonic()
            question = Question(primer and replace(primer, key=key), key, self._settings.meter, bars, 1.0, 0)
            _result(self._answerer.ask(question))
            self._answer_seconds = time.monotonic() - began

    def run(self) -> None:
        """Play exchange after exchange; all notes have ended when it returns or raises."""
        try:
            with real_time_priority():
                while not self._stop.is_set() and not self._is_finished():
                    self._play_until_halt()
        finally:
            self._output.silence()

    def _play_until_halt(self) -> None:
        """Play from the next bar line until the last exchange or until the transport halts."""
        try:
            start = self._first_bar_line()
            while not self._is_finished():
                start = self._exchange(start)
        except Halted:
            self._output.silence()
            self._recorder.forget(math.inf)  # beats count from 0 after a start

    def _is_finished(self) -> bool:
        return self._settings.exchanges is not None and self._count >= self._settings.exchanges

    def _first_bar_line(self) -> float:
        """Wait until the transport runs; return the beat of the next bar line, or of one at most _JOIN ago."""
        now = self._beats.wait_until_running()
        return max(0, math.ceil((now - _JOIN) / self._bar)) * self._bar

    def _beat_in(self, seconds: float) -> float:
        """Return the beat `seconds` from now. Raises Halted where the transport has halted."""
        beat = self._transport.beat(time.monotonic() + seconds)
        if beat is None:
            raise Halted
        return beat

    def _exchange(self, start: float) -> float:
        """Record from the beat `start` on, and answer; returns the beat at which the next call begins."""
        bars = self._controls.bars
        end = start + bars * self._bar
        self._recorder.forget(start - EARLY)
        request = self._listen(start, end, bars)
        if request is None:
            return end
        melody, future = request
        begin, late = end, 0.0
        while not future.done():
            self._beats.wait_for(self._beat_in(POLL))
            late = (self._beat_in(0) - end) * self._transport.seconds_per_quarter
            begin = end + math.ceil(self._beat_in(0) - end)
        answer = _result(future)
        self._key = self._settings.key or answer.key
        self._count += 1
        self._played.append(answer.tune)
        self._on_exchange(Exchange(self._count, len(melody), len(answer.notes), answer.key, late))
        self._play(answer, end, begin)
        self._beats.wait_for(end + bars * self._bar)
        return end + bars * self._bar

    def _listen(self, start: float, end: float, bars: int) -> tuple[Score, Future[Answer]] | None:
        """Record until the bar line `end`; return the call and its answer, ready or not; None where nothing was played.

        An answer is requested before the bar line, and again for notes that are played later if there is time.
        """
        lead = min(max(_MIN_LEAD, 3 * self._answer_seconds) / self._transport.seconds_per_quarter, (end - start) / 2)
        self._beats.wait_for(end - lead)
        requests: list[tuple[Score, Future[Answer]]] = []
        count = -1
        while (now := self._beat_in(0)) < end:
            left = (end - now) * self._transport.seconds_per_quarter
            idle = not requests or (requests[-1][1].done() and left > 1.2 * self._answer_seconds)
            if idle and self._recorder.count != count:
                count = self._recorder.count
                requests += self._ask(start, end, bars)
            self._beats.wait_for(min(end, self._beat_in(POLL)))
        if not requests:
            requests += self._ask(start, end, bars)
        ready = [row for row in requests if row[1].done()]
        return (ready or requests)[-1] if requests else None

    def _ask(self, start: float, end: float, bars: int) -> list[tuple[Score, Future[Answer]]]:
        """Request an answer to what was played so far; return [(call, answer)], empty where nothing was played."""
        tempo = round(1e6 * self._transport.seconds_per_quarter)
        melody = self._recorder.melody(start, end, self._settings.meter, tempo, self._key)
        if melody is None:
            return []
        key = self._settings.key or melody.key
        call = replace(melody, key=key)
        seed, played = self._settings.seed + self._count, frozenset(self._played)
        question = Question(call, key, self._settings.meter, bars, self._controls.temperature, seed, played)
        began = time.monotonic()

        def measure(future: Future[Answer]) -> None:
            self._answer_seconds = max(time.monotonic() - began, 0.8 * self._answer_seconds)

        future = self._answerer.ask(question)
        future.add_done_callback(measure)
        return [(call, future)]

    def _play(self, answer: Answer, end: float, begin: float) -> None:
        """Send the notes of an answer whose beat 0 is `end`, without those that are due before the beat `begin`."""
        channel, panics = self._settings.channel, self._panics
        events: list[tuple[float, int, bytes]] = []  # beat, 0 for note-offs so that they come first, message
        for onset, duration, pitch, velocity in answer.notes:
            if end + onset >= begin - 1e-9:
                events.append((end + onset, 1, bytes([0x90 | channel, pitch, velocity])))
                events.append((end + onset + duration, 0, bytes([0x80 | channel, pitch, 0])))
        for beat, _, message in sorted(events):
            self._beats.wait_for(beat)
            if self._panics != panics:
                return
            self._output.send(message)


def _result(future: Future[Answer]) -> Answer:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise MelodyRNNError("the process that composes must live as long as the jam. Received: it ended") from error
