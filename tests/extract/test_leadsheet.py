"""Lead sheets: the melody of the extractor "melody", with the chords of the file or those found in its notes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ensemble import LOW, QUARTER, TUNE, chords, piece, track
from hypothesis import given
from strategies import melodies

from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.store import open_corpus
from melodyrnn.extract.chords import find_chords
from melodyrnn.extract.extractor import Extracted, ExtractionSettings, PartRole, Refusal
from melodyrnn.extract.leadsheet import LeadSheetExtractor
from melodyrnn.extract.melody import MelodyExtractor
from melodyrnn.extract.registry import EXTRACTORS, has_parts
from melodyrnn.midi.write import write_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker, Notes, Piece, TimeSignature
from melodyrnn.score.chords import CHORDS, chord_score
from melodyrnn.score.convert import to_piece
from melodyrnn.score.progression import progression_of, score_of_progression
from melodyrnn.score.score import Score, in_parts

BAR = 4 * QUARTER
SYMBOLS = ("C", "Am", "F", "G7", "C", "Am", "Dm G7", "C")
MARKERS = tuple(
    Marker(n * BAR + place * BAR // len(bar.split()), text)
    for n, bar in enumerate(SYMBOLS)
    for place, text in enumerate(bar.split())
)
SHEET = piece(track("lead", TUNE), markers=MARKERS)


def extract(one: Piece, **settings: object) -> list[Extracted]:
    return list(LeadSheetExtractor().extract(one, ExtractionSettings(**settings)))  # type: ignore[arg-type]


def scores(found: list[Extracted]) -> list[Score]:
    return [one.result for one in found if isinstance(one.result, Score)]


def lines(found: list[Extracted]) -> list[tuple[str | None, PartRole | Refusal]]:
    return [(one.voice, one.result) for one in found if not isinstance(one.result, Score)]


def test_it_is_registered_as_one_of_several_parts() -> None:
    assert isinstance(EXTRACTORS["leadsheet"], LeadSheetExtractor)
    assert has_parts(EXTRACTORS["leadsheet"])


class TestSymbolsOfTheFile:
    def test_a_melody_with_its_chords(self) -> None:
        found = extract(SHEET)
        (score,) = scores(found)
        assert score.parts[0] == CHORDS
        assert (score.parts[1].name, score.parts[1].role) == ("lead", "melody")
        assert progression_of(score) == " | ".join(SYMBOLS)
        assert score.only(1).pitch.tolist() == TUNE
        assert found[0].details["chords"] == "written in the file"
        assert lines(found) == [("track 0 (lead)", PartRole("melody", "its rank among the melodies"))]

    @given(melodies())
    def test_the_melody_is_that_of_the_extractor_of_melodies(self, melody: Score) -> None:
        bars = melody.num_bars
        onset = np.arange(bars) * melody.bar
        code = score_of_progression("C | F | G", Meter(4, 4)).pitch[np.arange(bars) % 3]
        symbols = chord_score(onset, code, bars * melody.bar, melody.meter, melody.key)
        one = to_piece(in_parts(symbols, melody))
        settings = ExtractionSettings(bar_lines="file", max_bars=1000)
        (sheet,) = scores(list(LeadSheetExtractor().extract(one, settings)))[:1]
        (line, *_) = scores(list(MelodyExtractor().extract(one, settings)))
        own = sheet.only(1)
        shared = len(line)  # a rest of a bar more than the longest is no cut here
        assert (own.onset[:shared] - line.onset).tolist() == [0] * shared
        assert own.pitch[:shared].tolist() == line.pitch.tolist()

    def test_the_chords_tell_the_key_too(self) -> None:
        lead = track("lead", [62, 64, 69, 64] * 8)  # of D and of A, of major and minor
        for text, key in (("Dm A7 Dm Gm", "D minor"), ("D A7 D G", "D major"), ("A E7 A D", "A major")):
            symbols = tuple(Marker(n * BAR, symbol) for n, symbol in enumerate(text.split() * 2))
            (score,) = scores(extract(piece(lead, markers=symbols)))
            assert str(score.key) == key

    def test_chords_before_and_after_the_melody_are_left_out(self) -> None:
        markers = tuple(Marker(n * BAR, text) for n, text in enumerate(["C", "D", "E", "F", "G", "A", "C", "D"]))
        (score,) = scores(extract(piece(track("lead", TUNE[:16], first=10), markers=markers)))
        assert progression_of(score) == "E | F | G | A | C"
        assert score.onset[score.part == 1][0] == 24

    def test_a_chord_that_began_before_the_melody_is_struck_at_its_first_bar(self) -> None:
        markers = (Marker(0, "C"), Marker(4 * BAR, "G"))
        (score,) = scores(extract(piece(track("lead", TUNE, first=12), markers=markers)))
        assert progression_of(score) == "C | G | % | % | % | % | % | %"

    def test_markers_a_little_off_the_beat_are_put_on_it(self) -> None:
        late = tuple(replace(marker, tick=marker.tick + 1) for marker in MARKERS)
        assert scores(extract(replace(SHEET, markers=late))) == scores(extract(SHEET))

    def test_a_long_rest_cuts_both_parts(self) -> None:
        lead = track("lead", TUNE)
        again = track("lead", TUNE, first=64)
        one = piece(
            replace(
                lead,
                notes=type(lead.notes).of(
                    *(
                        np.append(getattr(lead.notes, n), getattr(again.notes, n))
                        for n in ("onset", "duration", "pitch", "velocity")
                    )
                ),
            ),
            markers=tuple(Marker(n * BAR, text) for n, text in enumerate(["C", "G"] * 12)),
        )
        first, second = scores(extract(one))
        assert (first.name, second.name) == (" (1)", " (2)")
        assert progression_of(first) == progression_of(second) == " | ".join(["C", "G"] * 4)

    def test_a_change_of_meter_cuts_both_parts(self) -> None:
        one = replace(
            SHEET,
            meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(4 * BAR, Meter(2, 4))),
            markers=(Marker(0, "C"), Marker(3 * BAR, "G"), Marker(6 * BAR, "F")),
        )
        assert [progression_of(score) for score in scores(extract(one))] == [
            "C | % | % | G",
            "G | % | % | % | F | % | % | %",
        ]

    def test_a_long_sheet_is_cut_with_its_chords(self) -> None:
        first, second = scores(extract(SHEET, max_bars=4))
        assert [progression_of(score) for score in (first, second)] == ["C | Am | F | G7", "C | Am | Dm G7 | C"]
        assert first.only(1).pitch.tolist() + second.only(1).pitch.tolist() == TUNE

    def test_a_chord_of_millions_of_bars_is_no_harm(self) -> None:
        late = replace(track("far", [36]), notes=Notes.of([1 << 40], [480], [36], [80]))
        found = extract(replace(SHEET, tracks=(*SHEET.tracks, late), end=1 << 41))
        assert progression_of(scores(found)[0]) == " | ".join(SYMBOLS)

    def test_chord_tones_of_a_doubled_melody_are_left_out(self) -> None:
        lead = track("melody", TUNE)
        thirds = type(lead.notes).of(lead.notes.onset, lead.notes.duration, lead.notes.pitch - 3, lead.notes.velocity)
        doubled = type(lead.notes).of(
            *(np.append(getattr(lead.notes, n), getattr(thirds, n)) for n in ("onset", "duration", "pitch", "velocity"))
        )
        (score,) = scores(extract(replace(SHEET, tracks=(replace(lead, notes=doubled),)), voices="skyline"))
        assert score.only(1).pitch.tolist() == TUNE

    def test_a_melody_without_chords_in_its_section_is_refused(self) -> None:
        markers = (Marker(20 * BAR, "C"), Marker(21 * BAR, "G"))
        found = extract(replace(SHEET, markers=markers))
        assert found[0].result == Refusal("no chord symbols")


class TestFoundChords:
    def test_the_chords_of_all_tracks(self) -> None:
        backing = [
            chords(f"pad {n}", tones, 1)
            for n, tones in enumerate([[48, 52, 55], [45, 48, 52], [41, 45, 48], [43, 47, 50]])
        ]
        moved = [
            replace(one, notes=replace(one.notes, onset=one.notes.onset + n * BAR)) for n, one in enumerate(backing)
        ]
        found = extract(piece(track("lead", [64, 67, 72, 67, 60, 64, 69, 64, 65, 69, 72, 69, 67, 71, 74, 71]), *moved))
        (score,) = scores(found)
        assert progression_of(score) == "C | Am | F | G"
        assert found[0].details["chords"] == "found in the notes"
        assert ("track 1 (pad 0)", PartRole("chords", "its notes")) in lines(found)

    def test_they_are_those_of_the_melody_where_there_is_nothing_else(self) -> None:
        (score,) = scores(extract(piece(track("lead", TUNE))))
        line = score.only(1)
        assert score == in_parts(find_chords(line), line)

    def test_drums_are_left_out(self) -> None:
        found = extract(piece(track("lead", TUNE), track("bass", LOW, program=33), track("kit", [36] * 32, channel=9)))
        assert lines(found)[-1] == ("track 2 (kit)", Refusal("drums"))

    @pytest.mark.parametrize(
        ("tracks", "refusal"),
        [
            ((), Refusal("no notes")),
            ((track("kit", [36] * 8, channel=9),), Refusal("drums only", "--parts all")),
        ],
    )
    def test_a_piece_without_a_melody_is_refused(self, tracks: tuple[object, ...], refusal: Refusal) -> None:
        assert [one.result for one in extract(piece(*tracks))] == [refusal]  # type: ignore[arg-type]


def test_every_melody_has_its_sheet() -> None:
    one = piece(track("lead", TUNE), track("second", [p - 12 for p in TUNE]), markers=MARKERS)
    found = scores(extract(one, voices="all"))
    assert [score.name for score in found] == [" (1)", " (2)"]
    assert [progression_of(score) for score in found] == [" | ".join(SYMBOLS)] * 2


def test_a_corpus_holds_them(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    write_piece(SHEET, folder / "sheet.mid")
    ingest([folder], tmp_path / "corpus", Filters(min_notes=1), 0, 0, extractor="leadsheet", workers=1)
    corpus = open_corpus(tmp_path / "corpus")
    (record,) = corpus.pieces
    score = corpus.score(record)
    assert progression_of(score) == " | ".join(SYMBOLS)
    assert score.only(1).pitch.tolist() == TUNE
