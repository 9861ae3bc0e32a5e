"""The page in a browser: it draws and plays every note, loops, saves the file itself, and fetches nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
from browser import console, needs_chromium
from waiting import LIMIT

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.midi.file import MidiFile, file_of, read_file
from melodyrnn.music.piece import Notes, Piece, Tempo, Track
from melodyrnn.music.timeline import seconds_at
from melodyrnn.view.preview import preview

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

pytestmark = [needs_chromium, pytest.mark.slow]

# Records every oscillator that the page starts, with its time on the audio clock, and measures the level of the output.
SPY = """
window.played = []; window.types = []; window.noises = 0; window.waves = []; window.context = null;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
  window.played.push([when, this.frequency.value]);
  window.types.push(this.type);
  return start.call(this, when);
};
const noise = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when) {
  window.noises++;
  return noise.call(this, when);
};
const Wave = PeriodicWave;
window.PeriodicWave = function (context, options) {
  window.waves.push([...options.imag]);
  return new Wave(context, options);
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode && !window.meter) {
    window.context = to.context;
    window.meter = new AnalyserNode(to.context, { fftSize: 2048 });
    connect.call(this, window.meter);
  }
  return connect.call(this, to, ...rest);
};
window.level = () => {
  const samples = new Float32Array(2048);
  window.meter.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
};
"""
# The level of a frequency in the output, dB, and how loud the loudest sample is.
LEVEL_OF = """
const bins = new Float32Array(window.meter.frequencyBinCount);
window.meter.smoothingTimeConstant = 0;
window.meter.getFloatFrequencyData(bins);
const bin = Math.round(arguments[0] * 2048 / window.context.sampleRate);
return Math.max(-999, bins[bin - 1], bins[bin], bins[bin + 1]);
"""
NOTES = """return [...document.querySelectorAll("article")].map(article =>
  [...article.querySelectorAll("g.notes path")].map(path => {
    const box = path.getBoundingClientRect();
    return [path.getAttribute("d"), box.width, path.getBBox().width];
  }))"""


Show = Callable[..., "WebDriver"]
T = TypeVar("T")


def short(pitches: list[int], seconds: float = 0.25, velocity: int = 90, name: str = "short.mid") -> MidiFile:
    """One bar of 4/4, as many even notes as there are pitches."""
    step = 1920 // len(pitches)
    onset = np.arange(len(pitches)) * step
    notes = Notes.of(onset, np.full(len(pitches), step), pitches, np.full(len(pitches), velocity))
    tempo = Tempo(0, round(seconds * 1e6 * len(pitches) / 4))
    return file_of(Piece(480, (Track(notes),), (tempo,), end=1920, texts=("made by <hand> & 'ear'",)), name)


@pytest.fixture
def show(driver: WebDriver, tmp_path: Path) -> Iterator[Show]:
    def open_(*pieces: MidiFile) -> WebDriver:
        path = tmp_path / "page.html"
        path.write_text(preview(list(pieces)), "utf-8")
        driver.get(path.as_uri())
        driver.execute_script(SPY)
        return driver

    yield open_
    assert console(driver) == []


def until(condition: Callable[[], T], seconds: float = LIMIT) -> T:
    """The first true result of a condition that is polled."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(condition, seconds, poll_frequency=0.02).until(lambda condition: condition())


def click(driver: WebDriver, selector: str) -> None:
    driver.execute_script("document.querySelector(arguments[0]).click()", selector)


