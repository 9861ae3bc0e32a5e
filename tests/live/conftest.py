"""One JACK server for these tests, and a listener each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from jack import NO_JACK, Listener, Player, end_all, jack_server

from melodyrnn.live.drivers import quiet_drivers


@pytest.fixture(scope="package")
def jack() -> Iterator[subprocess.Popen[bytes]]:
    if NO_JACK:
        pytest.skip(NO_JACK)
    with quiet_drivers(), jack_server() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    yield
    end_all()


@pytest.fixture
def listener(jack: subprocess.Popen[bytes]) -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def player(jack: subprocess.Popen[bytes]) -> Iterator[Player]:
    found = Player()
    yield found
    found.close()
