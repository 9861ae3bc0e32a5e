"""One JACK server for these tests, and a listener each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from jack import NO_JACK, Listener, Player, end_all, jack_server, share_of_a_core

from melodyrnn.live.drivers import quiet_drivers

# of a core; half of one is left beside seven other processes of the same tests, which have less priority
MIN_SHARE = 0.35


@pytest.fixture(scope="package")
def jack() -> Iterator[subprocess.Popen[bytes]]:
    if NO_JACK:
        pytest.skip(NO_JACK)
    with quiet_drivers(), jack_server() as server:
        yield server


@pytest.fixture
def in_time() -> None:
    """For tests that expect notes at their moments, which nothing can keep where others take the cores."""
    if (share := share_of_a_core()) < MIN_SHARE:
        pytest.skip(f"this machine is too busy to keep time: {share:.0%} of a core is left")


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
