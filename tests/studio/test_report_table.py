"""The report of an ingest as a table: a row for each file, sorted, filtered and cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.report_table import Line, Query, Row, page_of, rows_of

LINES = [
    ("/m/b.mid", "track 0", "dropped", "chords", "--voices skyline"),
    ("/m/b.mid", "track 1", "kept", None, None),
    ("/m/b.mid", "track 1, 2", "kept", None, None),
    ("/m/B2.mid", None, "dropped", "unreadable: it is empty", None),
    ("/m/sub/a.mid", "track 0", "dropped", "too few notes", "--min-notes 8"),
    ("/m/sub/a.mid", "track 1", "dropped", "drums", None),
    ("/other/z.zip/c.mid", "track 0", "part", "the lowest", None),
    ("/other/z.zip/c.mid", None, "kept", None, None),
]


@pytest.fixture
def rows(tmp_path: Path) -> list[Row]:
    names = ("file", "voice", "status", "reason", "option")
    text = "".join(json.dumps({**dict(zip(names, line, strict=True)), "extra": 1}) + "\n" for line in LINES)
    (tmp_path / "report.jsonl").write_text(text)
    return rows_of(tmp_path / "report.jsonl", Path("/m"))


def test_a_row_for_each_file(rows: list[Row]) -> None:
    assert [(row.name, row.kept, row.reason, row.option, len(row.lines)) for row in rows] == [
        ("b.mid", 2, None, None, 3),
        ("B2.mid", 0, "unreadable: it is empty", None, 1),
        ("sub/a.mid", 0, "too few notes", "--min-notes 8", 2),
        ("/other/z.zip/c.mid", 1, None, None, 2),
    ]
    assert rows[2].lines[1] == Line(voice="track 1", status="dropped", reason="drums", option=None)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Query(), ["/other/z.zip/c.mid", "b.mid", "B2.mid", "sub/a.mid"]),
        (Query("-file"), ["sub/a.mid", "B2.mid", "b.mid", "/other/z.zip/c.mid"]),
        (Query("kept"), ["sub/a.mid", "B2.mid", "/other/z.zip/c.mid", "b.mid"]),
        (Query("reason"), ["/other/z.zip/c.mid", "b.mid", "sub/a.mid", "B2.mid"]),
        (Query(show="kept"), ["/other/z.zip/c.mid", "b.mid"]),
        (Query(show="dropped"), ["B2.mid", "sub/a.mid"]),
        (Query(text="B"), ["b.mid", "B2.mid", "sub/a.mid"]),
        (Query(text="FEW notes"), ["sub/a.mid"]),
        (Query(first=1, count=2), ["b.mid", "B2.mid"]),
        (Query(count=0), []),
        (Query(first=9), []),
    ],
)
def test_queries(rows: list[Row], query: Query, names: list[str]) -> None:
    page = page_of(rows, query)
    assert [row["name"] for row in page["rows"]] == names
    assert (page["files"], page["kept"]) == (4, 2)


def test_the_number_that_fit_is_that_of_all_pages(rows: list[Row]) -> None:
    assert page_of(rows, Query(show="dropped", count=1))["matching"] == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sort": "size"}, "sort must be file, kept, reason, or one with - before it. Received: size"),
        ({"show": "some"}, "show must be one of all, kept, dropped. Received: some"),
        ({"first": -1}, "first must be from 0, count 0..500. Received: -1 and 100"),
        ({"count": 501}, "first must be from 0, count 0..500. Received: 0 and 501"),
    ],
)
def test_other_queries_are_refused(asked: dict[str, object], words: str) -> None:
    with pytest.raises(CallError) as caught:
        Query(**asked)  # type: ignore[arg-type]
    assert str(caught.value) == words


def test_without_a_report_there_are_no_rows(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "report.jsonl", Path("/m")) == []
