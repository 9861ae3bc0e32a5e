"""What `preview`, `plot` and `render` show: files with the melody marked, and melodies with where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.errors import UsageError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.tasks.choice import Choice
from melodyrnn.tasks.ingest import IngestTask, ingest
from melodyrnn.tasks.preview import write_preview
from melodyrnn.tasks.progress import Progress
from melodyrnn.tasks.shown import read_shown


def ignore(progress: Progress) -> None:
    pass


def song(path: Path, seed: int, tracks: int = 2) -> None:
    """Write a bass and, last of the tracks, a tune of 32 quarters."""
    rng = np.random.default_rng(seed)
    tune = Track(Notes.of(np.arange(32) * 480, [400] * 32, rng.integers(60, 76, 32), [90] * 32), "Vocal", 73, 3)
    bass = Track(Notes.of(np.arange(8) * 1920, [1900] * 8, rng.integers(30, 40, 8), [90] * 8), "Low & <deep>", 32, 1)
    write_piece(Piece(480, (bass, tune)[-tracks:], end=32 * 480), path)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of 20 songs, the even ones in a folder "even"."""
    for seed in range(20):
        path = tmp_path / "in" / ("even" if seed % 2 == 0 else "odd") / f"song {seed}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        song(path, seed)
    ingest(IngestTask((tmp_path / "in",), tmp_path / "c", workers=1))
    return tmp_path / "c"


class TestCorpora:
    def test_a_dozen_spread_evenly_with_where_they_come_from(self, corpus: Path) -> None:
        shown, (left_out,) = read_shown([corpus], None, ignore)
        assert (len(shown), left_out.total, left_out.num) == (12, 20, 8)
        assert [one.heading for one in shown][:3] == ["song 0", "song 10", "song 14"]
        first = shown[0]
        assert first.caption.startswith(
            f"from {corpus.parent}/in/even/song 0.mid, track 1 (Vocal), Flute, channel 4, 32 notes, "
        )
        assert first.caption.endswith(" split")
        assert first.file.piece.tracks[0].program == 73

    def test_a_choice(self, corpus: Path) -> None:
        shown, left_out = read_shown([corpus], Choice(3, "/ODD/"), ignore)
        assert len(shown) == 3
        assert all("/in/odd/" in one.caption for one in shown)
        assert [str(one) for one in left_out] == [
            f"7 of 10 melodies of {corpus} were left out: 7 beyond --num 3 (song 11)"
        ]
        shown, left_out = read_shown([corpus], Choice(match="song 7"), ignore)
        assert ([one.heading for one in shown], left_out) == (["song 7"], ())

    def test_a_choice_that_fits_nothing(self, corpus: Path) -> None:
        with pytest.raises(UsageError, match=r"--match must be a part of a melody's name or file\. Received: xyz"):
            read_shown([corpus], Choice(match="xyz"), ignore)
        with pytest.raises(UsageError, match=r"choose melodies of a corpus\. Received: no corpus"):
            read_shown([corpus.parent / "in"], Choice(3), ignore)

    def test_without_the_files_the_instrument_is_known_and_without_the_report_the_music(self, corpus: Path) -> None:
        (corpus.parent / "in" / "even" / "song 0.mid").unlink()
        (one,), _ = read_shown([corpus], Choice(1), ignore)
        assert "song 0.mid, track 1 (Vocal), Flute; " in one.caption
        (corpus / "report.jsonl").write_text("{}\n")
        (one,), _ = read_shown([corpus], Choice(1), ignore)
        assert (one.heading, one.caption.partition(" ")[2]) == ("song 0", "split")
        assert one.file.piece.num_notes == 32

    def test_names_that_occur_again_are_files_of_their_own(self, tmp_path: Path) -> None:
        for seed, folder in enumerate("ab"):
            (tmp_path / "in" / folder).mkdir(parents=True)
            song(tmp_path / "in" / folder / "tune.mid", seed)
        ingest(IngestTask((tmp_path / "in",), tmp_path / "c", workers=1))
        command = ["render", str(tmp_path / "c"), "-o", str(tmp_path / "w"), "--synth", "plain", "--rate", "8000"]
        assert run(command) == 0
        assert sorted(path.name for path in (tmp_path / "w").iterdir()) == ["tune-2.wav", "tune.wav"]


class TestFiles:
    def test_the_melody_is_marked_in_the_legend(self, tmp_path: Path) -> None:
        song(tmp_path / "a.mid", 1)
        page = write_preview([tmp_path / "a.mid"], tmp_path / "p.html").path.read_text("utf-8")
        legend = page[page.index('<ul class="tracks">') : page.index("</ul>")]
        assert legend.count("<li") == 2
        assert 's0"></span> <span>Low &amp; &lt;deep&gt;: Acoustic Bass, channel 2, 8 notes' in legend
        (melody,) = (entry for entry in legend.split("<li") if entry.startswith(" class=melody"))
        assert '<span class="swatch s1"></span> <span>Vocal: Flute, channel 4, 32 notes' in melody
        assert legend.count(", the melody") == 1

    def test_a_single_track_needs_no_legend(self, tmp_path: Path) -> None:
        song(tmp_path / "a.mid", 1, tracks=1)
        page = write_preview([tmp_path / "a.mid"], tmp_path / "p.html").path.read_text("utf-8")
        assert '<ul class="tracks">' not in page


class TestCommands:
    def test_json_and_quiet(self, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        capsys.readouterr()
        pytest.importorskip("matplotlib")
        for command, output in (("preview", "p.html"), ("plot", "p.svg")):
            path = str(tmp_path / output)
            assert run([command, str(corpus), "-n", "2", "-o", path, "--json", "--quiet"]) == 0
            captured = capsys.readouterr()
            found = json.loads(captured.out)
            assert (list(found), found["file"], captured.err) == (["file", "left_out"], path, "")
            assert found["left_out"][0]["left_out"] == 18
            assert run([command, str(corpus), "-n", "20", "-o", path, "--force", "--quiet"]) == 0
            assert capsys.readouterr() == ("", "")
        assert run(["info", str(corpus), str(corpus.parent / "in" / "odd" / "song 1.mid"), "--json"]) == 0
        kinds = [(entry["kind"], entry["path"]) for entry in json.loads(capsys.readouterr().out)]
        assert kinds == [("corpus", str(corpus)), ("midi", str(corpus.parent / "in" / "odd" / "song 1.mid"))]
