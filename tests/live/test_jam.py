"""`melodyrnn jam` through JACK with a scripted player: answers on the bar line, in the key, never a hanging note."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import waiting
from jack import Clock, Listener, Player, is_on, needs_jack, start

from melodyrnn.cli.main import run
from melodyrnn.generation.scales import SCALES

pytestmark = [needs_jack, pytest.mark.slow]
LATE = 0.05  # seconds; see the benchmark for the figures of an idle machine
TEMPO = 240.0
QUARTER = 60 / TEMPO
CALL = [62, 66, 69, 74, 69, 66, 64, 62]  # D major, two bars of quarters


def until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for a condition while a process runs."""

    def found() -> object:
        assert process.poll() is None, process.communicate()
        return condition()

    waiting.until(found)


def end(process: subprocess.Popen[str], code: int = 0) -> str:
    out, err = process.communicate(timeout=waiting.LIMIT)
    assert process.returncode == code, (out, err)
    assert err == ""
    return out


def jam(*options: str) -> subprocess.Popen[str]:
    return start("jam", "--input", "player", "--output", "tester", "--tempo", f"{TEMPO:g}", *options)


def first_click(listener: Listener, process: subprocess.Popen[str]) -> float:
    """The moment of the count-in's first click; beat 0 is a bar later."""
    until(lambda: len(listener.notes()) >= 3, process)  # from which the listener knows its clock better
    return listener.notes()[0][0]


def num_silences(listener: Listener) -> int:
    """How many times the controller "all notes off" has come."""
    return sum(message == bytes([0xB0, 123, 0]) for _, message in listener.received)


def melodic(listener: Listener) -> list[float]:
    """The moments of the note-ons that are no clicks."""
    return [moment for moment, message in listener.received if is_on(message) and message[0] & 0x0F != 9]


def answers(listener: Listener, zero: float, number: int) -> list[list[tuple[float, int]]]:
    """(quarters from its bar line, pitch) of each answer's notes; answer n begins at beat 16 n + 8."""
    notes = [((t - zero) / QUARTER, pitch) for t, pitch in listener.notes() if t > zero - LATE]
    return [[(b - 16 * n - 8, p) for b, p in notes if -0.3 <= b - 16 * n - 8 < 7.7] for n in range(number)]


@pytest.mark.usefixtures("in_time")
def test_answers_begin_on_the_bar_line_in_the_key_and_differ_every_time(listener: Listener, player: Player) -> None:
    process = jam("--bars", "2", "--exchanges", "2", "--seed", "5")
    zero = first_click(listener, process) + 4 * QUARTER
    for n in range(2):
        player.play([(zero + (16 * n + i) * QUARTER, QUARTER * 0.8, p) for i, p in enumerate(CALL)])
    out = end(process)
    zero = listener.notes()[0][0] + 4 * QUARTER  # the listener knows its clock better by now
    for number in (1, 2):  # on a busy machine the last note comes too late for the answer
        assert re.search(rf"^{number}: heard [78] notes in D major, answered", out, re.MULTILINE), out
    assert "late" not in out
    first, second = answers(listener, zero, 2)
    for notes in (first, second):
        assert notes
        assert abs(notes[0][0]) * QUARTER < LATE
        assert all((p - 2) % 12 in SCALES["major"] for _, p in notes)
        grid = [b * 12 - round(b * 12) for b, _ in notes]
        assert max(map(abs, grid)) < LATE / QUARTER * 12
    assert [p for _, p in first] != [p for _, p in second]
    waiting.until(lambda: not listener.hanging())


@pytest.mark.usefixtures("in_time")
def test_it_follows_the_clock_and_is_silent_when_the_clock_stops(listener: Listener, player: Player) -> None:
    process = start("jam", "--input", "player", "--output", "tester", "--clock", "player", "--bars", "1", "--seed", "1")
    out = process.stdout
    assert out is not None
    while "answering" not in out.readline():
        assert process.poll() is None, process.communicate()
    for _ in range(2):  # begun anew, it listens from the first bar line on
        count = len(listener.notes())
        with Clock(player, 120) as clock:
            player.play([(clock.moment(i), 0.25, p) for i, p in enumerate([60, 64, 67, 72])])
            until(lambda before=count: len(listener.notes()) > before, process)
            assert listener.notes()[count][0] == pytest.approx(clock.moment(4), abs=LATE)
        waiting.until(lambda: not listener.hanging())
    process.send_signal(signal.SIGINT)
    end(process)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_an_answer(listener: Listener, player: Player, number: int, code: int) -> None:
    process = jam("--bars", "1", "--seed", "2", "--count-in", "0", "--metronome")
    first_click(listener, process)

    def sounds_after_a_call() -> bool:  # a call in every bar until it answers one
        player.play_now([67, 64], 0.05)
        return any(channel == 0 for channel, _ in listener.hanging())

    waiting.until(sounds_after_a_call)
    process.send_signal(number)
    end(process, code)
    waiting.until(lambda: not listener.hanging())


