"""The roll call, by real sockets: who comes gets the card of process 0, or what is wrong."""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from waiting import LIMIT, until

from melodyrnn.errors import MelodyRNNError, SettingError, TrainingError
from melodyrnn.tasks.devices import Devices
from melodyrnn.tasks.roll_call import Card, roll_call

SAME = {"corpus": "a digest", "options": "[]"}


def free_port() -> int:
    with socket.create_server(("", 0)) as server:
        return int(server.getsockname()[1])


def called(*cards: Card) -> list[Card | MelodyRNNError]:
    """What each process gets, all of them in threads at one address."""
    address = f"localhost:{free_port()}"
    with ThreadPoolExecutor(len(cards)) as threads:
        devices = [Devices(None, address, card.processes, card.process) for card in cards]
        found = [threads.submit(roll_call, one, card, LIMIT) for one, card in zip(devices, cards, strict=True)]
        return [outcome(one) for one in found]


def outcome(future: Future[Card]) -> Card | MelodyRNNError:
    error = future.exception()
    if error is None:
        return future.result()
    assert isinstance(error, MelodyRNNError)
    return error


def test_all_get_the_card_of_process_0() -> None:
    first = Card(0, 3, SAME, True, {"units": 8, "dropout": None})
    assert called(Card(2, 3, SAME, False, {}), first, Card(1, 3, SAME, False, {"units": 9})) == [first] * 3


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"same": {**SAME, "corpus": "another"}}, "the same corpus. Received: another one in process 1"),
        ({"same": {**SAME, "options": "[8]"}}, "the same options. Received: another one in process 1"),
        ({"processes": 3}, "all must be given the same --processes. Received: 2 and 3"),
    ],
)
def test_processes_that_do_not_fit_together_are_told_why(changed: dict[str, object], words: str) -> None:
    first, second = Card(0, 2, SAME, False, {}), Card(1, 2, SAME, False, {})
    for found in called(first, replace(second, **changed)):  # type: ignore[arg-type]
        assert isinstance(found, SettingError)
        assert words in str(found)


def test_a_number_that_is_taken_twice_is_refused() -> None:
    for found in called(*(Card(n, 3, SAME, False, {}) for n in (0, 1, 1))):
        assert isinstance(found, SettingError)
        assert str(found) == "each process must have a number of its own (--process). Received: 1 twice"


def test_strangers_do_not_count() -> None:
    port = free_port()
    first, second = (Devices(None, f"localhost:{port}", 2, n) for n in (0, 1))
    card = Card(0, 2, SAME, False, {})
    with ThreadPoolExecutor(1) as threads:
        led = threads.submit(roll_call, first, card, LIMIT)
        for words in (b"GET / HTTP/1.0\r\n\r\n", b'{"process": 1}\n', b"[1]\n", b""):
            with connected(port) as line:
                line.sendall(words)
        assert roll_call(second, Card(1, 2, SAME, False, {}), LIMIT) == led.result() == card


def connected(port: int) -> socket.socket:
    def attempt() -> socket.socket | None:
        try:
            return socket.create_connection(("localhost", port))
        except OSError:
            return None

    return until(attempt)


def test_who_waits_in_vain_says_for_whom() -> None:
    port = free_port()
    card = Card(0, 2, SAME, False, {})
    with pytest.raises(TrainingError, match=rf"started within .* Received: 1 of 2 at localhost:{port}"):
        roll_call(Devices(None, f"localhost:{port}", 2, 0), card, 0.1)
    with pytest.raises(TrainingError, match=rf"answer at its address within .* Received: localhost:{port} \("):
        roll_call(Devices(None, f"localhost:{port}", 2, 1), replace(card, process=1), 0.1)
    with (
        socket.create_server(("", port)),
        pytest.raises(TrainingError, match=rf"listen at the port of its coordinator. Received: localhost:{port} \("),
    ):
        roll_call(Devices(None, f"localhost:{port}", 2, 0), card, 0.1)
