"""`melodyrnn play` through JACK, as a program of its own: in time, and without hanging notes however it ends."""

from __future__ import annotations

import io
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest
from jack import Listener, is_off, is_on, needs_jack, start
from mido import Message, MetaMessage
from waiting import LIMIT, until

from melodyrnn.cli.main import run
from melodyrnn.errors import MidiError
from melodyrnn.live.drivers import quiet_drivers
from melodyrnn.live.ports import Output
from melodyrnn.live.schedule import CLOCK, START, STOP, schedule
from melodyrnn.midi.file import file_of, read_file
from melodyrnn.midi.read import with_channels
from melodyrnn.midi.write import midi_bytes, to_pretty_midi, write_piece
from melodyrnn.music.piece import Notes, Piece, Tempo, Track
from melodyrnn.music.timeline import length_seconds, seconds_at

if TYPE_CHECKING:
    import rtmidi

pytestmark = [needs_jack, pytest.mark.slow]
LATE = 0.05  # seconds that a note may stray on a busy machine; the benchmark has the figures of an idle one


def save(path: Path, pitches: list[int], step: int = 240, duration: int | None = None, tempo: int = 500_000) -> Path:
    size = len(pitches)
    notes = Notes.of(np.arange(size) * step, [duration or step] * size, pitches, [90] * size)
    write_piece(Piece(480, (Track(notes),), (Tempo(0, tempo),), end=size * step), path)
    return path


@contextmanager
def connected_input() -> Iterator[rtmidi.MidiIn]:
    """An input that is connected to nothing yet."""
    import rtmidi

    port = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name="connected_input")
    try:
        yield port
    finally:
        port.close_port()
        port.delete()


