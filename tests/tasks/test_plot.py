"""The task of `melodyrnn plot`: one file of all pieces, and none where it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, OutputError
from melodyrnn.tasks.plot import plot
from melodyrnn.tasks.progress import Cancellation, Listener
from melodyrnn.tasks.reading import Written

Names = Callable[[], list[str]]
Cancels = Callable[[int], tuple[Listener, Cancellation]]


def test_all_pieces_are_in_it(midi_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    output = tmp_path / "p.svg"
    assert plot([midi_folder], output) == Written(output, ())
    assert "<svg" in output.read_text("utf-8")
    with pytest.raises(OutputError, match="must not exist yet"):
        plot([midi_folder], output)
    assert plot([midi_folder / "a.mid"], output, force=True).path == output


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
        plot([midi_folder], tmp_path / "p.svg", listener=listener, cancellation=cancellation)
    assert names() == before
