"""What a player can turn while playing: temperature and length, on the controllers of a keyboard.

Conventions: controller numbers and values are 0..127. Controllers 120 and 123 (all sound off, all notes off) are panic
on every keyboard that sends them; others are bound by number or learnt from the next knob that is turned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import SettingError

NAMES = ("temperature", "bars", "panic")
MAX_BARS = 8
_MIN_TEMPERATURE, _MAX_TEMPERATURE = 0.4, 1.6
_ALWAYS_PANIC = (120, 123)
_CONTROL = 0xB0


class Controls:
    """The settings of a session as they stand. `hear` may be called from any thread."""

    def __init__(
        self,
        temperature: float,
        bars: int,
        bound: Sequence[tuple[str, int]] = (),
        learn: Sequence[str] = (),
        panic: Callable[[], None] = lambda: None,
        tell: Callable[[str], None] = lambda words: None,
    ) -> None:
        """`bound` holds pairs of name and controller, `learn` names what the next knobs turned are bound to, in order.

        Raises:
            SettingError: for a name or a number that is none, or a controller bound twice.
        """
        self.temperature, self.bars = temperature, bars
        self._names = _checked(bound)
        self._learn = list(learn)
        self._panic, self._tell = panic, tell
        for name in learn:
            _check_name(name)
        if self._learn:
            tell(f"turn the knob for {self._learn[0]}")

    def hear(self, message: bytes) -> None:
        """Take a control change; other messages pass."""
        if message[0] & 0xF0 != _CONTROL or len(message) < 3:
            return
        controller, value = message[1], message[2]
        if controller in _ALWAYS_PANIC:
            self._panic()
            return
        if self._learn and controller not in self._names:
            self._bind(self._learn.pop(0), controller)
        self._turn(self._names.get(controller), value)

    def _bind(self, name: str, controller: int) -> None:
        self._names[controller] = name
        self._tell(f"{name} is on controller {controller} (next time: --cc {name}={controller})")
        if self._learn:
            self._tell(f"turn the knob for {self._learn[0]}")

    def _turn(self, name: str | None, value: int) -> None:
        if name == "temperature":
            self.temperature = _MIN_TEMPERATURE + (_MAX_TEMPERATURE - _MIN_TEMPERATURE) * value / 127
        elif name == "bars":
            self.bars = 1 + value * MAX_BARS // 128
        elif name == "panic" and value >= 64:  # a button sends 0 when it is let go
            self._panic()


def _check_name(name: str) -> None:
    if name not in NAMES:
        raise SettingError(f"a control must be one of {', '.join(NAMES)}. Received: {name!r}")


def _checked(bound: Sequence[tuple[str, int]]) -> dict[int, str]:
    names: dict[int, str] = {}
    for name, controller in bound:
        _check_name(name)
        if not 0 <= controller <= 119:
            raise SettingError(f"a controller must be 0..119 (120 and 123 are panic). Received: {name}={controller}")
        if controller in names:
            raise SettingError(f"a controller must be bound once. Received: {controller} twice")
        names[controller] = name
    return names
