"""Signals ask what plays to stop, but for those that it was started to ignore."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from melodyrnn.live.timing import Stop, stopped_by_signals

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="closed terminals are a thing of Unix")
Handle = Callable[[str, signal.Handlers], signal.Signals]


@pytest.fixture
def handle() -> Iterator[Handle]:
    """Set the handler of a signal for one test; return the signal."""
    before: list[tuple[signal.Signals, object]] = []

    def set_(name: str, handler: signal.Handlers) -> signal.Signals:
        number = signal.Signals[name]
        before.append((number, signal.signal(number, handler)))
        return number

    yield set_
    for number, handler in before:
        signal.signal(number, handler)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_sets_stop_and_handlers_come_back(handle: Handle, name: str) -> None:
    number = handle(name, signal.SIG_DFL)
    stop = Stop()
    with stopped_by_signals(stop):
        assert not stop.is_set()
        signal.raise_signal(number)
        assert stop.is_set()
        assert stop.signal == number
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_what_the_caller_ignores_stays_ignored(handle: Handle, name: str) -> None:
    """A shell without job control starts what goes to the background so, and nohup what is to outlive the terminal."""
    number = handle(name, signal.SIG_IGN)
    stop = Stop()
    with stopped_by_signals(stop):
        signal.raise_signal(number)
        assert not stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert stop.signal == signal.SIGTERM
    assert signal.getsignal(number) is signal.SIG_IGN
