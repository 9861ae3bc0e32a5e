"""The task of `melodyrnn preview`: one file of all pieces, and none where it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, OutputError
from melodyrnn.tasks.preview import write_preview
from melodyrnn.tasks.progress import Cancellation, Listener
from melodyrnn.tasks.reading import Written

Names = Callable[[], list[str]]
Cancels = Callable[[int], tuple[Listener, Cancellation]]


def test_all_pieces_are_in_it(midi_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "p.html"
    assert write_preview([midi_folder], output) == Written(output, ())
    assert "<h2>b.mid</h2>" in output.read_text("utf-8")
    with pytest.raises(OutputError, match="must not exist yet"):
        write_preview([midi_folder], output)
    assert write_preview([midi_folder / "a.mid"], output, force=True).path == output


@pytest.mark.parametrize("done", [0, 1])
def test_where_it_is_cancelled_nothing_is_written(
    midi_folder: Path,
    tmp_path: Path,
    names: Names,
    cancelled_at: Cancels,
    done: int,
) -> None:
    before = names()
    listener, cancellation = cancelled_at(done)
    with pytest.raises(Cancelled):
        write_preview([midi_folder], tmp_path / "p.html", listener=listener, cancellation=cancellation)
    assert names() == before
