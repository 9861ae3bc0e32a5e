"""The verbs by OSC: a client of python-osc talks to the server on a socket of this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import build_msg

from melodyrnn.errors import UsageError
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.studio.documents import document_of
from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.jobs import Jobs
from melodyrnn.studio.models import Models
from melodyrnn.studio.osc import ROOT, Osc, body_of, messages_of
from melodyrnn.studio.security import HOST
from melodyrnn.studio.session import Session

LAST = ("done", "cancelled", "refused")
Message = tuple[str, list[str | int | float]]


class Client:
    """A caller with a socket of its own."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self._socket.settimeout(60)
        self._port = port
        self.port: int = self._socket.getsockname()[1]

    def send(self, name: str, *values: str | int | float) -> None:
        self.send_bytes(build_msg(name if name.startswith("/") else ROOT + name, list(values)).dgram)

    def send_bytes(self, datagram: bytes) -> None:
        self._socket.sendto(datagram, (HOST, self._port))

    def receive(self) -> Message:
        message = OscMessage(self._socket.recv(65536))
        return message.address.removeprefix(ROOT), list(message.params)

    def ask(self, name: str, *values: str | int | float) -> list[Message]:
        """Return the answers to a message up to the one that ends it."""
        self.send(name, *values)
        found = [self.receive()]
        while found[-1][0] not in LAST:
            found.append(self.receive())
        return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Osc]:
    jobs = Jobs()
    osc = Osc(Models(), Session(tmp_path_factory.mktemp("session")).library, jobs, 0)
    yield osc
    osc.close()
    jobs.close()


@pytest.fixture
def client(server: Osc) -> Iterator[Client]:
    found = Client(server.port)
    yield found
    found.close()


def test_a_piece_comes_as_its_notes_and_is_that_of_the_library(client: Client) -> None:
    answers = client.ask("generate", 7, "bars", 4, "seed", 3, "key", "D dorian", "num", 2)
    (second,) = load().generate(Request(num=1, bars=4, seed=3, key="D dorian"))[:1]
    notes = [values for name, values in answers if name == "note" and values[1] == 0]
    assert [values[5] for values in notes] == second.tracks[0].notes.pitch.tolist()
    onsets = second.tracks[0].notes.onset / second.ticks_per_quarter
    assert [values[3] for values in notes] == pytest.approx(onsets.tolist())
    pieces = [values for name, values in answers if name == "piece"]
    assert [values[1] for values in pieces] == [0, 1]
    assert pieces[0][2] == len(notes)
    assert pieces[0][5].startswith("melodyrnn generate")
    assert answers[-1] == ("done", [7])
    assert all(values[0] == 7 for _, values in answers)


def test_a_whole_body_may_come_as_json(client: Client) -> None:
    wishes = {"bars": 2, "seed": 1}
    as_json = client.ask("generate", "a", json.dumps({"wishes": wishes}))
    assert as_json == client.ask("generate", "a", "bars", 2.0, "seed", 1)  # a client that sends floats only


def test_bars_of_a_document_are_filled_anew_and_the_others_stay(client: Client) -> None:
    (piece,) = load().generate(Request(bars=4, seed=3))
    document = document_of(piece)
    answers = client.ask("infill", 1, "document", json.dumps(document), "first", 2, "last", 3, "seed", 5)
    notes = [values[3:] for name, values in answers if name == "note"]
    bar = 4 * piece.meters[0].meter.numerator / piece.meters[0].meter.denominator
    given = [values[3:] for values in ([0, *message[1:]] for message in messages_of(document, 0)) if len(values) == 7]
    assert [one for one in notes if not bar <= one[0] < 3 * bar] == [
        pytest.approx(one) for one in given if not bar <= one[0] < 3 * bar
    ]


def test_the_models_are_told(client: Client) -> None:
    client.send("models")
    found = [client.receive() for _ in range(len(Models().describe()))]
    assert ("model", ["folk", "melody"]) in found
    assert ("model", ["chorales", "parts"]) in found


