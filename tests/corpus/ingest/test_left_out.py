"""What was left out, in words and as JSON."""

from __future__ import annotations

from melodyrnn.corpus.ingest.left_out import LeftOut
from melodyrnn.corpus.ingest.report import ReportLine


def line(file: str, reason: str | None = None, voice: str | None = None) -> ReportLine:
    return ReportLine(file, voice, "kept" if reason is None else "dropped", reason)


def test_nothing_left_out_is_nothing_said() -> None:
    assert LeftOut.of("files", 3, []) == ()
    assert LeftOut.of_report([line("a.mid"), line("b.mid")]) == ()
    assert LeftOut.of_report([]) == ()


def test_reasons_are_counted_with_an_example_each() -> None:
    (found,) = LeftOut.of("files", 9, [("drums only", "in/a.mid"), ("no notes", "b.mid"), ("drums only", "c.mid")])
    assert str(found) == "3 of 9 files were left out: 2 drums only (a.mid), 1 no notes (b.mid)"
    assert found.to_json() == {
        "what": "files",
        "total": 9,
        "left_out": 3,
        "reasons": [
            {"reason": "drums only", "count": 2, "example": "in/a.mid"},
            {"reason": "no notes", "count": 1, "example": "b.mid"},
        ],
    }


def test_one_was_and_several_were() -> None:
    assert (
        str(*LeftOut.of("real pieces", 5, [("too short", "x")])) == "1 of 5 real pieces was left out: 1 too short (x)"
    )


def test_many_reasons_are_cut_short_in_words_alone() -> None:
    (found,) = LeftOut.of("files", 20, [(f"reason {n}", f"{n}.mid") for n in range(8)])
    assert str(found).endswith("1 reason 4 (4.mid), 3 for other reasons")
    assert len(found.to_json()["reasons"]) == 8


def test_a_file_counts_once_by_its_first_reason() -> None:
    lines = [
        line("a.mid", voice="track 1"),
        line("b.mid", "too few notes", "track 1"),
        line("b.mid", "drums", "track 9"),
        line("c.mid", "unreadable: it is empty"),
    ]
    (found,) = LeftOut.of_report(lines)
    assert str(found) == "2 of 3 files were left out: 1 too few notes (b.mid), 1 unreadable (c.mid)"


def test_tracks_beside_the_melody_are_no_loss_but_parts_of_it_are() -> None:
    beside = [line("a.mid", reason, "t") for reason in ("not taken for the melody", "no monophonic track", "drums")]
    assert LeftOut.of_report([line("a.mid"), *beside]) == ()
    (found,) = LeftOut.of_report([line("a.mid"), *beside, line("a.mid", "off the grid", "t, part 2")], "real files")
    assert str(found) == "1 of 2 melodies of the other real files was left out: 1 off the grid (a.mid)"
