"""Corpora of a session: a folder by path or of uploaded files, read by real processes, with its report and advice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from long_work import Session, session, write_tunes

from melodyrnn.errors import MelodyRNNError
from melodyrnn.midi.write import midi_bytes
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.studio.longwork.folder import new_work, state_of


def short(make_melody: Callable[..., Score], length: int) -> Score:
    return make_melody([60 + 2 * (number % 5) for number in range(length)])


def test_a_folder_becomes_a_corpus_with_a_report_and_words(tmp_path: Path, tunes: list[Score]) -> None:
    write_tunes(tmp_path / "my tunes", tunes)
    (tmp_path / "my tunes" / "broken.mid").write_bytes(b"MThd?")
    with session(tmp_path / "s") as studio:
        made = studio.call("POST", "corpora", {"folder": str(tmp_path / "my tunes")})
        assert (made["name"], made["status"], made["canTrain"]) == ("my tunes", "queued", False)
        corpus = studio.ended(f"corpora/{made['id']}")
        assert (corpus["status"], corpus["error"], corpus["canTrain"]) == ("done", None, True)
        assert corpus["found"]["pieces"] == len(tunes)
        assert (corpus["found"]["files"], corpus["found"]["filesKept"]) == (len(tunes) + 1, len(tunes))
        assert [(one["reason"], one["count"]) for one in corpus["found"]["reasons"]] == [("unreadable", 1)]
        page = studio.call("GET", f"corpora/{made['id']}/report", show="dropped")
        assert [row["name"] for row in page["rows"]] == ["broken.mid"]
        broken = str(tmp_path / "my tunes" / "broken.mid")
        words = studio.call("GET", f"corpora/{made['id']}/explain", file=broken)["words"]
        assert words[0] == broken
        assert "dropped, unreadable" in words[-1]
        assert studio.call("GET", "corpora") == [corpus]  # type: ignore[comparison-overlap]


def test_the_advice_is_followed(tmp_path: Path, make_melody: Callable[..., Score]) -> None:
    """Nothing is kept at first, which leaves a report and advice; with the options of the advice there is a corpus."""
    write_tunes(tmp_path / "in", [short(make_melody, 12)])
    with session(tmp_path / "s") as studio:
        path = f"corpora/{studio.call('POST', 'corpora', {'folder': str(tmp_path / 'in')})['id']}"
        failed = studio.ended(path)
        assert (failed["status"], failed["canTrain"], failed["found"]) == ("failed", False, None)
        assert failed["error"].startswith("at least one file must hold a usable melody; --min-notes 8 gets one")
        assert failed["advice"] == {"options": ["--min-notes 8"], "kept": 1, "tried": 1}
        assert [row["reason"] for row in studio.call("GET", f"{path}/report")["rows"]] == ["too few notes"]
        studio.call("POST", f"{path}/ingest", {"options": failed["advice"]["options"]})
        done = studio.ended(path)
        assert (done["status"], done["options"], done["advice"]) == ("done", ["--min-notes 8"], None)
        assert [row["kept"] for row in studio.call("GET", f"{path}/report")["rows"]] == [1]


def test_uploaded_files_become_a_corpus(tmp_path: Path, tunes: list[Score]) -> None:
    with session(tmp_path / "s") as studio:
        made = studio.call("POST", "corpora", {"name": "dropped"})
        path = f"corpora/{made['id']}"
        assert made["status"] == "new"
        with pytest.raises(MelodyRNNError, match=r"^a corpus must have files before it is read"):
            studio.call("POST", f"{path}/ingest", {})
        for number, tune in enumerate(tunes):
            answer = studio.call("POST", f"{path}/files", midi_bytes(to_piece(tune)), name=f"../a/{number}.mid")
            assert answer["uploaded"] == number + 1
        studio.call("POST", f"{path}/ingest", {})
        assert studio.ended(path)["found"]["pieces"] == len(tunes)
        assert {row["name"] for row in studio.call("GET", f"{path}/report")["rows"]} == {
            f"a/{number}.mid" for number in range(len(tunes))
        }
    outside = [p for p in tmp_path.rglob("*.mid") if not p.is_relative_to(tmp_path / "s" / "work" / "corpora")]
    assert outside == []


def test_a_corpus_goes_to_the_discarded(tmp_path: Path, tunes: list[Score]) -> None:
    write_tunes(tmp_path / "in", tunes)
    with session(tmp_path / "s") as studio:
        made = studio.call("POST", "corpora", {"folder": str(tmp_path / "in")})
        studio.ended(f"corpora/{made['id']}")
        studio.call("DELETE", f"corpora/{made['id']}")
        assert studio.call("GET", "corpora") == []  # type: ignore[comparison-overlap]
    assert (tmp_path / "s" / "discarded" / f"corpus-{made['id']}" / "corpus" / "corpus.json").exists()
    assert len(list((tmp_path / "in").iterdir())) == len(tunes) + 1


@pytest.fixture
def studio(tmp_path: Path) -> Session:
    with session(tmp_path / "s") as one:
        yield one  # type: ignore[misc]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"folder": "relative"}, "a folder must be the whole path of one on this machine. Received: relative"),
        ({"folder": "/no/such"}, "a folder must be the whole path of one on this machine. Received: /no/such"),
        ({"folder": "/\0"}, "a folder must be the whole path of one on this machine. Received: /\0"),
        ({"folder": 7}, "folder must be a text of at most 4096 characters. Received: 7"),
        ({"place": "/"}, "a corpus must have only folder, name, options. Received: place"),
        ({"options": ["--workers 99"]}, "an option must be one of --voices skyline, .*. Received: --workers 99"),
        ({"options": ["--min-notes x"]}, "an option must have its value. Received: --min-notes x"),
        ({"options": ["--min-notes"]}, "an option must have its value. Received: --min-notes"),
        ({"options": "--voices all"}, 'options must be a list of at most 16 values. Received: "--voices all"'),
    ],
)
def test_other_wishes_are_refused_and_nothing_is_made(studio: Session, wish: dict[str, object], words: str) -> None:
    with pytest.raises(MelodyRNNError, match=f"^{words}$"):
        studio.call("POST", "corpora", wish)
    assert studio.call("GET", "corpora") == []  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("name", ["0123456789ab", "..", "%2e%2e"])
def test_there_is_no_other_corpus(studio: Session, name: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/stop"), ("GET", "/report"), ("GET", "/explain")):
        with pytest.raises(MelodyRNNError, match=r"^there is no such corpus. Received: "):
            studio.call(method, f"corpora/{name}{path}")


def test_only_files_of_the_report_are_explained(tmp_path: Path, studio: Session) -> None:
    path = f"corpora/{studio.call('POST', 'corpora', {'name': 'x'})['id']}"
    with pytest.raises(MelodyRNNError, match=r"^a file to explain must be one of the report\. Received: /etc/passwd$"):
        studio.call("GET", f"{path}/explain", file="/etc/passwd")


def test_what_a_killed_server_left_begins_again(tmp_path: Path, tunes: list[Score]) -> None:
    """Both the server and the process that read were killed."""
    write_tunes(tmp_path / "in", tunes)
    root = tmp_path / "s"
    task = {"created": 0.0, "name": "x", "place": str(tmp_path / "in"), "options": []}
    work = new_work(root, "corpus", task)
    work.write_state(state_of("running", "reading files"))
    with session(root) as studio:
        assert studio.ended(f"corpora/{work.id}")["status"] == "done"


def test_what_waits_is_stopped_without_a_process(tmp_path: Path) -> None:
    root = tmp_path / "s"
    task = {"created": 0.0, "name": "x", "place": str(tmp_path), "options": []}
    first, second = new_work(root, "corpus", task), new_work(root, "corpus", {**task, "created": 1.0})
    with first.lock as lock:
        assert lock.acquire()
        first.write_state(state_of("running", "reading files"))  # by the process of another server
        second.write_state(state_of("queued"))
        with session(root) as studio:
            assert studio.call("POST", f"corpora/{second.id}/stop")["status"] == "stopped"
            with pytest.raises(
                MelodyRNNError, match=r"^only what is in progress can be stopped. Received: .*, which is"
            ):
                studio.call("POST", f"corpora/{second.id}/stop")
            with pytest.raises(MelodyRNNError, match=r"^what is in progress must be stopped first. Received: "):
                studio.call("DELETE", f"corpora/{first.id}")
            with pytest.raises(MelodyRNNError, match=r"^only what has ended can begin again. Received: "):
                studio.call("POST", f"corpora/{first.id}/ingest", {})
    assert not second.process.exists()
    assert json.loads((second.path / "state.json").read_text())["status"] == "stopped"