@pytest.mark.parametrize(
    ("name", "values", "words", "wish"),
    [
        ("generate", (1, "density", 900), "density", "density"),
        ("generate", (1, "bars", 4, "key"), "values must be pairs of a name and a value. Received: 3 values", ""),
        ("generate", (1, "wings", 2), "a wish must be one of", "wings"),
        ("generate", (1, "{"), "a single value must be a JSON object. Received: {", ""),
        ("generate", (1, "[]"), "a single value must be a JSON object. Received: []", ""),
        ("generate", (1, "model", "../x"), "a model must be one of", "model"),
        ("generate", (), "a message must begin with an id", ""),
        ("cancel", (5,), "cancel must name a call that waits or runs. Received: 5", ""),
        ("sing", (1,), "an address must be one of /melodyrnn/models", ""),
        ("/other/generate", (1,), "an address must be one of /melodyrnn/models", ""),
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_line(
    client: Client, name: str, values: tuple[str | int, ...], words: str, wish: str
) -> None:
    ((kind, (_, message, refused)),) = client.ask(name, *values)
    assert (kind, refused) == ("refused", wish)
    assert str(message).startswith(words)
    assert "\n" not in str(message)


def test_datagrams_that_are_no_messages_are_passed_over(client: Client) -> None:
    client.send_bytes(b"\xff" * 300)
    client.send_bytes(b"/melodyrnn/generate")
    assert client.ask("generate", 1, "bars", 1, "seed", 0)[-1] == ("done", [1])


def test_calls_are_cancelled_by_their_ids_whether_they_run_or_wait(client: Client) -> None:
    for id in range(3):
        client.send("generate", id, "bars", 2000, "num", 4)
    for id in (2, 0, 1):
        client.send("cancel", id)
    assert sorted(client.receive() for _ in range(3)) == [("cancelled", [id]) for id in range(3)]


def test_answers_go_to_the_port_that_a_call_names(client: Client, server: Osc) -> None:
    other = Client(server.port)
    client.send("generate", 4, "reply", other.port, "bars", 1, "seed", 0)
    answers = [other.receive()]
    while answers[-1][0] not in LAST:
        answers.append(other.receive())
    assert answers[-1] == ("done", [4])
    client.send("generate", 5, "reply", other.port, "bars", 2000)
    client.send("cancel", 5)
    assert other.receive() == ("cancelled", [5])
    other.close()
    ((kind, values),) = client.ask("generate", 6, "reply", 0)
    assert (kind, values[1]) == ("refused", "reply must be a whole number 1..65535. Received: 0")


def test_an_id_stands_for_one_call_at_a_time(client: Client) -> None:
    client.send("generate", "x", "bars", 2000)
    ((kind, values),) = client.ask("generate", "x", "bars", 1)
    assert (kind, values[0]) == ("refused", "x")
    assert str(values[1]).startswith("an id must not be that of a call that waits or runs")
    assert client.ask("cancel", "x") == [("cancelled", ["x"])]


def test_the_id_of_another_caller_cancels_nothing(client: Client, server: Osc) -> None:
    other = Client(server.port)
    client.send("generate", 1, "bars", 2000, "num", 4)
    assert other.ask("cancel", 1)[0][0] == "refused"
    other.close()
    client.send("cancel", 1)
    assert client.receive() == ("cancelled", [1])


def test_a_port_in_use_is_refused(server: Osc, tmp_path: Path) -> None:
    library, jobs = Session(tmp_path).library, Jobs(1)
    with pytest.raises(UsageError, match=f"--osc must be a free port.* {server.port}, "):
        Osc(Models(), library, jobs, server.port)
    jobs.close()


def test_pairs_are_the_body_that_http_takes() -> None:
    values = ("document", '{"end": 4}', "first", 3, "last", 4, "model", "songs", "num", 2, "bars", 8.0, "top_p", 0.5)
    assert body_of(values) == {
        "model": "songs",
        "num": 2,
        "document": {"end": 4},
        "bars": [3, 4],
        "wishes": {"bars": 8, "top_p": 0.5},
    }
    assert body_of(("first", 3))["bars"] == [3, 3]
    with pytest.raises(CallError, match="document must be a JSON object"):
        body_of(("document", "x"))


def test_the_notes_of_each_track_carry_its_number() -> None:
    (piece,) = load("chorales").generate(Request(bars=2, seed=1))
    messages = list(messages_of(document_of(piece), 3))
    tracks = {values[2] for values in messages if values[0] == "note"}
    assert tracks == set(range(len(piece.tracks)))
    assert messages[-1][:4] == ("piece", 3, piece.num_notes, piece.end / piece.ticks_per_quarter)
