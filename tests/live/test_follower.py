"""A schedule that follows the clock of another program, through JACK: in time with its beats, start after start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from jack import Clock, Listener, Player, needs_jack
from waiting import LIMIT, until

from melodyrnn.errors import MelodyRNNError
from melodyrnn.live.beats import Beats
from melodyrnn.live.follower import follow
from melodyrnn.live.ports import Input, Output
from melodyrnn.live.schedule import Schedule, schedule_in_quarters
from melodyrnn.live.timing import Stop, Waiter
from melodyrnn.live.transport import FollowedClock
from melodyrnn.midi.file import file_of
from melodyrnn.music.piece import Notes, Piece, Tempo, Track

pytestmark = [needs_jack, pytest.mark.slow]
LATE = 0.05  # seconds that a note may stray on a busy machine
TEMPO = 240  # of the clock, quarters per minute; the piece has another


def quarters(pitches: list[int], duration: int = 240) -> Schedule:
    """One bar of 4/4 at 60 quarters per minute with so many of its quarters, on a flute."""
    size = len(pitches)
    notes = Notes.of(np.arange(size) * 480, [duration] * size, pitches, [90] * size)
    return schedule_in_quarters(file_of(Piece(480, (Track(notes, program=73),), (Tempo(0, 1_000_000),), end=1920)))


@contextmanager
def following(plan: Schedule, clock: str, loop: bool = False) -> Iterator[Stop]:
    stop, followed, failed = Stop(), FollowedClock(), []
    source, output = Input(clock, followed.receive), Output("tester")

    def run() -> None:
        try:
            follow(plan, output, Beats(followed, Waiter(stop, output.check)), stop, loop)
        except MelodyRNNError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(LIMIT)
        source.close()
        output.close()
    assert not failed


def test_a_schedule_in_quarters_has_no_tempo() -> None:
    plan = quarters([60, 62])
    ons = [(beat, message[1]) for beat, message in plan.events if message[0] & 0xF0 == 0x90]
    assert ons == [(0.0, 60), (1.0, 62)]
    assert plan.length == 4.0


@pytest.mark.usefixtures("in_time")
def test_notes_sound_on_the_beats_of_the_clock(listener: Listener, player: Player) -> None:
    with following(quarters([60, 62, 64, 65]), player.name), Clock(player, TEMPO) as clock:
        until(lambda: len(listener.notes()) == 4)
        assert [pitch for _, pitch in listener.notes()] == [60, 62, 64, 65]
        for beat, (moment, _) in enumerate(listener.notes()):
            assert moment == pytest.approx(clock.moment(beat), abs=LATE)
        until(lambda: not listener.hanging())
    assert [m[1] for _, m in listener.received if m[0] & 0xF0 == 0xC0] == [73]


def test_nothing_sounds_before_the_start_and_each_start_begins_anew(listener: Listener, player: Player) -> None:
    with following(quarters([60, 62]), player.name):
        for _ in range(30):
            player.send(0xF8)
        assert listener.notes() == []
        for count in (2, 4):
            with Clock(player, TEMPO):
                until(lambda count=count: len(listener.notes()) == count)
    assert [pitch for _, pitch in listener.notes()] == [60, 62, 60, 62]


def test_a_loop_goes_on_and_notes_end_where_the_clock_stops(listener: Listener, player: Player) -> None:
    with following(quarters([60], duration=1919), player.name, loop=True):
        with Clock(player, TEMPO):
            until(lambda: len(listener.notes()) == 3)
            assert len(listener.hanging()) == 1
        until(lambda: not listener.hanging())


def test_a_stop_ends_what_sounds(listener: Listener, player: Player) -> None:
    with following(quarters([60], duration=1919), player.name) as stop, Clock(player, 30):
        until(lambda: len(listener.notes()) == 1)
        assert listener.hanging() == {(0, 60)}
        stop.set()
        until(lambda: not listener.hanging())
