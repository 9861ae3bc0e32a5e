"""Scores and pieces: each becomes the other, is cut and transposed, is written and shows itself."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import melodyrnn
from melodyrnn import Key, Part, Piece, Score
from melodyrnn.errors import CorpusError, MelodyRNNError, OutputError, SettingError
from melodyrnn.music.piece import Notes, Track
from melodyrnn.shipped import data_folder


def scores(tunes: list[object]) -> list[Score]:
    return [Score.of(tune) for tune in tunes]  # type: ignore[arg-type]


@pytest.fixture
def melody(tunes: list[object]) -> Score:
    return scores(tunes)[0]


def test_every_tune_is_the_same_melody_after_it_was_a_piece() -> None:
    corpus = melodyrnn.ingest("samples", workers=1)
    assert len(corpus) == 76
    for melody in corpus:
        assert melody.to_piece().melodies() == [melody]


def test_a_written_melody_is_read_again(melody: Score, tmp_path: Path) -> None:
    melody.write(tmp_path / "new" / "a.mid")
    (again,) = melodyrnn.read_piece(tmp_path / "new" / "a.mid").melodies()
    assert again == replace(melody, key=again.key)  # whose notes are random, so the key is guessed
    with pytest.raises(OutputError, match="must not exist yet"):
        melody.write(tmp_path / "new" / "a.mid")
    melody.write(tmp_path / "new" / "a.mid", force=True)
    assert len(melody.to_pretty_midi().instruments[0].notes) == len(melody)


def test_the_program_of_a_melody_has_a_name_or_a_number(melody: Score) -> None:
    assert melody.to_piece("violin").tracks[0].program == melody.to_piece(40).tracks[0].program == 40
    assert melody.to_piece().tracks[0].program == 0
    with pytest.raises(SettingError, match=r"^program must be 0\.\.127\. Received: 128$"):
        melody.to_piece(128)


def piece_of(*tracks: Track) -> Piece:
    return Piece(480, tracks, end=9600)


def track(name: str, starts: int, chord: int = 1, channel: int = 0) -> Track:
    """Quarter notes, or chords of several, in sixteen beats from `starts` on."""
    onset = np.repeat(np.arange(16) * 480, chord)
    pitch = starts + (onset // 480) % 5 + np.tile(np.arange(chord) * 4, 16)
    return Track(Notes.of(onset, np.full(len(onset), 400), pitch, np.full(len(onset), 90)), name, 0, channel)


def test_a_piece_of_several_tracks_gives_what_was_asked_for() -> None:
    piece = piece_of(track("Lead", 72), track("Second", 60, channel=1), track("Pad", 48, chord=3, channel=2))
    assert [melody.name for melody in piece.melodies()] == ["Lead"]
    assert [melody.name for melody in piece.melodies(voices="all")] == ["Lead (1)", "Second (2)"]
    assert [melody.name for melody in piece.melodies(voices="track:second")] == ["Second"]
    assert all(isinstance(melody, Score) for melody in piece.melodies(voices="all"))


@pytest.mark.parametrize(
    ("piece", "words", "message"),
    [
        (piece_of(), {}, "a piece must have a melody. Received: no notes"),
        (piece_of(track("Kit", 36, channel=9)), {}, "a piece must have a melody. Received: drums only"),
        (
            piece_of(track("Pad", 48, chord=3)),
            {},
            "a piece must have a melody. Received: track 0 (Pad): no monophonic track (voices='skyline' would keep it)",
        ),
        (
            piece_of(track("Lead", 72)),
            {"min_notes": 17},
            "a piece must have a melody. Received: track 0 (Lead): too few notes (min_notes=16 would keep it)",
        ),
    ],
)
def test_a_piece_without_a_melody_says_why(piece: Piece, words: dict[str, int], message: str) -> None:
    with pytest.raises(CorpusError) as raised:
        piece.melodies(**words)  # type: ignore[arg-type]
    assert str(raised.value) == message


def test_the_argument_that_a_reason_names_keeps_the_melody() -> None:
    (melody,) = piece_of(track("Pad", 48, chord=3)).melodies(voices="skyline")
    assert melody.pitch.tolist() == [56 + n % 5 for n in range(16)]


@given(st.integers(-60, 47))
def test_a_transposed_score_goes_back(semitones: int) -> None:
    melody = Score.line([0, 12, 24], [12, 12, 6], [60, 64, 80], [90] * 3, (4, 4), Key.parse("D minor"))
    moved = melody.transposed(semitones)
    assert moved.pitch.tolist() == [60 + semitones, 64 + semitones, 80 + semitones]
    assert moved.key.tonic == (2 + semitones) % 12
    assert moved.transposed(-semitones) == melody
    assert type(moved) is Score


def test_drums_are_not_transposed_and_pitches_stay_in_midi() -> None:
    line = Score.line([0, 12], [12, 12], [60, 36], [90] * 2, (4, 4), Key.parse("C"))
    both = replace(line, part=np.array([0, 1]), parts=(Part("a"), Part("kit", "drums")))
    assert both.transposed(3).pitch.tolist() == [63, 36]
    with pytest.raises(SettingError, match=r"^pitches must be in 0\.\.127\. Received: 106 to 130$"):
        line.transposed(70)


def test_bars_of_a_score_begin_at_step_0_and_end_on_their_last_line(melody: Score) -> None:
    assert (melody.num_bars, melody.bar) == (2, 48)
    first, second = melody.only_bars(1), melody.only_bars("2")
    assert len(first) + len(second) == len(melody)
    assert second.onset[0] == 0
    assert (second.pitch == melody.pitch[len(first) :]).all()
    assert melody.only_bars("1-2") == melody.only_bars((1, 2)) == melody
    long = Score.line([0, 36], [12, 48], [60, 62], [90] * 2, (4, 4), Key.parse("C"))
    assert long.only_bars(1).duration.tolist() == [12, 12]
    assert len(long.only_bars(2)) == 0  # the note that sounds there began before
    assert melody.only_bars("2-30") == second
    for bars, received in (("3-4", "3-4"), ((2, 1), "2-1"), (0, "0-0")):
        message = f"^bars must begin within 1-2, and not backwards\\. Received: {received}$"
        with pytest.raises(SettingError, match=message):
            melody.only_bars(bars)


def test_parts_and_copies_of_a_score_are_scores_of_the_same_kind(melody: Score) -> None:
    for same in (
        pickle.loads(pickle.dumps(melody)),
        copy.deepcopy(melody),
        melody[:],
        melody.shifted(0),
        Score.of(melody),
    ):
        assert type(same) is Score
        assert same == melody
    assert melody.only(0).num_bars == melody.num_bars


def test_what_shows_itself(melody: Score) -> None:
    assert melody._repr_html_() == melody.to_piece()._repr_html_()
    assert melody._repr_html_().count("<path d=") >= len(melody)
    page = melodyrnn.preview([melody, melody.to_piece()])
    assert page.count("<article") == 2
    assert melodyrnn.preview(melody).count("<article") == 1
    shown = page._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;!DOCTYPE html')
    assert shown.count('"') == 4


def test_a_repr_is_a_short_line(melody: Score, model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    piece = melody.to_piece()
    evaluation = model.evaluate(corpus, baselines=True)
    comparison = melodyrnn.compare(corpus[:5], corpus[5:])
    read = melodyrnn.read_piece(next(data_folder("samples").rglob("*.mid")))
    shown = [
        *(melody, melody[:0], piece, piece_of(), piece.tracks, piece.tracks[0].notes, track("a", 60)),
        *(model, corpus, corpus.stored, evaluation, comparison, comparison.rows[0], melodyrnn.preview(piece), read),
        *(model.generator, model.generator.metadata, corpus.vocabulary, melodyrnn.Filters(), read.file),
    ]
    for value in shown:
        text = repr(value)
        assert len(text) <= 240, text
        assert "\n" not in text
        assert "array" not in text
        assert " at 0x" not in text
    assert repr(melody) == "Score('tune 0', 16 notes in 2 bars of 4/4, C major)"
    assert repr(piece) == "Piece(C major · 4/4 · 120 bpm · 2 bars · 16 notes · 0:04.0)"
    assert repr(corpus) == "Corpus('corpus', 10 melodies (8 train, 1 validation, 1 test), 160 notes)"
    assert repr(model) == "Model('model')"


def test_errors_are_melodyrnn_s_own() -> None:
    assert issubclass(CorpusError, MelodyRNNError)