def test_silence_is_not_answered_and_panic_ends_an_answer(listener: Listener, player: Player) -> None:
    process = jam("--bars", "1", "--seed", "3", "--cc", "panic=20", "--metronome")
    zero = first_click(listener, process) + 4 * QUARTER
    # nothing in the first bar, a call in the next
    player.play([(zero + (4 + i) * QUARTER, QUARTER / 2, p) for i, p in enumerate([62, 66, 69])])
    until(lambda: melodic(listener), process)
    zero = listener.notes()[0][0] + 4 * QUARTER  # the listener knows its clock better by now
    assert melodic(listener)[0] == pytest.approx(zero + 8 * QUARTER, abs=LATE)
    silences = num_silences(listener)
    player.send(0xB0, 20, 127)
    until(lambda: num_silences(listener) > silences, process)
    until(lambda: all(channel == 9 for channel, _ in listener.hanging()), process)
    count, clicks = len(melodic(listener)), len(listener.notes()) - len(melodic(listener))
    until(lambda: len(listener.notes()) - len(melodic(listener)) >= clicks + 6, process)
    assert len(melodic(listener)) == count
    process.send_signal(signal.SIGINT)
    end(process)


def test_a_controller_is_learned(listener: Listener, player: Player) -> None:
    process = jam("--learn", "bars", "--count-in", "0", "--metronome")
    first_click(listener, process)
    player.send(0xB0, 33, 0)
    assert process.stdout is not None
    lines = []
    while not lines or not lines[-1].startswith("bars is on"):
        lines.append(process.stdout.readline())
        assert lines[-1], "it ended"
    process.send_signal(signal.SIGINT)
    end(process)
    assert "turn the knob for bars\n" in lines
    assert "bars is on controller 33 (next time: --cc bars=33)\n" in lines


def test_an_input_that_disappears_is_one_line_and_the_worker_ends(
    listener: Listener, jack: subprocess.Popen[bytes]
) -> None:
    leaving = Player("leaving")
    process = start("jam", "--input", "leaving", "--output", "tester", "--count-in", "0", "--metronome")
    first_click(listener, process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert children
    leaving.close()
    _, err = process.communicate(timeout=waiting.LIMIT)
    assert process.returncode == 1
    assert err == "Error: the input port must stay while it is in use. Received: 'leaving:out' has gone\n"
    waiting.until(lambda: not listener.hanging())
    waiting.until(lambda: not any(os.path.exists(f"/proc/{child}") for child in children))


def test_errors(listener: Listener, player: Player, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ports = ["jam", "--input", "player", "--output", "tester"]
    cases = [
        (["jam", "--input", "nobody", "--output", "tester"], 1, 'an input port must exist (there are: "player:out")'),
        (["jam", "--output", "nobody"], 1, 'an output port must exist (there are: "tester:in")'),
        ([*ports, "--clock", "nobody"], 1, "an input port must exist"),
        ([*ports, "--checkpoint", str(tmp_path / "no.keras")], 1, "a model file must exist"),
        ([*ports, "--meter", "64/4"], 1, "meter must have a bar no longer than"),
        ([*ports, "--cc", "volume=7"], 1, "a control must be one of temperature, bars, panic. Received: 'volume'"),
        ([*ports, "--cc", "bars"], 2, "a control must be like temperature=74"),
        ([*ports, "--bars", "9"], 2, "9"),
    ]
    for line, code, words in cases:
        assert run(line) == code, line
        captured = capsys.readouterr()
        assert words in captured.err, line
        assert captured.err.count("\n") == 1
        assert listener.notes() == []