def test_fifty_pieces_open_fast_draw_every_note_and_fetch_nothing(
    driver: WebDriver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", "-n", "50", "-o", str(tmp_path / "m"), "--seed", "3", "--preview"]) == 0
    page = tmp_path / "m" / "preview.html"
    assert capsys.readouterr().out.splitlines()[-1] == str(page)
    assert page.stat().st_size < 2**20
    driver.get_log("performance")
    driver.get(page.as_uri())
    timing = driver.execute_script("return performance.getEntriesByType('navigation')[0].toJSON()")
    assert timing["loadEventEnd"] > 0  # loaded to the end; how fast is measured in benchmarks/preview_page.py
    drawn = driver.execute_script(NOTES)
    files = sorted((tmp_path / "m").glob("*.mid"))
    assert len(drawn) == len(files) == 50
    for rows, path in zip(drawn, files, strict=True):
        notes = melodyrnn.read_piece(path).tracks[0].notes
        columns = (notes.onset, notes.pitch, notes.duration)
        expected = [f"M{o} {p}h{d}" for o, p, d in zip(*(c.tolist() for c in columns), strict=True)]
        assert [row[0] for row in rows] == expected
        assert [row[2] for row in rows] == notes.duration.tolist()
        assert all(row[1] > 1 for row in rows)  # px on the screen
    requests = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    urls = {r["params"]["request"]["url"] for r in requests if r["method"] == "Network.requestWillBeSent"}
    assert all(url.startswith(("file:", "data:")) for url in urls), urls
    assert console(driver) == []


def test_it_plays_what_is_drawn_and_stops(show: Show) -> None:
    pitches = [60, 64, 67, 72]
    driver = show(short(pitches))
    cursor = "return Number(document.querySelector('.cursor').getAttribute('x1'))"
    before = driver.execute_script(cursor)
    click(driver, ".play")
    assert until(lambda: driver.execute_script("return window.level() > 0.02"))
    assert until(lambda: driver.execute_script(cursor) > before + 20)
    until(lambda: driver.execute_script("return document.querySelector('article').dataset.state") == "stopped")
    played = driver.execute_script("return window.played")
    times = np.array([when for when, _ in played])
    assert [hertz for _, hertz in played] == pytest.approx([440 * 2 ** ((p - 69) / 12) for p in pitches], rel=1e-5)
    assert np.diff(times[1:]) == pytest.approx(0.25, abs=0.003)  # the first one may be late on a busy machine
    assert driver.execute_script(cursor) == before
    until(lambda: driver.execute_script("return window.level() < 0.001"))


def test_it_loops_without_a_gap(show: Show) -> None:
    driver = show(short([60, 62], 0.3))
    click(driver, ".loop")
    click(driver, ".play")
    until(lambda: driver.execute_script("return Number(document.querySelector('article').dataset.rounds)") >= 2)
    click(driver, ".play")
    played = driver.execute_script("return window.played")
    assert len(played) >= 5
    assert np.diff([when for when, _ in played]) == pytest.approx(0.3, abs=0.003)
    count = len(played)
    stopped = driver.execute_script("return window.context.currentTime")
    until(lambda: driver.execute_script("return window.context.currentTime") > stopped + 0.5)
    assert len(driver.execute_script("return window.played")) == count


def test_playing_a_piece_stops_the_other_and_a_click_plays_from_there(show: Show) -> None:
    driver = show(short([60] * 8, 0.5, name="a.mid"), short([72] * 8, 0.5, name="b.mid"))
    states = "return [...document.querySelectorAll('article')].map(a => a.dataset.state || '')"
    click(driver, "article:nth-of-type(1) .play")
    assert driver.execute_script(states) == ["playing", ""]
    click(driver, "article:nth-of-type(2) .play")
    assert driver.execute_script(states) == ["stopped", "playing"]
    driver.execute_script(
        """window.played.length = 0;
        const svg = document.querySelectorAll("svg.roll")[0], box = svg.getBoundingClientRect();
        const note = svg.querySelectorAll("g.notes path")[6].getBoundingClientRect();
        svg.dispatchEvent(new MouseEvent("click", {clientX: note.left, clientY: box.top + 30, bubbles: true}));"""
    )
    assert driver.execute_script(states) == ["playing", "stopped"]
    until(lambda: driver.execute_script(states) == ["stopped", "stopped"])
    played = driver.execute_script("return window.played")
    assert 1 <= len(played) <= 2  # the seventh may fall just before the pixel
    assert played[-1][1] == pytest.approx(261.63, abs=0.01)


def test_changes_of_tempo_are_played(show: Show) -> None:
    notes = Notes.of([0, 480, 960, 1440], [480] * 4, [60, 62, 64, 65], [90, 90, 40, 90])
    piece = Piece(480, (Track(notes),), (Tempo(0, 200_000), Tempo(960, 400_000), Tempo(1440, 100_000)), end=1920)
    driver = show(file_of(piece))
    click(driver, ".play")
    until(lambda: len(driver.execute_script("return window.played")) == 4)
    times = np.array([when for when, _ in driver.execute_script("return window.played")])
    assert np.diff(times) == pytest.approx(np.diff(seconds_at(piece, notes.onset)), abs=0.003)
    assert np.diff(times) == pytest.approx([0.2, 0.2, 0.4], abs=0.003)


def test_the_download_is_byte_for_byte_the_file(show: Show, downloads: Path, shared: Path) -> None:
    path = sorted((shared / "pop909").rglob("*.mid"))[0]
    midi = read_file(path)
    driver = show(midi)
    click(driver, "a.download")
    saved = downloads / path.name
    until(lambda: saved.exists() and saved.read_bytes() == path.read_bytes())


def test_dragging_transfers_the_file(show: Show) -> None:
    midi = short([60, 61])
    driver = show(midi)
    given = driver.execute_script(
        """const data = new DataTransfer();
        const event = new DragEvent("dragstart", {dataTransfer: data, bubbles: true});
        document.querySelector("a.download").dispatchEvent(event);
        return data.getData("DownloadURL")"""
    )
    kind, name, url = given.split(":", 2)
    assert (kind, name) == ("audio/midi", "short.mid")
    import base64

    assert base64.b64decode(url.removeprefix("data:audio/midi;base64,")) == midi.data


def test_names_and_recipes_are_shown_as_text_and_never_as_markup(show: Show) -> None:
    driver = show(short([60], name="<script>alert(1)</script>&'\".mid"))
    assert (
        driver.execute_script("return document.querySelector('h2').textContent") == "<script>alert(1)</script>&'\".mid"
    )
    assert driver.execute_script("return document.querySelector('pre').textContent") == "made by <hand> & 'ear'"
    assert len(driver.find_elements("css selector", "script")) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(show: Show, scheme: str) -> None:
    driver = show(short([60, 62]))
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    colour = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    ink = driver.execute_script("return getComputedStyle(document.body).color")
    brightness = [sum(map(int, c[4:-1].split(","))) / 3 for c in (colour, ink)]
    assert (brightness[0] > 200 > 100 > brightness[1]) == (scheme == "light")
    assert (brightness[0] < 60 < 180 < brightness[1]) == (scheme == "dark")


def held(pitch: int, program: int = 0, channel: int = 0, name: str = "") -> Track:
    """A note of eight bars."""
    return Track(Notes.of([0], [8 * 1920], [pitch], [110]), name, program, channel)


LOW, HIGH = 110, 880  # hertz of the pitches 45 and 81


def test_tracks_are_muted_and_soloed_while_they_play(show: Show) -> None:
    tracks = (held(45, 73, 0, "Low"), held(81, 73, 1, "High"), Track(Notes.of([0], [480], [36], [90]), "Kit", 0, 9))
    driver = show(file_of(Piece(480, tracks, end=8 * 1920)))

    def level(hertz: int) -> float:
        return driver.execute_script(LEVEL_OF, hertz)

    def press(word: str, number: int) -> None:
        click(driver, f".tracks li:nth-of-type({number}) .{word}")

    names = "return [...document.querySelectorAll('.tracks button')].map(b => b.ariaLabel)"
    assert driver.execute_script(names) == ["Mute Low", "Solo Low", "Mute High", "Solo High", "Mute Kit", "Solo Kit"]
    seen = "return [...document.querySelectorAll('svg g.notes')].map(g => getComputedStyle(g).opacity)"
    press("mute", 2)  # before it plays
    click(driver, ".play")
    until(lambda: level(LOW) > -50 and level(HIGH) < -70)
    assert driver.execute_script(seen) == ["1", "0.15", "1"]
    press("mute", 2)
    until(lambda: level(LOW) > -50 and level(HIGH) > -50)
    press("solo", 2)
    until(lambda: level(LOW) < -70 and level(HIGH) > -50)
    assert driver.execute_script(seen) == ["0.15", "1", "0.15"]
    press("solo", 1)
    until(lambda: level(LOW) > -50 and level(HIGH) > -50)
    press("mute", 1)
    press("mute", 2)
    until(lambda: driver.execute_script("return window.level() < 0.001"))
    assert driver.execute_script("return document.querySelector('article').dataset.state") == "playing"
    click(driver, ".play")
    pressed = "return document.querySelectorAll('.tracks button[aria-pressed=true]').length"
    assert driver.execute_script(pressed) == 4  # they stay as they are


def test_one_track_needs_no_buttons(show: Show) -> None:
    driver = show(short([60, 62]))
    assert driver.find_elements("css selector", ".tracks") == []


def test_drums_are_bursts_of_noise_and_not_tones_of_their_pitches(show: Show) -> None:
    pitches = [35, 36, 37, 38, 39, 42, 46, 47, 49, 51, 56, 60, 70, 76, 81, 100]
    onset = np.arange(len(pitches)) * 120
    kit = Track(Notes.of(onset, [1920] * len(pitches), pitches, [100] * len(pitches)), "Kit", 0, 9)
    driver = show(file_of(Piece(480, (kit,), (Tempo(0, 250_000),), end=1920)))
    click(driver, ".play")
    until(lambda: driver.execute_script("return window.noises") == len(pitches))
    tones = [440 * 2 ** ((pitch - 69) / 12) for pitch in pitches]
    for _, hertz in driver.execute_script("return window.played"):
        assert min(abs(hertz - tone) for tone in tones) > 0.5
    # the hits have faded although their notes are a bar long
    until(lambda: driver.execute_script("return document.querySelector('article').dataset.state") == "stopped")
    until(lambda: driver.execute_script("return window.level() < 0.001"))


def test_families_of_instruments_sound_different(show: Show) -> None:
    tracks = tuple(held(60, program, channel) for channel, program in enumerate(range(0, 128, 8)) if channel != 9)
    driver = show(file_of(Piece(480, tracks, end=8 * 1920)))
    click(driver, ".play")
    until(lambda: len(driver.execute_script("return window.played")) == 15)
    assert driver.execute_script("return window.types") == ["triangle"] + ["custom"] * 14
    waves = driver.execute_script("return window.waves")
    assert len({tuple(wave) for wave in waves}) == 14
    click(driver, ".play")


def test_drums_have_rows_of_their_own_with_their_names(show: Show) -> None:
    kit = Track(Notes.of([0, 480, 960], [60] * 3, [36, 38, 42], [100, 40, 100]), "Kit", 0, 9)
    driver = show(file_of(Piece(480, (held(60), kit), end=8 * 1920)))
    rows = driver.execute_script(
        """const middle = e => { const box = e.getBoundingClientRect(); return (box.top + box.bottom) / 2; };
        return [[...document.querySelectorAll("text.drum")].map(e => [e.textContent, middle(e)]),
                [...document.querySelectorAll("path.hits")].map(middle),
                middle(document.querySelector("g.notes path"))]"""
    )
    names, hits, pitched = rows
    assert [name for name, _ in names] == ["Bass drum", "Snare", "Closed hi-hat"]
    assert [y for _, y in names] == pytest.approx(hits, abs=2.5)
    assert pitched < min(hits)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sixteen_parts_have_sixteen_colours(show: Show, scheme: str) -> None:
    tracks = tuple(held(40 + 2 * n, 8 * n, n, f"part {n}") for n in range(16))
    driver = show(file_of(Piece(480, tracks, end=8 * 1920)))
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    drawn, shown = driver.execute_script(
        """const style = (query, name) => [...document.querySelectorAll(query)].map(e => getComputedStyle(e)[name]);
        return [style("g.notes", "stroke"), style(".swatch", "backgroundColor")]"""
    )
    assert drawn == shown
    assert len(set(drawn)) == 16


def test_real_pieces_of_many_parts_are_drawn_and_heard(show: Show, shared: Path) -> None:
    paths = sorted((shared / "multi").rglob("*.mid"))[:2] + sorted((shared / "quartets").rglob("*.mid"))[:1]
    files = [read_file(path) for path in paths]
    driver = show(*files)
    for number, (rows, file) in enumerate(zip(driver.execute_script(NOTES), files, strict=True), start=1):
        assert len(rows) == file.piece.num_notes
        click(driver, f"article:nth-of-type({number}) .play")
        until(lambda: driver.execute_script("return window.level() > 0.01"))
