"""Results of files as bytes, and lines of the report."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from strategies import ensembles, melodies

from melodyrnn.corpus.ingest.report import ReportLine, reason_group
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.record import PieceRecord
from melodyrnn.events.rows import encode
from melodyrnn.extract.extractor import Extracted, PartRole, Refusal
from melodyrnn.json_types import json_line
from melodyrnn.score.score import Score


@given(ensembles(), melodies())
def test_pieces_of_parts_round_trip_as_bytes(score: Score, melody: Score) -> None:
    role = Extracted("track 2 (Pad)", PartRole("harmony", "its name, 'Pad'"), {"notes": 3, "program": 88})
    found = [Extracted(None, score), role, Extracted("b", melody)]
    piece, part, other = FileResult.from_bytes(FileResult.of(found).to_bytes()).voices
    assert piece.piece is not None
    assert other.piece is not None
    assert piece.piece.record == PieceRecord.of(score)
    np.testing.assert_array_equal(piece.piece.rows, encode(score, with_parts=True))
    np.testing.assert_array_equal(other.piece.rows, encode(melody))
    assert part.line("a.mid") == ReportLine.of("a.mid", role)
    assert part.line("a.mid").to_json() == {
        "file": "a.mid",
        "voice": "track 2 (Pad)",
        "status": "part",
        "reason": "its name, 'Pad'",
        "option": None,
        "role": "harmony",
        "notes": 3,
        "program": 88,
    }


@given(melodies())
def test_results_round_trip_as_bytes(melody: Score) -> None:
    found = [
        Extracted("a", melody, {"bars": melody.num_bars, "repaired": ["x"]}),
        Extracted(None, Refusal("x", "--y"), {"notes": 3}),
        Extracted("b", melody[:1]),
    ]
    kept, dropped, other = FileResult.from_bytes(FileResult.of(found).to_bytes()).voices
    assert kept.piece is not None
    assert kept.piece.record == PieceRecord.of(melody)
    np.testing.assert_array_equal(kept.piece.rows, encode(melody))
    assert (dropped.reason, dropped.option, dropped.piece) == ("x", "--y", None)
    assert other.piece is not None
    np.testing.assert_array_equal(other.piece.rows, encode(melody)[:1])
    for one, result in zip(found, (kept, dropped, other), strict=True):
        assert result.line('a"b') == ReportLine.of('a"b', one)
        assert json.loads(json_line(result.line('a"b').to_json()))["file"] == 'a"b'


def test_a_line_of_the_report() -> None:
    line = ReportLine.of("a.mid", Extracted("track 0", Refusal("too few notes", "--min-notes 3"), {"notes": 3}))
    assert line.to_json() == {
        "file": "a.mid",
        "voice": "track 0",
        "status": "dropped",
        "reason": "too few notes",
        "option": "--min-notes 3",
        "notes": 3,
    }
    assert list(line.to_json())[:5] == ["file", "voice", "status", "reason", "option"]


def test_the_line_of_a_duplicate() -> None:
    line = ReportLine("b.mid", "track 0", "kept", details={"notes": 3}).as_duplicate("a.mid")
    assert line == ReportLine(
        "b.mid", "track 0", "dropped", "duplicate", "--keep-duplicates", {"duplicate_of": "a.mid"}
    )


@pytest.mark.parametrize("data", [b"", b"\2\0\0\0[", b"\4\0\0\0[{}]", b"\4\0\0\0\xff\xff[]"])
def test_invalid_bytes_of_a_result(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        FileResult.from_bytes(data)


def test_reasons_are_counted_by_the_text_before_the_colon() -> None:
    assert reason_group("unreadable: it is empty: at all") == "unreadable"
    assert reason_group("too few notes") == "too few notes"
