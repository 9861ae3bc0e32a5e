"""A given MIDI file comes back tick for tick: continued, filled and varied, whatever it holds besides the melody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import mido
import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.given import read_given
from melodyrnn.generation.plan import notices_of
from melodyrnn.generation.request import Request
from melodyrnn.midi.raw import RawFile, parse
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Piece

Note = tuple[int, int, int, int]  # onset, duration, pitch, velocity
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
FOUR, TWO, THREE = ((mido.MetaMessage("time_signature", numerator=n, denominator=4)) for n in (4, 2, 3))


def tune(bars: int, beats: int = 4, start: int = 0, velocity: int = 90) -> list[Note]:
    """Return quarter notes at 480 ticks a quarter."""
    return [(start + 480 * k, 480, SCALE[(3 * k + k // beats) % 8], velocity) for k in range(bars * beats)]


def track_of(
    notes: Sequence[Note],
    channel: Callable[[int], int] = lambda number: 0,
    others: Sequence[tuple[int, mido.Message | mido.MetaMessage]] = (),
    end: int | None = None,
    name: str = "",
) -> mido.MidiTrack:
    events: list[tuple[int, int, mido.Message | mido.MetaMessage]] = [(tick, 0, message) for tick, message in others]
    for number, (onset, duration, pitch, velocity) in enumerate(notes):
        on = {"note": pitch, "channel": channel(number)}
        events.append((onset, 2, mido.Message("note_on", velocity=velocity, **on)))
        events.append((onset + duration, 1, mido.Message("note_off", velocity=33, **on)))
    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)] if name else []), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, (end or now) - now)))
    return track


def write(path: Path, *tracks: mido.MidiTrack, kind: int = 1, ticks_per_quarter: int = 480) -> str:
    file = mido.MidiFile(ticks_per_beat=ticks_per_quarter, type=kind)
    file.tracks.extend(tracks)
    file.save(path)
    return str(path)


def events(raw: RawFile) -> Counter[tuple[int, int, bytes]]:
    """Return how often each event stands in each track, as (number of the track, tick, bytes)."""
    return Counter((n, *event) for n, track in enumerate(raw.tracks) for event in track.events)


def changed(path: str, piece: Piece) -> tuple[Counter[tuple[int, int, bytes]], Counter[tuple[int, int, bytes]]]:
    """Return the events of a file that the piece lacks, and those that it has more, the recipe left out."""
    old, new = parse(Path(path).read_bytes(), path), parse(midi_bytes(piece), "a piece")
    recipe = new.tracks[0].events[0]
    assert recipe.is_meta(1)
    assert b"melodyrnn generate" in recipe.data
    before, after = events(old), events(new)
    after[0, *recipe] -= 1
    return before - after, after - before


def onsets(found: Counter[tuple[int, int, bytes]]) -> list[int]:
    """Return the ticks of the note-ons among some events."""
    return sorted(tick for _, tick, data in found if data[0] & 0xF0 == 0x90 and data[2])


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


@pytest.fixture
def song(tmp_path: Path) -> str:
    """A song with all that a file of a DAW holds: two tempos, drums, chords, pedal, bends, lyrics, programs."""
    conductor = track_of(
        [],
        others=[
            (0, FOUR),
            (0, mido.MetaMessage("set_tempo", tempo=400_000)),
            (0, mido.MetaMessage("key_signature", key="G")),
            (3840, mido.MetaMessage("set_tempo", tempo=450_000)),
            (1920, mido.MetaMessage("marker", text="verse")),
        ],
    )
    lead = track_of(
        [(o + (7 * k) % 31, 400, p, 60 + k) for k, (o, _, p, _) in enumerate(tune(4))],
        lambda number: 3,
        [
            (0, mido.Message("program_change", program=73, channel=3)),
            (960, mido.Message("pitchwheel", pitch=300, channel=3)),
            (480, mido.MetaMessage("lyrics", text="la")),
        ],
        name="Vocals",
    )
    chords = track_of(
        [(1920 * bar, 1900, 48 + p, 70) for bar in range(4) for p in (0, 4, 7)],
        lambda number: 1,
        [(10, mido.Message("control_change", control=64, value=127, channel=1))],
        name="Pad",
    )
    drums = track_of([(480 * k, 60, 36 + 2 * (k % 2), 100) for k in range(16)], lambda number: 9, end=4 * 1920)
    return write(tmp_path / "song.mid", conductor, lead, chords, drums)


class TestKept:
    def test_a_variation_of_nothing_is_the_file(self, model: Generator, song: str) -> None:
        (piece,) = model.generate(Request(primer=song, vary=0.0, seed=1))
        assert changed(song, piece) == (Counter(), Counter())

    def test_a_continuation_adds_notes_after_the_end(self, model: Generator, song: str) -> None:
        for piece in model.generate(Request(primer=song, bars=2, num=2, seed=1)):
            gone, new = changed(song, piece)
            assert not gone
            assert piece.end == 6 * 1920
            assert 4 * 1920 <= onsets(new)[0] < 5 * 1920
            assert {(track, data[0] & 0x0F) for track, _, data in new} == {(1, 3)}  # the track and channel of the part

    def test_filled_bars_change_nothing_outside(self, model: Generator, song: str) -> None:
        (piece,) = model.generate(Request(primer=song, infill=(2, 3), seed=1))
        gone, new = changed(song, piece)
        assert {(track, data[0] & 0x0F) for track, _, data in gone + new} == {(1, 3)}
        assert len(onsets(gone)) == 8
        assert len(onsets(new)) > 0
        assert all(1920 <= tick < 3 * 1920 for tick in onsets(gone) + onsets(new))
        assert max(tick for _, tick, _ in new) <= 3 * 1920

    def test_a_variation_changes_pitches_alone(self, model: Generator, song: str) -> None:
        (piece,) = model.generate(Request(primer=song, vary=1.0, seed=1))
        gone, new = changed(song, piece)
        assert onsets(gone)
        assert onsets(gone) == onsets(new)
        assert sorted(tick for _, tick, _ in gone) == sorted(tick for _, tick, _ in new)

    def test_another_part_can_be_continued(self, model: Generator, song: str) -> None:
        for part in ("pad", "1"):
            (piece,) = model.generate(Request(primer=song, bars=1, given_part=part, seed=1))
            assert {track for track, _, _ in changed(song, piece)[1]} == {2}

    def test_new_notes_go_on_at_the_dynamics_of_the_part(self, model: Generator, tmp_path: Path) -> None:
        for velocity in (40, 110):
            path = write(tmp_path / f"{velocity}.mid", track_of(tune(4, velocity=velocity)))
            (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
            new = [data[2] for _, _, data in changed(path, piece)[1] if data[0] == 0x90]
            assert abs(np.mean(new) - velocity) < 12

    def test_a_file_of_type_0_stays_one(self, model: Generator, tmp_path: Path) -> None:
        path = write(tmp_path / "0.mid", track_of(tune(2)), kind=0)
        (piece,) = model.generate(Request(primer=path, bars=1, seed=1))
        assert mido.MidiFile(file=__import__("io").BytesIO(midi_bytes(piece))).type == 0

    def test_wishes_for_the_whole_file_replace_what_it_says(self, model: Generator, song: str) -> None:
        request = Request(primer=song, bars=1, seed=1, tempo=90, program=40, key="A minor", meter=Meter(2, 4))
        (piece,) = model.generate(request)
        assert [t.microseconds_per_quarter for t in piece.tempos] == [666_667]
        assert [m.meter for m in piece.meters] == [Meter(2, 4)]
        assert str(piece.keys[-1].key) == "A minor"
        assert piece.end == 8 * 960 + 960
        assert [track.program for track in piece.tracks if track.name == "Vocals"] == [40]

    def test_a_piece_that_is_changed_is_written_as_changed(self, model: Generator, song: str) -> None:
        (piece,) = model.generate(Request(primer=song, bars=1, seed=1))
        from dataclasses import replace

        assert piece.data == midi_bytes(piece)
        assert midi_bytes(replace(piece, tracks=piece.tracks[:1])) != piece.data

    @pytest.mark.parametrize("ticks_per_quarter", [4, 7, 96, 100, 1024])
    def test_any_resolution_is_kept_or_made_finer(
        self, model: Generator, tmp_path: Path, ticks_per_quarter: int
    ) -> None:
        notes = [(o * ticks_per_quarter // 480, ticks_per_quarter, p, v) for o, _, p, v in tune(2)]
        path = write(tmp_path / "p.mid", track_of(notes), ticks_per_quarter=ticks_per_quarter)
        (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
        factor = piece.ticks_per_quarter // ticks_per_quarter
        assert factor == (12 if ticks_per_quarter < 12 else 1)
        assert piece.end == 16 * piece.ticks_per_quarter
        own = piece.tracks[0].notes
        assert [o * factor for o, *_ in notes] == own.onset[: len(notes)].tolist()
        assert (np.diff(own.onset) > 0).all()

    def test_a_damaged_file_keeps_what_can_be_read(self, model: Generator, song: str, tmp_path: Path) -> None:
        path = tmp_path / "cut.mid"
        path.write_bytes(Path(song).read_bytes()[:-30])
        plan = model.plan(Request(primer=str(path), bars=1))
        assert "is damaged; what can be read is kept" in notices_of(plan)[0]
        assert model.generate(Request(primer=str(path), bars=1, seed=1))[0].num_notes > 30


CUTS = {
    "chord tones": [*tune(4), (0, 480, 48, 90), (960, 480, 55, 90)],
    "64ths": [*[(30 * k, 30, SCALE[k % 8], 90) for k in range(16)], *tune(4)[1:]],
    "quintuplets": [*[(96 * k, 96, 60 + k, 90) for k in range(5)], *tune(4)[1:]],
    "played timing": [(max(0, o + (7 * k) % 31 - 15), 420, p, v) for k, (o, _, p, v) in enumerate(tune(4))],
    "loudest off the beat": [(o, d, p, 120 if o % 1920 == 1440 else 80) for o, d, p, _ in tune(4)],
    "overlaps": [(o, 700, p, v) for o, _, p, v in tune(4)],
    "one pitch held and struck again": [*tune(4), (100, 1000, 40, 70), (600, 1000, 40, 70)],
    "far off the bar line": tune(4, start=123),
}


@pytest.mark.parametrize("name", CUTS)
def test_notes_outside_the_filled_bar_are_kept(model: Generator, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "given.mid", track_of(CUTS[name]))
    (piece,) = model.generate(Request(primer=path, infill=(3, 3), seed=1))
    gone, new = changed(path, piece)
    assert onsets(new)
    assert all(3840 <= tick < 5760 for tick in onsets(gone) + onsets(new))


def test_a_note_played_a_little_early_belongs_to_the_bar_that_follows(model: Generator, tmp_path: Path) -> None:
    """It is kept where it opens the bar after, and it does not count as one of the bar where it begins."""
    path = write(tmp_path / "given.mid", track_of([(max(0, o - 6), 470, p, v) for o, _, p, v in tune(4)]))
    for seed in range(3):
        (piece,) = model.generate(Request(primer=path, infill=(3, 3), seed=seed))
        gone, new = changed(path, piece)
        assert onsets(gone) == [4314, 4794, 5274]
        ends = sorted(tick for _, tick, data in new if data[0] == 0x80)
        assert onsets(new)[0] >= 3834 + 470
        assert ends[-1] <= 5754


def test_legato_notes_overlap_as_before(model: Generator, tmp_path: Path) -> None:
    path = write(tmp_path / "given.mid", track_of([(o, 700, p, v) for o, _, p, v in tune(4)]))
    starts = {
        onsets(changed(path, model.generate(Request(primer=path, infill=(3, 3), seed=s))[0])[1])[0] for s in range(4)
    }
    assert 3840 in starts


def test_an_end_far_from_the_music_is_left_behind(model: Generator, tmp_path: Path) -> None:
    path = write(tmp_path / "given.mid", track_of(tune(1), end=90 * 1920))
    assert model.generate(Request(primer=path, bars=4, seed=1))[0].end == 5 * 1920


@pytest.mark.parametrize("channel", [lambda number: number % 6, lambda number: 1 + number % 15], ids=["strings", "mpe"])
def test_a_line_on_many_channels_is_filled_and_varied(
    model: Generator, tmp_path: Path, channel: Callable[[int], int]
) -> None:
    path = write(tmp_path / "given.mid", track_of(tune(8), channel, name="Guitar"))
    (piece,) = model.generate(Request(primer=path, infill=(3, 4), seed=1))
    gone, new = changed(path, piece)
    assert onsets(gone) == [3840 + 480 * k for k in range(8)]
    assert {tick for tick in onsets(new) if not 3840 <= tick < 7680} == set()
    (same,) = model.generate(Request(primer=path, vary=0.0, seed=1))
    assert changed(path, same) == (Counter(), Counter())


class TestBars:
    @pytest.mark.parametrize(
        ("notes", "end", "bars", "first_new"),
        [
            (tune(3), 7680, 8, 7680),  # a bar of rest at the end
            (tune(4, start=1920), None, 9, 9600),  # a bar of rest at the start
            ([*tune(4)[:-1], (7200, 540, 60, 90)], None, 8, 7740),  # a note over the bar line
            (tune(3)[:-1], None, 7, 5280),  # the last beat is free
            (tune(1), 90 * 1920, 5, 1920),  # an end of track far from the music is damage
        ],
    )
    def test_the_length_of_a_file_is_its_end_of_track(
        self, model: Generator, tmp_path: Path, notes: list[Note], end: int | None, bars: int, first_new: int
    ) -> None:
        path = write(tmp_path / "given.mid", track_of(notes, end=end))
        (piece,) = model.generate(Request(primer=path, bars=4, seed=1))
        gone, new = changed(path, piece)
        assert not gone
        assert first_new <= onsets(new)[0]
        if end is None or end < 10_000:
            assert piece.end == bars * 1920

    def test_bars_are_numbered_from_the_first_tick(self, model: Generator, tmp_path: Path) -> None:
        path = write(tmp_path / "given.mid", track_of(tune(4, start=1920)))
        for bar in (1, 3, 5):
            (piece,) = model.generate(Request(primer=path, infill=(bar, bar), seed=1))
            gone, new = changed(path, piece)
            assert all((bar - 1) * 1920 <= tick < bar * 1920 for tick in onsets(gone) + onsets(new))
            assert onsets(new)

    def test_a_rest_at_the_end_can_be_filled(self, model: Generator, tmp_path: Path) -> None:
        path = write(tmp_path / "given.mid", track_of(tune(3), end=7680))
        (piece,) = model.generate(Request(primer=path, infill=(4, 4), seed=1))
        gone, new = changed(path, piece)
        assert not gone
        assert 5760 <= onsets(new)[0] < 7680
        assert piece.end == 7680

    def test_the_music_goes_on_in_the_last_meter(self, model: Generator, tmp_path: Path) -> None:
        conductor = track_of([], others=[(0, FOUR), (7680, THREE)])
        path = write(tmp_path / "given.mid", conductor, track_of([*tune(4), *tune(2, 3, 7680)]))
        (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
        gone, new = changed(path, piece)
        assert not gone
        assert onsets(new)[0] >= 7680 + 2 * 1440
        assert piece.end == 7680 + 4 * 1440
        assert "reads bars 5-6, in 3/4" in notices_of(model.plan(Request(primer=path)))[0]

    def test_one_bar_of_another_meter_loses_no_note(self, model: Generator, tmp_path: Path) -> None:
        conductor = track_of([], others=[(0, FOUR), (3840, TWO), (4800, FOUR)])
        path = write(tmp_path / "given.mid", conductor, track_of([*tune(2), *tune(1, 2, 3840), *tune(4, start=4800)]))
        (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
        assert not changed(path, piece)[0]
        assert "reads bars 3-7, in 4/4" in notices_of(model.plan(Request(primer=path)))[0]
        (filled,) = model.generate(Request(primer=path, infill=(3, 3), seed=1))
        assert all(3840 <= tick < 4800 for tick in onsets(changed(path, filled)[1]))
        with pytest.raises(SettingError, match=r"infill must name bars of one meter\. Received: 2-4"):
            model.generate(Request(primer=path, infill=(2, 4), seed=1))

    def test_beats_of_a_beat_tracker_are_counted_in_fours(self, model: Generator, tmp_path: Path) -> None:
        one = mido.MetaMessage("time_signature", numerator=1, denominator=4)
        path = write(tmp_path / "given.mid", track_of(tune(4), others=[(0, one)]))
        (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
        assert piece.end == 6 * 1920


class TestPrimerBars:
    """A range of bars of a file is a primer with all its tracks, and with what held where the range begins."""

    def test_the_range_is_kept_and_goes_on(self, model: Generator, song: str) -> None:
        (piece,) = model.generate(Request(primer=song, primer_bars=(3, 4), bars=2, seed=1))
        lead = next(track for track in piece.tracks if track.name == "Vocals")
        original = read_given(song).track.notes
        own = original[original.onset >= 3840]
        assert lead.notes.onset[:8].tolist() == (own.onset - 3840).tolist()
        assert lead.notes.pitch[:8].tolist() == own.pitch.tolist()
        assert lead.program == 73
        assert [t.microseconds_per_quarter for t in piece.tempos] == [450_000]
        assert piece.end == 4 * 1920
        assert sum(track.is_drums for track in piece.tracks) == 1
        assert "--primer-bars 3-4" in piece.texts[0]

    def test_a_change_of_meter_within_the_range_is_kept(self, model: Generator, tmp_path: Path) -> None:
        conductor = track_of([], others=[(0, FOUR), (3840, THREE)])
        path = write(tmp_path / "given.mid", conductor, track_of([*tune(2), *tune(4, 3, 3840)]))
        (piece,) = model.generate(Request(primer=path, primer_bars=(2, 3), bars=1, seed=1))
        assert [(m.tick, m.meter) for m in piece.meters] == [(0, Meter(4, 4)), (1920, Meter(3, 4))]
        assert piece.end == 1920 + 2 * 1440

    def test_typed_notes_have_bars_too(self, model: Generator) -> None:
        request = Request(primer="C4:4 D4:4 E4:6 G4:2", primer_bars=(2, 3), bars=1, seed=1)
        notes = model.generate(request)[0].tracks[0].notes
        assert notes.pitch[:2].tolist() == [62, 64]
        assert notes.onset[:2].tolist() == [0, 1920]
        assert notes.duration[1] == 1920

    @pytest.mark.parametrize(
        ("bars", "message"), [((3, 9), r"must name bars of the primer, 1-4"), ((1, 1), "must hold a note")]
    )
    def test_bars_without_music_are_refused(
        self, model: Generator, tmp_path: Path, bars: tuple[int, int], message: str
    ) -> None:
        path = write(tmp_path / "given.mid", track_of(tune(3, start=1920)))
        for primer in (path, "r:4 C4:4 D4:4 E4:4"):
            with pytest.raises(SettingError, match=f"primer_bars {message}"):
                model.generate(Request(primer=primer, primer_bars=bars, seed=1))


class TestWaiting:
    """A rest may be longer than any shift that the network has seen."""

    def test_bars_far_after_the_note_before_are_filled(self, model: Generator, tmp_path: Path) -> None:
        path = write(tmp_path / "given.mid", track_of([*tune(2), *tune(2, start=7 * 1920)]))
        for first in (4, 6, 7):
            (piece,) = model.generate(Request(primer=path, infill=(first, 7), seed=1))
            new = onsets(changed(path, piece)[1])
            assert new
            assert (first - 1) * 1920 <= new[0]
            assert new[-1] < 7 * 1920

    @pytest.mark.parametrize("primer", ["C4 E4 G4 E4 C4:12", "C4:12", "C4:40", "r:40 C4:60"])
    def test_a_long_last_note_is_followed_by_new_ones(self, model: Generator, primer: str) -> None:
        (piece,) = model.generate(Request(primer=primer, bars=4, seed=1))
        (alone,) = model.generate(Request(primer=primer, bars=4, seed=1, include_primer=False))
        assert (piece.tracks[0].notes.onset >= piece.end - 4 * 1920).sum() > 2
        assert alone.num_notes > 2
        assert alone.end == 4 * 1920

    def test_typed_rests_are_kept(self, model: Generator) -> None:
        (piece,) = model.generate(Request(primer="r:4 C4:4 D4:4 E4:4 r:4", bars=4, seed=1))
        notes = piece.tracks[0].notes
        assert notes.onset[:4].tolist()[:3] == [1920, 3840, 5760]
        assert notes.onset[3] >= 5 * 1920
        assert piece.end == 9 * 1920


class TestRefused:
    def _refused(self, model: Generator, message: str, **wishes: object) -> None:
        with pytest.raises(SettingError, match=message):
            model.generate(Request(seed=1, **wishes))  # type: ignore[arg-type]

    def test_a_note_held_through_the_bars(self, model: Generator, tmp_path: Path) -> None:
        held = [*[note for note in tune(4) if note[0] < 3360], (3360, 2400, 69, 90)]
        path = write(tmp_path / "given.mid", track_of(held))
        self._refused(model, "infill must name bars with room for new notes", primer=path, infill=(3, 3))

    def test_a_last_note_without_an_end(self, model: Generator, tmp_path: Path) -> None:
        path = write(tmp_path / "given.mid", track_of([*tune(4)[:-1], (7200, 300 * 1920, 60, 90)]))
        self._refused(model, "must end within 32 bars.*held for 300 bars", primer=path, bars=2)

    def test_wishes_that_no_note_meets_from_the_primer_on(self, model: Generator) -> None:
        wishes = {"primer": "C2 C2 C2 C2", "range": (72, 84), "max_interval": 3}
        self._refused(model, "must let the melody reach a note to end on.*a primer that ends on C2", **wishes)
        self._refused(model, "must let the melody reach a note to end on", **wishes, end="any")

    def test_a_part_that_is_not_there(self, model: Generator, song: str) -> None:
        message = r"given_part must name a track.*track 0 \(Vocals\).*Received: 'flute'"
        self._refused(model, message, primer=song, given_part="flute")
        self._refused(model, "given_part names a track of a MIDI file", primer="C4 E4", given_part="flute")
        self._refused(model, "given_part needs a primer to work on", given_part="flute")

    @pytest.mark.parametrize("notes", [[], [(0, 60, 36, 100)]])
    def test_a_file_without_a_melody(self, model: Generator, tmp_path: Path, notes: list[Note]) -> None:
        path = write(tmp_path / "given.mid", track_of(notes, lambda number: 9))
        self._refused(model, "a primer must hold a melody", primer=path)

    def test_bars_that_are_not_there(self, model: Generator, song: str) -> None:
        self._refused(model, r"infill must name bars of the primer, 1-4.*Received: 4-5", primer=song, infill=(4, 5))


class TestNotices:
    def test_the_chosen_part_is_named_with_the_others(self, song: str) -> None:
        notice = read_given(song).notices[0]
        assert (
            notice == "track 0 (Vocals) is read as the melody of the primer; --given-part takes another: track 1 (Pad)"
        )
        assert "--given-part" not in "".join(read_given(song, part="vocals").notices)

    def test_chords_are_thinned_and_said(self, model: Generator, tmp_path: Path) -> None:
        chords = [(1920 * bar, 1900, 48 + p, 70) for bar in range(4) for p in (0, 4, 7)]
        path = write(tmp_path / "given.mid", track_of(chords))
        assert read_given(path).notices == ("track 0 has chords: the model reads its highest notes, all are kept",)
        (piece,) = model.generate(Request(primer=path, bars=2, seed=1))
        assert not changed(path, piece)[0]

    def test_free_timing_is_said(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "given.mid", track_of([(o + 97 * k % 240, 200, p, v) for k, (o, _, p, v) in enumerate(tune(4))])
        )
        assert "is played off the grid" in read_given(path).notices[0]

    def test_a_single_line_needs_none(self, tmp_path: Path) -> None:
        assert read_given(write(tmp_path / "given.mid", track_of(tune(2)))).notices == ()
