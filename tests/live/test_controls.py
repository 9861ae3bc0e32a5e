"""Controllers: bound, learned, within their range."""

from __future__ import annotations

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.live.controls import Controls


def control_change(controller: int, value: int) -> bytes:
    return bytes([0xB3, controller, value])


def test_bound_controllers_cover_the_whole_range() -> None:
    controls = Controls(0.9, 4, [("temperature", 74), ("bars", 71)])
    seen = []
    for value in (0, 64, 127):
        controls.receive(control_change(74, value))
        controls.receive(control_change(71, value))
        seen.append((round(controls.temperature, 2), controls.bars))
    assert seen == [(0.4, 1), (1.0, 5), (1.6, 8)]
    controls.receive(bytes([0x90, 74, 3]))
    controls.receive(control_change(1, 3))
    assert (round(controls.temperature, 2), controls.bars) == (1.6, 8)


def test_learning_binds_controllers_in_order_and_none_twice() -> None:
    reports: list[str] = []
    controls = Controls(0.9, 4, [("panic", 9)], ["temperature", "bars"], report=reports.append)
    for controller, value in ((9, 0), (20, 127), (20, 0), (21, 0), (22, 127)):
        controls.receive(control_change(controller, value))
    assert (round(controls.temperature, 2), controls.bars) == (0.4, 1)
    assert reports == [
        "turn the knob for temperature",
        "temperature is on controller 20 (next time: --cc temperature=20)",
        "turn the knob for bars",
        "bars is on controller 21 (next time: --cc bars=21)",
    ]


def test_panic_is_a_button_and_two_standard_controllers() -> None:
    panics: list[int] = []
    controls = Controls(0.9, 4, [("panic", 20)], panic=lambda: panics.append(1))
    for controller, value in ((20, 0), (20, 63), (20, 64), (120, 0), (123, 0), (121, 0)):
        controls.receive(control_change(controller, value))
    assert len(panics) == 3


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ([("volume", 7)], "must be one of temperature, bars, panic. Received: 'volume'"),
        ([("bars", 120)], r"0\.\.119 \(120 and 123 are panic\)\. Received: bars=120"),
        ([("bars", 7), ("panic", 7)], "bound once. Received: 7 twice"),
    ],
)
def test_errors(bound: list[tuple[str, int]], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Controls(0.9, 4, bound)
    with pytest.raises(SettingError, match="must be one of"):
        Controls(0.9, 4, learn=["volume"])
