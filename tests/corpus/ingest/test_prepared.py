"""The result of a file as the lines of a corpus, and those lines in a shard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles, melodies

from melodyrnn.corpus.ingest.prepared import PreparedVoice, from_lines, prepare, to_lines
from melodyrnn.corpus.ingest.report import ReportLine
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.corpus.record import PieceRecord
from melodyrnn.extract.extractor import Extracted, PartRole, Refusal
from melodyrnn.score.score import Score

SOURCE = Source("a/tune.mid")


@given(melodies(), ensembles())
def test_voices_are_the_lines_of_report_and_pieces(melody: Score, ensemble: Score) -> None:
    found = [
        Extracted("a", melody, {"repaired": ["x"], "line": "bass", "bar_line": 3}),
        Extracted("b", Refusal("too few notes: 3", "--min-notes 3"), {"asked": 2}),
        Extracted("c", PartRole("harmony", "its name"), {"notes": 3}),
        Extracted(None, ensemble),
    ]
    packed = FileResult.of(found).to_bytes()
    kept, refused, part, whole = voices = prepare(SOURCE, packed)
    lines = [json.loads(voice.line) for voice in voices]
    assert lines == [json.loads(json.dumps(ReportLine.of("a/tune.mid", one).to_json())) for one in found]
    for voice, score in ((kept, melody), (whole, ensemble)):
        record = PieceRecord.from_json(json.loads(voice.entry or ""))
        assert record == replace(PieceRecord.of(score), name="tune" + score.name)
    assert (kept.is_repaired, kept.guesses, kept.group) == (True, ("bass", "bar lines"), None)
    assert (refused.group, refused.option, refused.asked) == ("too few notes", "--min-notes 3", "2")
    assert refused.entry is None
    assert (part.group, part.entry, part.identity) == (None, None, None)
    assert packed.endswith(b"".join(r.piece.rows.tobytes() for r in FileResult.from_bytes(packed).voices if r.piece))
    columns = 4 + PieceRecord.of(ensemble).has_slots
    assert (kept.num_bytes, whole.num_bytes) == (2 * 4 * len(melody), 2 * columns * len(ensemble))


def test_a_source_that_is_refused_is_a_line_of_its_own() -> None:
    (voice,) = prepare(Source("a.zip", refusal=("encrypted", None)), None)
    assert json.loads(voice.line) == ReportLine("a.zip", None, "dropped", "encrypted").to_json()
    assert voice.group == "encrypted"


texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]) | st.just("\udc80"), max_size=5)
prepared = st.builds(
    PreparedVoice,
    st.none() | st.text(max_size=3),
    texts,
    st.none() | st.text(max_size=3),
    st.none() | st.text(max_size=3),
    st.none() | st.text(max_size=3),
    st.none() | texts,
    st.integers(0, 9),
    st.booleans(),
    st.none() | st.text(max_size=3),
    st.lists(st.text(max_size=3), max_size=2).map(tuple),
)


def ended(lines: list[str]) -> Iterator[str]:
    return (line + "\n" for line in lines)


@given(st.lists(prepared, max_size=4))
def test_lines_round_trip(voices: list[PreparedVoice]) -> None:
    told, lines = to_lines(voices)
    rest = iter([*ended(lines), "the next file"])
    back = from_lines(json.loads(json.dumps(told)), rest)
    assert back == voices
    assert list(rest) == ["the next file"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_lines_that_were_changed_are_refused(number: int) -> None:
    told, lines = to_lines([PreparedVoice("a", "one", entry="two"), PreparedVoice("b", "three")])
    lines[number] += "!"
    with pytest.raises(ValueError, match="are not those that were written"):
        from_lines(told, ended(lines))
    with pytest.raises(ValueError, match="are not those that were written"):
        from_lines(told, ended(lines[:number]))
