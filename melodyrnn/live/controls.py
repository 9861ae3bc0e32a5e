"""The settings that a player changes with MIDI controllers: temperature and length of the answers.

Conventions: controller numbers and values are 0..127. Controllers 120 and 123 (all sound off, all notes off) are always
panic, which ends all notes. Other controls are bound by number, or learned: bound to the next controller that moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import SettingError

NAMES = ("temperature", "bars", "panic")
MAX_BARS = 8
_MIN_TEMPERATURE, _MAX_TEMPERATURE = 0.4, 1.6
_ALWAYS_PANIC = (120, 123)
_CONTROL_CHANGE = 0xB0


class Controls:
    """The current settings of a session. `receive` may be called from any thread.

    Attributes:
        temperature: of the sampling.
        bars: length of a call and of its answer.
    """

    def __init__(
        self,
        temperature: float,
        bars: int,
        bound: Sequence[tuple[str, int]] = (),
        learn: Sequence[str] = (),
        panic: Callable[[], None] = lambda: None,
        report: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Bind the controllers.

        Args:
            temperature, bars: initial values.
            bound: (name, controller) pairs, with names of NAMES.
            learn: names to which the next controllers are bound, in order.
            panic: called at a panic.
            report: called with a line of text for the player.

        Raises:
            SettingError: for a name not in NAMES, a controller outside 0..119, or a controller that is bound twice.
        """
        self.temperature, self.bars = temperature, bars
        self._names = _checked(bound)
        self._learn = list(learn)
        self._panic, self._report = panic, report
        for name in learn:
            _check_name(name)
        if self._learn:
            report(f"turn the knob for {self._learn[0]}")

    def receive(self, message: bytes) -> None:
        """Apply a control change; other messages are ignored."""
        if message[0] & 0xF0 != _CONTROL_CHANGE or len(message) < 3:
            return
        controller, value = message[1], message[2]
        if controller in _ALWAYS_PANIC:
            self._panic()
            return
        if self._learn and controller not in self._names:
            self._bind(self._learn.pop(0), controller)
        self._set(self._names.get(controller), value)

    def _bind(self, name: str, controller: int) -> None:
        self._names[controller] = name
        self._report(f"{name} is on controller {controller} (next time: --cc {name}={controller})")
        if self._learn:
            self._report(f"turn the knob for {self._learn[0]}")

    def _set(self, name: str | None, value: int) -> None:
        if name == "temperature":
            self.temperature = _MIN_TEMPERATURE + (_MAX_TEMPERATURE - _MIN_TEMPERATURE) * value / 127
        elif name == "bars":
            self.bars = 1 + value * MAX_BARS // 128
        elif name == "panic" and value >= 64:  # a button sends 0 when it is released
            self._panic()


def _check_name(name: str) -> None:
    if name not in NAMES:
        raise SettingError(f"a control must be one of {', '.join(NAMES)}. Received: {name!r}")


def _checked(bound: Sequence[tuple[str, int]]) -> dict[int, str]:
    """Return the bound names by controller. Raises SettingError, see `Controls`."""
    names: dict[int, str] = {}
    for name, controller in bound:
        _check_name(name)
        if not 0 <= controller <= 119:
            raise SettingError(f"a controller must be 0..119 (120 and 123 are panic). Received: {name}={controller}")
        if controller in names:
            raise SettingError(f"a controller must be bound once. Received: {controller} twice")
        names[controller] = name
    return names
