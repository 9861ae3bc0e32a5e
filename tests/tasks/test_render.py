"""The task of rendering: a sound for each file, and none where it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, OutputError, UsageError
from melodyrnn.tasks.progress import Cancellation, Listener, Progress
from melodyrnn.tasks.render import Rendered, RenderTask, render_files

Names = Callable[[], list[str]]
Cancels = Callable[[int], tuple[Listener, Cancellation]]


def test_sound_of_each_file(midi_folder: Path, tmp_path: Path) -> None:
    reports: list[Progress] = []
    result = render_files(RenderTask((midi_folder,), tmp_path / "wav", rate=8000, synth="plain"), reports.append)
    files = result.files
    assert result.left_out == ()
    assert [file.path for file in files] == [tmp_path / "wav" / "a.wav", tmp_path / "wav" / "b.wav"]
    assert all(file.is_plain and file.seconds > 1 and file.path.read_bytes()[:4] == b"RIFF" for file in files)
    assert [p.file for p in reports if isinstance(p, Rendered)] == list(files)
    with pytest.raises(OutputError, match="must not exist yet"):
        render_files(RenderTask((midi_folder,), tmp_path / "wav", rate=8000, synth="plain"))
    with pytest.raises(UsageError, match=r"a file name holds one piece; give a folder\. Received: 2 and "):
        render_files(RenderTask((midi_folder,), tmp_path / "x.wav"))


@pytest.mark.parametrize("there", [False, True])
def test_a_cancelled_rendering_leaves_nothing(
    midi_folder: Path, tmp_path: Path, names: Names, cancelled_at: Cancels, there: bool
) -> None:
    if there:
        (tmp_path / "wav").mkdir()
    before = names()
    with pytest.raises(Cancelled):
        render_files(RenderTask((midi_folder,), tmp_path / "wav", rate=8000, synth="plain"), *cancelled_at(1))
    assert names() == before