def end(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return out, err


@pytest.mark.usefixtures("in_time")
def test_notes_arrive_in_time_and_end(listener: Listener, tmp_path: Path) -> None:
    pitches = [60, 62, 64, 64, 65, 67, 67, 72] * 2
    path = save(tmp_path / "a.mid", pitches, step=120)
    out, err = end(start("play", str(path), "--port", "tester"))
    assert out.startswith("playing to tester:in (jack), 2.0 s")
    assert err == ""
    until(lambda: len(listener.notes()) == 16 and not listener.hanging())
    notes = listener.notes()
    assert [pitch for _, pitch in notes] == pitches
    stray = np.array([t for t, _ in notes]) - np.arange(16) * 0.125
    assert np.abs(stray - np.median(stray)).max() < LATE
    until(lambda: not listener.hanging())


@pytest.mark.usefixtures("in_time")
def test_a_loop_continues_at_the_bar_line(listener: Listener, tmp_path: Path) -> None:
    """One bar of 4/4 at 240 bpm with a single note in it."""
    process = start("play", str(save(tmp_path / "a.mid", [60], 480, tempo=250_000)), "--port", "tester:in", "--loop")
    until(lambda: len(listener.notes()) >= 4)
    process.send_signal(signal.SIGINT)
    end(process)
    times = [t for t, _ in listener.notes()]
    assert np.diff(times) == pytest.approx(1.0, abs=LATE)
    until(lambda: not listener.hanging())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_the_middle_of_a_note_ends_the_note(
    listener: Listener, tmp_path: Path, number: int, code: int
) -> None:
    path = save(tmp_path / "a.mid", [60, 64, 67], step=1, duration=40_000)
    process = start("play", str(path), "--port", "tester")
    until(lambda: len(listener.notes()) == 3)
    assert len(listener.hanging()) == 3
    process.send_signal(number)
    end(process, code)
    until(lambda: not listener.hanging())
    until(lambda: bytes([0xB0, 123, 0]) in [m for _, m in listener.received])


@pytest.mark.usefixtures("in_time")
def test_clock_start_and_stop(listener: Listener, tmp_path: Path) -> None:
    """One bar at 240 bpm has 96 clocks, 10.4 ms apart."""
    end(start("play", str(save(tmp_path / "a.mid", [60] * 4, 480, tempo=250_000)), "--port", "tester", "--clock"))
    until(lambda: listener.received[-1][1] == STOP)
    messages = [m for _, m in listener.received]
    assert messages[0] == START
    assert messages[1] == CLOCK
    assert messages[-1] == STOP
    clocks = [t for t, m in listener.received if m == CLOCK]
    assert len(clocks) == 96
    assert clocks[-1] - clocks[0] == pytest.approx(95 * 0.25 / 24, abs=LATE)
    for place, (when, _) in enumerate(listener.notes()):
        assert when == pytest.approx(clocks[24 * place], abs=0.01)


def test_a_port_that_disappears_is_one_line(jack: subprocess.Popen[bytes], tmp_path: Path) -> None:
    gone = Listener("leaving")
    process = start("play", str(save(tmp_path / "a.mid", [60] * 8, 9600)), "--port", "leaving")
    until(lambda: len(gone.notes()) == 1)
    gone.close()
    _, err = end(process, 1)
    assert err == "Error: the output port must stay while it is in use. Received: 'leaving:in' has gone\n"


def test_a_virtual_port(jack: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """Any program can connect to a virtual port and receives its messages."""
    path = save(tmp_path / "a.mid", [60, 62, 64], 240)
    with connected_input() as port:  # one client for all queries: a new client for each slows the server down
        # a server that has just lost a client was seen to show no new port for seconds
        for attempt, limit in enumerate((5.0, 30.0, LIMIT)):
            process = start("play", str(path), "--virtual", "my tune", "--wait", "0.5", "--loop")
            try:
                until(lambda: any("my tune" in name for name in port.get_ports()), limit)
                break
            except AssertionError:
                process.kill()
                process.communicate()
                assert attempt < 2
        (place,) = (number for number, name in enumerate(port.get_ports()) if "my tune" in name)
        port.open_port(place)
        messages: list[Message] = []

        def two_rounds() -> bool:
            messages.extend(Message.from_bytes(found[0]) for found in iter(port.get_message, None))
            return sum(m.type == "note_off" for m in messages) >= 6

        until(two_rounds)
        process.send_signal(signal.SIGINT)
        end(process)
    pitches = [60, 62, 64] * 3  # connected at some moment of the loop
    for kind in ("note_on", "note_off"):
        heard = [m.note for m in messages if m.type == kind][:6]
        assert heard == pitches[pitches.index(heard[0]) :][: len(heard)]
        assert set(heard) == {60, 62, 64}


def test_before_it_plays_it_waits(listener: Listener, tmp_path: Path) -> None:
    process = start("play", str(save(tmp_path / "a.mid", [60])), "--port", "tester", "--wait", "1000", "--clock")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("playing to tester:in")
    process.send_signal(signal.SIGINT)
    end(process)
    assert listener.notes() == []


def test_programs_controllers_and_every_track_are_sent(listener: Listener, tmp_path: Path) -> None:
    midi = mido.MidiFile()
    first = [Message("program_change", program=40), Message("control_change", control=7, value=99)]
    for channel in (0, 9):
        notes = [
            Message("note_on", channel=channel, note=60, velocity=90, time=10),
            Message("pitchwheel", channel=channel, pitch=100, time=10),
            Message("note_on", channel=channel, note=60, velocity=0, time=200),
        ]
        midi.tracks.append(mido.MidiTrack([*first, MetaMessage("track_name", name="x"), *notes]))
    midi.save(tmp_path / "a.mid")
    end(start("play", str(tmp_path / "a.mid"), "--port", "tester"))
    until(lambda: sum(is_on(m) for _, m in listener.received) == 2 and not listener.hanging())
    received = [m for _, m in listener.received]
    for message in (
        bytes([0xC0, 40]),
        bytes([0xB0, 7, 99]),
        bytes(Message("pitchwheel", channel=9, pitch=100).bytes()),
    ):
        assert message in received
    assert {m[0] & 0x0F for m in received if is_on(m)} == {0, 9}
    until(lambda: not listener.hanging())


def test_a_note_played_again_while_it_sounds_ends_first(listener: Listener) -> None:
    with quiet_drivers():
        output = Output("tester")
        on, off = bytes([0x91, 60, 90]), bytes([0x81, 60, 0])
        for message in (off, on, on, off, off, off, on):
            output.send(message)
        output.close()
    until(lambda: len(listener.received) >= 8)
    kinds = ["on" if is_on(m) else "off" for _, m in listener.received if is_on(m) or is_off(m)]
    assert kinds == ["on", "off", "on", "off", "on", "off"]
    until(lambda: not listener.hanging())


def test_ports_that_do_not_exist(listener: Listener, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(save(tmp_path / "a.mid", [60]))
    assert run(["play", path, "--port", "nowhere"]) == 1
    assert capsys.readouterr().err == (
        "Error: an output port must exist (there are: \"tester:in\"). Received: 'nowhere'\n"
    )
    other = Listener("tester two")
    try:
        assert run(["play", path, "--port", "TEST"]) == 1
        assert "must name one port alone" in capsys.readouterr().err
    finally:
        other.close()
    assert run(["play", path, "--port", "a", "--virtual", "b"]) == 2
    assert run(["play", str(tmp_path / "no.mid")]) == 1
    assert run(["ports"]) == 0
    assert "outputs\n  tester:in  (jack)\ninputs  (none" in capsys.readouterr().out
    assert run(["ports", "--json"]) == 0
    assert '"outputs": [{"name": "tester:in", "driver": "jack"}]' in capsys.readouterr().out


def test_the_schedule_has_the_notes_of_the_file_in_seconds(shared: Path) -> None:
    for path in sorted((shared / "pop909").rglob("*.mid"))[:2]:
        midi = read_file(path)
        plan = schedule(midi)
        onsets = [t for t, m in plan.events if is_on(m)]
        notes = to_pretty_midi(midi.piece)
        expected = sorted(note.start for track in notes.instruments for note in track.notes)
        assert onsets == pytest.approx(expected, abs=1e-3)
        assert plan.length == pytest.approx(length_seconds(midi.piece))
        assert all(0 <= t <= plan.length for t, _ in plan.events)
    changing = Piece(480, (Track(Notes.of([0], [960], [60], [90])),), (Tempo(0, 500_000), Tempo(480, 250_000)), end=960)
    clocks = [t for t, m in schedule(file_of(changing), clock=True).events if m == CLOCK]
    assert len(clocks) == 96
    assert np.diff(clocks)[[0, 22, 24, 50]] == pytest.approx([0.5 / 24, 0.5 / 24, 0.25 / 24, 0.25 / 24])


def test_programs_come_before_all_notes_of_their_tick(tmp_path: Path) -> None:
    """Also where a later track sets them, but not before a note that stands before them in their own track."""
    midi = mido.MidiFile()
    first = [Message("note_on", note=60, velocity=90), Message("note_off", note=60, time=480)]
    late = [Message("note_on", channel=1, note=50, velocity=90), Message("program_change", channel=1, program=7)]
    second = [Message("control_change", control=0, value=3), Message("program_change", program=40)]
    for messages in (first, late, second):
        midi.tracks.append(mido.MidiTrack(messages))
    midi.save(tmp_path / "a.mid")
    sent = [m for _, m in schedule(read_file(tmp_path / "a.mid")).events]
    before = [bytes([0xB0, 0, 3]), bytes([0xC0, 40])]
    assert sent[:5] == [*before, bytes([0x90, 60, 90]), bytes([0x91, 50, 90]), bytes([0xC1, 7])]


def test_all_parts_of_a_score_are_sent_with_their_programs_on_their_channels(
    listener: Listener, tmp_path: Path
) -> None:
    """Five parts with chords and drums, the bass held to the end with the pedal down."""
    lines = {0: (0, [60, 64, 67, 72]), 1: (48, [48, 52, 48, 52]), 9: (0, [36, 38, 36, 38]), 2: (40, [76, 77, 79, 81])}
    tracks = [
        Track(Notes.of(np.arange(4) * 240, [240] * 4, pitches, [90] * 4), "", program, channel)
        for channel, (program, pitches) in lines.items()
    ]
    chord = Track(Notes.of([0, 0, 0], [960] * 3, [55, 59, 62], [90] * 3), "pad", 88, 5)
    piece = Piece(480, (*tracks, chord), (Tempo(0, 250_000),), end=960)
    midi = mido.MidiFile(file=io.BytesIO(midi_bytes(piece)))
    midi.tracks[-1].insert(2, Message("control_change", channel=5, control=64, value=127))
    midi.save(tmp_path / "a.mid")
    end(start("play", str(tmp_path / "a.mid"), "--port", "tester"))
    until(lambda: bytes([0xB9, 123, 0]) in [m for _, m in listener.received] and not listener.hanging())
    received = [m for _, m in listener.received]
    sounding = [m for m in received if is_on(m)]
    assert sorted((m[0] & 0x0F, m[1]) for m in sounding) == sorted(
        [(t.channel, p) for t in piece.tracks for p in t.notes.pitch.tolist()]
    )
    programs = {m[0] & 0x0F: m[1] for m in received[: received.index(sounding[0])] if m[0] & 0xF0 == 0xC0}
    assert programs == {0: 0, 1: 48, 9: 0, 2: 40, 5: 88}
    last = received[received.index(bytes([0xB0, 64, 0])) :]
    assert last == [bytes([0xB0 | channel, number, 0]) for channel in (0, 1, 2, 5, 9) for number in (64, 123)]


@pytest.mark.parametrize("folder", ["multi", "quartets", "pop909-beats"])
def test_the_schedule_has_every_note_of_every_track(shared: Path, folder: str) -> None:
    for path in sorted((shared / folder).rglob("*.mid"))[:3]:
        midi = read_file(path)
        sounding = [(t, m[0] & 0x0F, m[1]) for t, m in schedule(midi).events if is_on(m)]
        marked = with_channels(midi.piece, midi.data)
        expected = [
            (float(seconds), track.channel, pitch)
            for track in marked.tracks
            for seconds, pitch in zip(seconds_at(marked, track.notes.onset), track.notes.pitch.tolist(), strict=True)
        ]
        assert len(sounding) >= len(expected) * 0.999  # notes that sound already are one in a piece
        missing = Counter((channel, pitch) for _, channel, pitch in expected)
        missing.subtract(Counter((channel, pitch) for _, channel, pitch in sounding))
        assert max(missing.values()) <= 0
        first = {channel: t for t, channel, _ in reversed(sounding)}
        for channel in {track.channel for track in marked.tracks if len(track.notes)}:
            assert first[channel] == pytest.approx(min(t for t, own, _ in expected if own == channel), abs=1e-3)


def test_a_damaged_file_is_played_on_a_channel_for_each_track(tmp_path: Path) -> None:
    """mido refuses a key signature that does not exist, so that the piece is written anew."""
    line = Notes.of([0, 480], [480] * 2, [60, 62], [90] * 2)
    data = midi_bytes(Piece(480, (Track(line, "a", 1, 3), Track(line, "b", 2, 4)), end=960))
    broken = bytes([0, 0xFF, 0x59, 2, 99, 7])
    at = data.index(b"MTrk") + 4
    data = data[:at] + (int.from_bytes(data[at : at + 4]) + 6).to_bytes(4, "big") + broken + data[at + 4 :]
    (tmp_path / "a.mid").write_bytes(data)
    sounding = [m for _, m in schedule(read_file(tmp_path / "a.mid")).events if is_on(m)]
    assert len({m[0] for m in sounding}) == 2
    assert [m[1] for m in sounding] == [60, 60, 62, 62]


def test_clock_for_weeks_is_refused() -> None:
    def piece(end: int) -> Piece:
        return Piece(1, (Track(Notes.of([0], [end], [60], [90])),), end=end)

    with pytest.raises(
        MidiError, match=r"50000 quarter notes at most to be played with clock. Received: melody.mid, 5"
    ):
        schedule(file_of(piece(50_004)), clock=True)
    assert len(schedule(file_of(piece(400)), clock=True).events) == 400 * 24 + 3  # a program, a note-on and a note-off
    assert len(schedule(file_of(piece(50_004))).events) == 3
