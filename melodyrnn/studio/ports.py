"""MIDI ports for the page: which there are, and a piece that is sent to one, as `play` does and in time as `jam` is."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..json_types import JsonObject
from ..live.drivers import IN, OUT, list_ports, quiet_drivers
from .documents import MAX_TICK, piece_of
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json
from .port_playback import PortPlayback, PortWish
from .reading import a_flag, a_row_of_integers, a_text, an_integer, only, refuse

_FIELDS = ("document", "fromTick", "loop", "tempoFactor", "port", "clock", "follow", "tab")
_MAX_TEXT = 200
_MIN_FACTOR, _MAX_FACTOR = 0.1, 10.0


class Ports:
    """The endpoints of MIDI ports. One page plays at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # opening a port takes over standard error, which two threads cannot do at once
        self._playback: PortPlayback | None = None
        self._tab = ""  # the page whose piece is played

    def endpoints(self) -> Sequence[Endpoint]:
        return (
            Endpoint("GET", "/api/ports", self.list, "the MIDI ports of this machine", gives="Ports"),
            Endpoint("GET", "/api/play", self.state, "what is sent to a MIDI port now", gives="PortPlayback"),
            Endpoint(
                "POST", "/api/play", self.play, "send a piece to a MIDI port", MAX_JSON, "PortOrder", "PortPlayback"
            ),
            Endpoint("POST", "/api/stop", self.stop, "stop what is sent to a MIDI port", gives="PortPlayback"),
        )

    def close(self) -> None:
        """End all notes."""
        self.stop(Call())

    def list(self, call: Call) -> Answer:
        """Return the ports. Raises PortError where no MIDI system runs."""
        with self._lock, quiet_drivers():
            found = {"outputs": list_ports(OUT), "inputs": list_ports(IN)}
        return answer_json(
            {kind: [{"name": p.name, "driver": p.driver} for p in ports] for kind, ports in found.items()}
        )

    def state(self, call: Call) -> Answer:
        """Return what is played, or why it ended."""
        return answer_json(self._state())

    def play(self, call: Call) -> Answer:
        """Play a piece instead of what the same page plays. Raises CallError where another page plays."""
        order = call.json()
        only(order, _FIELDS, "an order to play")
        tab, wish = a_text(order.get("tab", ""), _MAX_TEXT, "tab"), wish_of(order)
        with self._lock:
            if self._is_playing() and tab != self._tab:
                raise CallError("one page plays to a MIDI port at a time: stop it there first. Received: another", 409)
            self._end()
            with quiet_drivers():
                self._playback, self._tab = PortPlayback(wish), tab
            return answer_json(self._state())

    def stop(self, call: Call) -> Answer:
        """Stop what is played, by whatever page."""
        with self._lock:
            self._end()
            return answer_json(self._state())

    def _is_playing(self) -> bool:
        return self._playback is not None and self._playback.is_playing

    def _end(self) -> None:
        if self._playback is not None:
            self._playback.stop()
            self._playback = None

    def _state(self) -> JsonObject:
        playback = self._playback
        if playback is None:
            return {"playing": False, "port": None, "tab": None, "error": None}
        return {
            "playing": playback.is_playing,
            "port": playback.output.name,
            "tab": self._tab,
            "error": playback.error,
        }


def wish_of(order: JsonObject) -> PortWish:
    """Return what an order asks for. Raises CallError where it does not follow the rules of one."""
    start, stop = an_integer(order.get("fromTick", 0), 0, MAX_TICK, "fromTick"), None
    loop = order.get("loop")
    if loop is not None:
        start, stop = a_row_of_integers(loop, (MAX_TICK, MAX_TICK), "loop")
    clock, followed = a_flag(order.get("clock", False), "clock"), _name(order, "follow")
    if clock and followed is not None:
        raise CallError("a clock must be sent or followed. Received: both")
    return PortWish(
        piece_of(order.get("document")),
        start,
        stop,
        loop is not None,
        _factor(order.get("tempoFactor", 1)),
        _name(order, "port"),
        clock,
        followed,
    )


def _name(order: JsonObject, field: str) -> str | None:
    found = order.get(field)
    return None if found is None else a_text(found, _MAX_TEXT, field)


def _factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _MIN_FACTOR <= value <= _MAX_FACTOR:
        raise refuse("tempoFactor", f"a number {_MIN_FACTOR:g}..{_MAX_FACTOR:g}", value)
    return float(value)
