"""A document that the studio sends to a MIDI port, through JACK: in time, for one page at a time, no note hangs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from jack import NO_JACK, Clock, Listener, Player, jack_server
from waiting import until

from melodyrnn.errors import MelodyRNNError
from melodyrnn.json_types import JsonObject
from melodyrnn.live.drivers import quiet_drivers
from melodyrnn.studio.endpoint import Answer, Call, CallError
from melodyrnn.studio.ports import Ports, wish_of

LATE = 0.05  # seconds that a note may stray on a busy machine


def document(pitches: list[int], duration: int = 240, step: int = 480) -> JsonObject:
    """Two bars of 4/4 at 240 quarters per minute on a flute, with a change of the tempo to half in the second."""
    notes = [[n * step, duration, pitch, 90] for n, pitch in enumerate(pitches)]
    return {
        "ticksPerQuarter": 480,
        "end": 3840,
        "tempos": [[0, 250_000], [1920, 500_000]],
        "meters": [[0, 4, 4]],
        "keys": [],
        "tracks": [{"name": "flute", "program": 73, "channel": 2, "isDrum": False, "notes": notes}],
        "chords": [],
    }


def order(**fields: object) -> Call:
    return Call(body=json.dumps({"document": document([60, 62]), "port": "tester:in", **fields}).encode())


def read(answer: Answer) -> JsonObject:
    assert answer.body is not None
    found = json.loads(answer.body)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def jack() -> Iterator[None]:
    if NO_JACK:
        pytest.skip(NO_JACK)
    with quiet_drivers(), jack_server():
        yield


@pytest.fixture
def listener(jack: None) -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def ports(listener: Listener) -> Iterator[Ports]:
    found = Ports()
    yield found
    found.close()
    until(lambda: not listener.hanging())


def is_over(ports: Ports) -> bool:
    return read(ports.state(Call()))["playing"] is False


@pytest.mark.slow
def test_the_ports_are_listed(ports: Ports) -> None:
    found = read(ports.list(Call()))
    assert {"name": "tester:in", "driver": "jack"} in found["outputs"]
    assert set(found) == {"outputs", "inputs"}


@pytest.mark.slow
def test_a_document_is_played_in_its_tempo(ports: Ports, listener: Listener) -> None:
    pitches = [60, 62, 64, 65, 67, 69, 71, 72]
    state = read(ports.play(order(document=document(pitches), tab="a")))
    assert state == {"playing": True, "port": "tester:in", "tab": "a", "error": None}
    until(lambda: is_over(ports))
    assert [pitch for _, pitch in listener.notes()] == pitches
    assert {message[0] & 0x0F for _, message in listener.received} == {2}
    assert bytes([0xC2, 73]) in [message for _, message in listener.received]
    due = np.array([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5])
    stray = np.array([moment for moment, _ in listener.notes()]) - due
    assert np.median(np.abs(stray - np.median(stray))) < LATE


@pytest.mark.slow
def test_a_stretch_is_repeated_with_its_program_until_it_is_stopped(ports: Ports, listener: Listener) -> None:
    """Two quarters, which are no bar."""
    ports.play(order(document=document([60, 62, 64, 65]), loop=[480, 1440], tempoFactor=4))
    until(lambda: len(listener.notes()) >= 6)
    assert read(ports.stop(Call()))["playing"] is False
    assert [pitch for _, pitch in listener.notes()][:6] == [62, 64] * 3
    assert bytes([0xC2, 73]) in [message for _, message in listener.received]


@pytest.mark.slow
def test_it_begins_where_it_is_told_to(ports: Ports, listener: Listener) -> None:
    ports.play(order(document=document([60, 62, 64, 65]), fromTick=960, tempoFactor=4))
    until(lambda: is_over(ports))
    assert [pitch for _, pitch in listener.notes()] == [64, 65]


@pytest.mark.slow
def test_one_page_plays_at_a_time(ports: Ports, listener: Listener) -> None:
    long = document([60], duration=3839)
    ports.play(order(document=long, tab="a"))
    until(lambda: len(listener.notes()) == 1)
    with pytest.raises(
        CallError, match=r"one page plays to a MIDI port at a time: stop it there first. Received: another"
    ):
        ports.play(order(tab="b"))
    assert read(ports.state(Call()))["tab"] == "a"
    ports.play(order(document=long, tab="a"))  # the same page begins anew
    until(lambda: len(listener.notes()) == 2)
    ports.stop(Call())
    ports.play(order(document=long, tab="b"))
    until(lambda: len(listener.notes()) == 3)


@pytest.mark.slow
def test_it_follows_the_clock_of_another_program(ports: Ports, listener: Listener) -> None:
    player = Player()
    try:
        ports.play(order(document=document([60, 62, 64, 65]), follow=player.name))
        with Clock(player, 480):
            until(lambda: len(listener.notes()) == 4)
        assert is_over(ports) is False  # until the next start
        with Clock(player, 480):
            until(lambda: len(listener.notes()) == 8)
        ports.stop(Call())
        assert [pitch for _, pitch in listener.notes()] == [60, 62, 64, 65] * 2
    finally:
        player.close()


@pytest.mark.slow
def test_a_port_that_goes_away_is_told(ports: Ports) -> None:
    gone = Listener("gone")
    ports.play(order(document=document([60], duration=3839), loop=[0, 3840], port="gone:in"))
    until(lambda: len(gone.notes()) == 1)
    gone.close()
    until(lambda: is_over(ports))
    assert "must stay while it is in use. Received: 'gone:in' has gone" in str(read(ports.state(Call()))["error"])


@pytest.mark.slow
def test_an_unknown_port_is_refused_and_nothing_plays(ports: Ports) -> None:
    with pytest.raises(MelodyRNNError, match=r"an output port must exist"):
        ports.play(order(port="nowhere"))
    with pytest.raises(MelodyRNNError, match=r"an input port must exist"):
        ports.play(order(follow="nowhere"))
    assert is_over(ports)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"fromTick": -1}, "fromTick must be a whole number 0"),
        ({"loop": [0]}, "loop must be a list of 2 values"),
        ({"tempoFactor": 0}, "tempoFactor must be a number 0.1..10. Received: 0"),
        ({"tempoFactor": True}, "tempoFactor must be a number 0.1..10"),
        ({"port": 7}, "port must be a text"),
        ({"clock": 1}, "clock must be true or false"),
        ({"clock": True, "follow": "DAW"}, "a clock must be sent or followed. Received: both"),
        ({"document": []}, "a document must be a JSON object"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused(fields: JsonObject, message: str) -> None:
    with pytest.raises(CallError, match=message):
        wish_of({"document": document([60]), **fields})


def test_an_order_has_no_other_fields() -> None:
    with pytest.raises(CallError, match=r"an order to play must have only document, fromTick, .*Received: volume"):
        Ports().play(order(volume=1))


@pytest.mark.parametrize("fields", [{"loop": [480, 480]}, {"loop": [960, 480]}, {"fromTick": 3840}])
def test_nothing_to_play_is_refused(fields: JsonObject) -> None:
    with pytest.raises(CallError, match=r"what is played must end after its start. Received: ticks "):
        Ports().play(order(**fields))
