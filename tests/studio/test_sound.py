"""The sound of the studio's page in a browser: pitches, mute, loops and edits, with a SoundFont and without one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import numpy as np
import pretty_midi
import pytest
from browser import browser, console, needs_chromium
from waiting import LIMIT, until

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

pytest.importorskip("uvicorn")
from melodyrnn.studio.page_files import PageFiles
from melodyrnn.studio.security import Address
from melodyrnn.studio.server import serve
from melodyrnn.studio.soundfont import SoundFontFile

pytestmark = [needs_chromium, pytest.mark.slow]

FONT = Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
RATE = 44_100
FLUTE, PIANO = 73, 0
# A text has no icon, which the browser asks the root of the server for; `missing` is no file, a licence no SoundFont.
EXPECTED = (
    "favicon.ico",
    "/missing - Failed to load resource",
    "The SoundFont cannot be played: Error: Expected 'RIFF'",
)
# Every test begins on a page of the studio's address without a script of its own.
SETUP = """
window.base = document.baseURI.replace(/page.vendor.*/, "");
window.at = (name) => import(base + "page/sound/" + name);
window.player = async (font) => {
  const { createPlayer } = await window.at("player.js");
  const player = await createPlayer({ font: font && base + font });
  await player.fontTried;
  player.seen = []; // what the instrument was told
  for (const name of ["note", "end", "setGain"]) {
    const own = player.instrument[name].bind(player.instrument);
    player.instrument[name] = (...values) => { player.seen.push([name, ...values]); own(...values); };
  }
  player.meter = new AnalyserNode(player.context, { fftSize: 16384, smoothingTimeConstant: 0 });
  player.output.connect(player.meter);
  return (window.p = player);
};
window.document_ = (...tracks) => ({
  ticksPerQuarter: 480, end: 1920, tempos: [[0, 500000]],
  tracks: tracks.map(([program, notes, isDrum = false]) => ({ program, isDrum, notes })),
});
window.samples = () => {
  const samples = new Float32Array(p.meter.fftSize);
  p.meter.getFloatTimeDomainData(samples);
  return [...samples];
};
"""
# Plays notes [track, pitch, start, end] with an instrument into an OfflineAudioContext; returns 2 seconds of the left.
OFFLINE = """
const [kind, tracks, notes, gains, ends, rate] = arguments, done = arguments[6];
(async () => {
  const context = new OfflineAudioContext(2, 2 * rate, rate);
  const { Sampler } = await at("sampler.js"), { SynthInstrument } = await at("synth-instrument.js");
  const font = kind === "synth" ? null : await (await fetch(base + "soundfont")).arrayBuffer();
  const instrument = font ? await Sampler.create(context, font, done) : new SynthInstrument(context);
  instrument.connect(context.destination);
  instrument.setTracks(tracks.map(([program, isDrum]) => ({ program, isDrum })));
  gains.forEach((gain, track) => instrument.setGain(track, gain));
  notes.forEach(([track, pitch, start, end], id) => instrument.note(id, track, pitch, 100, start, end ?? Infinity));
  ends.forEach(([id, time]) => instrument.end(id, time));
  if (font) await new Promise((resolve) => { // an answer, after all messages before it
    instrument.node.port.onmessage = resolve;
    instrument.node.port.postMessage(["font", new ArrayBuffer(4)]);
  });
  done([...(await context.startRendering()).getChannelData(0)]);
})().catch((error) => done(String(error.stack)));
"""


@pytest.fixture(scope="module")
def address() -> str:
    """The address of a studio that has the files of the page and a SoundFont."""
    found: Queue[Address] = Queue()

    def started(address: Address) -> AbstractContextManager[None]:
        found.put(address)
        return nullcontext()

    services = [PageFiles(), SoundFontFile(FONT)]
    threading.Thread(target=serve, args=(lambda: services, 0, started), daemon=True, name="studio").start()
    return found.get(timeout=LIMIT).url


@pytest.fixture(scope="module")
def driver(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with browser(tmp_path_factory.mktemp("downloads")) as found:
        found.set_script_timeout(LIMIT)
        yield found


@pytest.fixture
def page(driver: WebDriver, address: str) -> Iterator[WebDriver]:
    driver.get(f"{address}page/vendor/LICENSES.txt")
    driver.execute_script(SETUP)
    yield driver
    assert [line for line in console(driver) if not any(word in line for word in EXPECTED)] == []


def run(page: WebDriver, script: str, *arguments: object) -> object:
    """What an asynchronous script returns."""
    body = f"""
    const done = arguments[arguments.length - 1];
    (async (...given) => {{ {script} }})(...arguments).then(done, (error) => done("failed: " + error.stack));"""
    found = page.execute_async_script(body, *arguments)
    assert not (isinstance(found, str) and found.startswith("failed")), found
    return found


def offline(
    page: WebDriver,
    kind: str,
    tracks: Sequence[tuple[int, bool]],
    notes: Sequence[tuple[int, int, float, float | None]],
    gains: Sequence[float] = (),
    ends: Sequence[tuple[int, float]] = (),
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = page.execute_async_script(OFFLINE, kind, tracks, notes, gains, ends, RATE)
    assert isinstance(found, list), found
    return np.array(found)


def tone(samples: np.ndarray[tuple[int], np.dtype[np.float64]], rate: float = RATE) -> float:
    """The MIDI pitch of a steady tone, by the first peak of its autocorrelation."""
    samples = samples - samples.mean()
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 4 * len(samples))) ** 2
    shift = np.fft.irfft(spectrum)[: len(samples)]
    low, high = int(rate / 1500), int(rate / 60)
    best = low + int(np.argmax(shift[low:high]))
    return float(69 + 12 * np.log2(rate / best / 440))


@pytest.mark.parametrize("kind", ["soundfont", "synth"])
def test_a_note_has_its_pitch_from_its_start_to_its_end(page: WebDriver, kind: str) -> None:
    sound = offline(page, kind, [(FLUTE, False)], [(0, 57, 0.25, 0.6), (0, 76, 1.0, 1.3)])
    assert np.abs(sound[: RATE // 4]).max() == 0
    for begin, end, pitch in ((0.35, 0.6, 57), (1.1, 1.3, 76)):
        part = sound[int(begin * RATE) : int(end * RATE)]
        assert tone(part) == pytest.approx(pitch, abs=0.3)
        assert np.abs(part).max() > 0.05
    assert np.abs(sound[int(1.9 * RATE) :]).max() < 0.02


@pytest.mark.parametrize("kind", ["soundfont", "synth"])
def test_a_track_without_gain_is_silent(page: WebDriver, kind: str) -> None:
    """Alone, and under another track."""
    notes = [(0, 60, 0.0, 1.9), (1, 76, 1.0, 1.9)]
    sound = offline(page, kind, [(FLUTE, False), (FLUTE, False)], notes, [0, 1])
    assert np.abs(sound[RATE // 2 : RATE]).max() < 1e-3
    assert tone(sound[int(1.4 * RATE) : int(1.8 * RATE)]) == pytest.approx(76, abs=0.3)


@pytest.mark.parametrize("kind", ["soundfont", "synth"])
def test_a_note_can_be_taken_back_or_ended_early(page: WebDriver, kind: str) -> None:
    notes = [(0, 69, 0.25, 1.5), (0, 69, 0.5, None)]
    sound = offline(page, kind, [(FLUTE, False)], notes, ends=[(0, 0.2), (1, 1.0)])
    assert np.abs(sound[: RATE // 2]).max() == 0
    assert np.abs(sound[int(0.7 * RATE) : RATE]).max() > 0.05
    assert np.abs(sound[int(1.8 * RATE) :]).max() < 0.02


@pytest.mark.parametrize("kind", ["soundfont", "synth"])
def test_drums_are_drums_on_any_track(page: WebDriver, kind: str) -> None:
    """A bass drum has its energy far below the pitch 36 of a piano with its overtones; a hi-hat far above."""
    sound = offline(page, kind, [(PIANO, False), (PIANO, True)], [(1, 42, 0.5, 0.6)])
    spectrum = np.abs(np.fft.rfft(sound[RATE // 2 : RATE]))
    frequencies = np.fft.rfftfreq(RATE // 2, 1 / RATE)
    assert spectrum[frequencies > 3000].sum() > 3 * spectrum[frequencies < 1000].sum()


def test_more_tracks_than_midi_has_channels_keep_their_programs(page: WebDriver) -> None:
    tracks = [(PIANO, False)] * 20 + [(FLUTE, False)]
    sound = offline(page, "soundfont", tracks, [(20, 69, 0.5, 1.5)])
    assert np.array_equal(sound, offline(page, "soundfont", [(FLUTE, False)], [(0, 69, 0.5, 1.5)]))


def test_notes_begin_at_their_sample(page: WebDriver) -> None:
    """The same note, 100 samples later, gives the same samples 100 later: less than a block of 128."""
    early, late = (
        offline(page, "soundfont", [(PIANO, False)], [(0, 69, 0.5 + shift / RATE, 1.0)]) for shift in (0, 100)
    )
    first, second = (int(np.argmax(np.abs(sound) > 1e-5)) for sound in (early, late))
    assert second - first == 100


@pytest.mark.parametrize(
    ("font", "kind"),
    [("soundfont", "soundfont"), ("missing", "synth"), ("page/vendor/LICENSES.txt", "synth"), ("", "synth")],
)
def test_a_key_sounds_at_its_pitch(page: WebDriver, font: str, kind: str) -> None:
    found = run(
        page, "const player = await window.player(given[0]); return [player.kind, player.context.sampleRate]", font
    )
    assert isinstance(found, list)
    assert found[0] == kind
    run(page, f"p.setProgram(0, {FLUTE}); p.noteOn(0, 69, 110)")
    # a whole window of the tone
    until(lambda: abs(tone(np.array(page.execute_script("return samples()")), found[1]) - 69) < 0.3)
    run(page, "p.noteOff(0, 69)")
    until(lambda: max(np.abs(page.execute_script("return samples()"))) < 1e-3)


def test_a_muted_track_is_silent_while_it_plays(page: WebDriver) -> None:
    run(page, f"await window.player('soundfont'); p.load(document_([{FLUTE}, [[0, 1920, 69, 100]]]))")
    run(page, "p.play({ loop: [0, 1920] })")
    until(lambda: max(np.abs(page.execute_script("return samples()"))) > 0.05)
    run(page, "p.setMute(0, true)")
    until(lambda: max(np.abs(page.execute_script("return samples()"))) < 1e-4)
    run(page, "p.setMute(0, false)")
    until(lambda: max(np.abs(page.execute_script("return samples()"))) > 0.05)


NOTES = "[[0, 480, 60, 90], [480, 480, 62, 90], [960, 480, 64, 90], [1440, 480, 65, 90]]"


def sent(page: WebDriver) -> list[tuple[int, float, float]]:
    """(pitch, start, end) of the notes that the instrument was told."""
    rows = page.execute_script("return p.seen")
    return [(row[3], row[5], row[6]) for row in rows if row[0] == "note"]


def test_a_loop_comes_again_to_the_sample(page: WebDriver) -> None:
    run(page, f"await window.player(null); p.load(document_([0, {NOTES}])); p.play({{ loop: [480, 1440] }})")
    until(lambda: len(sent(page)) >= 7)
    notes = sent(page)[:7]
    assert [pitch for pitch, _, _ in notes] == [62, 64, 62, 64, 62, 64, 62]
    assert np.diff([start for _, start, _ in notes]) == pytest.approx(0.5, abs=1e-9)
    ticks = {run(page, "return p.position()") for _ in range(20)}
    assert all(isinstance(tick, float | int) and 480 <= tick < 1440 for tick in ticks)
    run(page, "p.stop()")
    assert run(page, "return p.state") == "stopped"


def test_a_piece_ends_by_itself_and_says_so(page: WebDriver) -> None:
    run(page, "await window.player(null); p.load(document_([0, [[0, 100, 60, 90]]]))")
    states = run(
        page,
        """const states = [];
        p.addEventListener("state", () => states.push(p.state));
        p.setTempoFactor(8);
        p.play();
        await new Promise((resolve) => p.addEventListener("state", () => p.state === "stopped" && resolve()));
        return [states, p.position()]""",
    )
    assert states == [["playing", "stopped"], 1920]


def test_playing_begins_in_the_middle_at_the_tempo_of_there(page: WebDriver) -> None:
    run(
        page,
        f"""await window.player(null);
        p.load({{ ...document_([0, {NOTES}]), tempos: [[0, 500000], [960, 250000]] }});
        p.play({{ fromTick: 480 }})""",
    )
    notes = sent(page)
    assert [pitch for pitch, _, _ in notes] == [62, 64, 65]
    assert np.diff([start for _, start, _ in notes]) == pytest.approx([0.5, 0.25], abs=1e-9)
    assert [end - start for _, start, end in notes] == pytest.approx([0.5, 0.25, 0.25], abs=1e-9)


def test_an_edit_while_playing_takes_back_what_was_scheduled(page: WebDriver) -> None:
    run(page, f"await window.player(null); p.load(document_([0, {NOTES}])); p.play()")
    before = page.execute_script("return p.seen.length")
    run(page, "p.load(document_([0, [[0, 480, 60, 90], [960, 480, 70, 90]]]))")
    rows = page.execute_script("return p.seen")
    ended = {row[1] for row in rows[before:] if row[0] == "end"}
    again = [(row[3], row[5]) for row in rows[before:] if row[0] == "note"]
    first = {row[1]: (row[3], row[5]) for row in rows[:before] if row[0] == "note"}
    assert {first[number][0] for number in ended} >= {62, 64, 65}
    assert [pitch for pitch, _ in again if pitch != 60] == [70]
    kept = [at for number, (pitch, at) in first.items() if pitch == 60 and number not in ended]
    begun = kept or [at for pitch, at in again if pitch == 60]
    assert len(begun) == 1
    assert again[-1][1] - begun[0] == pytest.approx(1.0, abs=1e-6)


def test_solo_and_volume_make_the_gains_of_the_tracks(page: WebDriver) -> None:
    run(page, "await window.player(null); p.load(document_([0, []], [0, []], [0, []]))")
    run(page, "p.setSolo(1, true); p.setVolume(1, 0.5); p.setMute(2, true)")
    gains = dict(row[1:] for row in page.execute_script("return p.seen") if row[0] == "setGain")
    assert gains == {0: 0, 1: 0.5, 2: 0}
    run(page, "p.load(document_([0, []], [0, []], [0, []])); p.setSolo(1, false)")
    gains = dict(row[1:] for row in page.execute_script("return p.seen") if row[0] == "setGain")
    assert gains == {0: 1, 1: 0.5, 2: 0}


@pytest.mark.parametrize("call", ["p.play({ loop: [480, 480] })", "p.play({ loop: [-1, 480] })", "p.setTempoFactor(0)"])
def test_what_cannot_be_played_is_refused(page: WebDriver, call: str) -> None:
    run(page, "await window.player(null)")
    message = run(page, f"try {{ {call} }} catch (error) {{ return error.name + ': ' + error.message }}")
    assert str(message).startswith("RangeError: a ")
    assert "Received: " in str(message)
