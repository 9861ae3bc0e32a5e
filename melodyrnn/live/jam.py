"""Call and response: listen for some bars, answer with as many in the same key and meter, again and again.

Conventions: beats are quarters from the first bar line of the transport. The answer is asked for shortly before the
bar line, again if more is played until then, so that it is ready when its bar begins; if it is late after all, it comes
in on the next beat. Nothing here waits for the network.
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
from ..music.meter import Meter
from ..score.score import Score
from .answer import Answer, Answerer, Question, Tune
from .controls import Controls
from .ports import Output
from .recorder import NoteRecorder
from .timing import Stop, Waiter, hurried
from .transport import Transport

_MIN_LEAD, _POLL = 0.2, 0.004  # seconds
_MEMORY = 64  # answers that are not given again
_JOIN = 1.0  # quarters: a bar that began so little ago is joined
_EARLY = 0.25  # quarters: so little before a bar line counts as on it


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of one call: `late` is the seconds that the answer was not ready after its bar line, 0 where it was."""

    number: int
    heard: int
    answered: int
    key: Key
    late: float

    def __str__(self) -> str:
        late = f", {1000 * self.late:.0f} ms late" if self.late else ""
        return f"{self.number}: heard {self.heard} notes in {self.key}, answered {self.answered}{late}"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What does not change while playing. `key` None listens for it; `channel` 0..15; `exchanges` None has no end."""

    meter: Meter = Meter(4, 4)
    key: Key | None = None
    seed: int = 0
    channel: int = 0
    exchanges: int | None = None


class _Halted(Exception):  # noqa: N818
    """The clock stopped or began anew, or a stop was asked for: what was going on is over."""


class Jam:
    """A session. `run` returns when `stop` is set, or after the exchanges wished for."""

    def __init__(
        self,
        output: Output,
        transport: Transport,
        answerer: Answerer,
        controls: Controls,
        wishes: Wishes,
        stop: Stop,
        check: Callable[[], None],
        tell: Callable[[Exchange], None] = lambda exchange: None,
    ) -> None:
        """`check` raises where a port has gone; `tell` hears of every exchange."""
        self._output, self._transport, self._answerer, self._controls = output, transport, answerer, controls
        self._wishes, self._stop, self._tell = wishes, stop, tell
        self._waiter = Waiter(stop, check)
        self._bar = wishes.meter.quarters
        self._heard = NoteRecorder()
        self._key = wishes.key
        self._count, self._panics = 0, 0
        self._given: deque[Tune] = deque(maxlen=_MEMORY)
        self._took = 0.0  # seconds that the slowest of the last answers took
        self._run = 0

    def hear(self, moment: float, message: bytes) -> None:
        """A message of the player's, from any thread."""
        self._controls.hear(message)
        beat = self._transport.beat(moment)
        if beat is not None:
            self._heard.hear(beat, message)

    def panic(self) -> None:
        """Silence at once; the rest of the answer is dropped. From any thread."""
        self._panics += 1
        self._output.silence()

    def prepare(self) -> None:
        """Try the settings and see how long an answer takes. Raises what `Generator.generate` raises."""
        rehearsal = NoteRecorder()
        for beat in range(math.ceil(self._controls.bars * self._bar)):
            rehearsal.hear(beat, bytes([0x90, 60 + (0, 4, 7)[beat % 3], 90]))
        key, bars = self._wishes.key or Key(0, "major"), self._controls.bars
        primer = rehearsal.melody(0, bars * self._bar, self._wishes.meter, 500_000)
        for _ in range(3):  # the first loads the model, the second goes every way once
            began = time.monotonic()
            question = Question(primer and replace(primer, key=key), key, self._wishes.meter, bars, 1.0, 0)
            _result(self._answerer.ask(question))
            self._took = time.monotonic() - began

    def run(self) -> None:
        """Exchange after exchange; nothing sounds when it returns, however it ends."""
        try:
            with hurried():
                while not self._stop.is_set() and not self._over():
                    self._go_on()
        finally:
            self._output.silence()

    def _go_on(self) -> None:
        """From the next bar line until the transport halts."""
        try:
            at = self._first_bar_line()
            while not self._over():
                at = self._exchange(at)
        except _Halted:
            self._output.silence()
            self._heard.forget(math.inf)  # the beats begin anew

    def _over(self) -> bool:
        return self._wishes.exchanges is not None and self._count >= self._wishes.exchanges

    def _first_bar_line(self) -> float:
        """Wait until the transport runs; the bar line that is next, or just was."""
        while (now := self._transport.beat(time.monotonic())) is None:
            if not self._waiter.until(time.monotonic() + _POLL):
                raise _Halted
        self._run = self._transport.run
        return max(0, math.ceil((now - _JOIN) / self._bar)) * self._bar

    def _until(self, beat: float) -> None:
        """Wait for a beat. Raises _Halted where it will not come."""
        while True:
            moment = self._transport.moment(beat)
            if moment is None or self._transport.run != self._run:
                raise _Halted
            now = time.monotonic()
            if now >= moment:
                return
            if not self._waiter.until(moment if self._transport.steady else min(moment, now + _POLL)):
                raise _Halted

    def _in(self, seconds: float) -> float:
        """The beat that comes in so many seconds."""
        beat = self._transport.beat(time.monotonic() + seconds)
        if beat is None:
            raise _Halted
        return beat

    def _exchange(self, at: float) -> float:
        """Listen from the beat `at` on, answer; the beat at which to listen next."""
        bars = self._controls.bars
        end = at + bars * self._bar
        self._heard.forget(at - _EARLY)
        asked = self._listen(at, end, bars)
        if asked is None:
            return end
        melody, future = asked
        begin, late = end, 0.0
        while not future.done():
            self._until(self._in(_POLL))
            late = (self._in(0) - end) * self._transport.seconds_per_quarter
            begin = end + math.ceil(self._in(0) - end)
        answer = _result(future)
        self._key = self._wishes.key or answer.key
        self._count += 1
        self._given.append(answer.tune)
        self._tell(Exchange(self._count, len(melody), len(answer.notes), answer.key, late))
        self._play(answer, end, begin)
        self._until(end + bars * self._bar)
        return end + bars * self._bar

    def _listen(self, at: float, end: float, bars: int) -> tuple[Score, Future[Answer]] | None:
        """What was heard by the bar line and the answer to it, ready or not; None where nothing was played."""
        lead = min(max(_MIN_LEAD, 3 * self._took) / self._transport.seconds_per_quarter, (end - at) / 2)
        self._until(end - lead)
        asked: list[tuple[Score, Future[Answer]]] = []
        count = -1
        while (now := self._in(0)) < end:
            room = (end - now) * self._transport.seconds_per_quarter
            idle = not asked or (asked[-1][1].done() and room > 1.2 * self._took)
            if idle and self._heard.count != count:
                count = self._heard.count
                if (question := self._question(at, end, bars)) is not None and question.primer is not None:
                    asked.append((question.primer, self._ask(question)))
            self._until(min(end, self._in(_POLL)))
        if not asked and (question := self._question(at, end, bars)) is not None and question.primer is not None:
            asked.append((question.primer, self._ask(question)))
        ready = [row for row in asked if row[1].done()]
        return (ready or asked)[-1] if asked else None

    def _question(self, at: float, end: float, bars: int) -> Question | None:
        pace = round(1e6 * self._transport.seconds_per_quarter)
        melody = self._heard.melody(at, end, self._wishes.meter, pace, self._key)
        if melody is None:
            return None
        key = self._wishes.key or melody.key
        seed, given = self._wishes.seed + self._count, frozenset(self._given)
        primer = replace(melody, key=key)
        return Question(primer, key, self._wishes.meter, bars, self._controls.temperature, seed, given)

    def _ask(self, question: Question) -> Future[Answer]:
        began = time.monotonic()

        def note_time(future: Future[Answer]) -> None:
            self._took = max(time.monotonic() - began, 0.8 * self._took)

        future = self._answerer.ask(question)
        future.add_done_callback(note_time)
        return future

    def _play(self, answer: Answer, end: float, begin: float) -> None:
        """Send the notes that begin at `begin` or later; their beats count from `end`."""
        channel, panics = self._wishes.channel, self._panics
        events: list[tuple[float, int, bytes]] = []
        for onset, duration, pitch, velocity in answer.notes:
            if end + onset >= begin - 1e-9:
                events.append((end + onset, 1, bytes([0x90 | channel, pitch, velocity])))
                events.append((end + onset + duration, 0, bytes([0x80 | channel, pitch, 0])))
        for beat, _, message in sorted(events):
            self._until(beat)
            if self._panics != panics:
                return
            self._output.send(message)


def _result(future: Future[Answer]) -> Answer:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise MelodyRNNError("the process that composes must live as long as the jam. Received: it ended") from error
