"""A session is a plain folder: what is kept, what is discarded, and the state of every tab."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_documents import rich_file

from melodyrnn.json_types import JsonObject
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.studio.documents import document_of
from melodyrnn.studio.endpoint import Answer, Call, CallError, Endpoint
from melodyrnn.studio.session import MAX_STATES, Session, file_name

NOTES = Notes.of([0, 480, 960], [480, 480, 960], [60, 62, 64], [90, 80, 70])
PIECE = Piece(480, (Track(NOTES, "tune"),), end=1920, texts=("melodyrnn generate --seed 7 # piece 1",))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path / "session")


def call(session: Session, method: str, path: str, body: object = None, **names: str) -> Answer:
    """Call the endpoint of a method and a path as it stands in the table."""
    own = {(one.method, one.path): one for one in session.endpoints()}
    endpoint: Endpoint = own[method, path]
    return endpoint.handler(Call(names, body=b"" if body is None else json.dumps(body).encode()))


def answered(answer: Answer) -> object:
    assert answer.body is not None
    return json.loads(answer.body)


def document(name: str = "a tune") -> JsonObject:
    return document_of(PIECE, ["melody"], name)


def test_a_kept_piece_is_a_midi_file_with_its_recipe(session: Session) -> None:
    kept = call(session, "POST", "/api/kept", {"document": document()})
    assert (kept.status, answered(kept)) == (201, {"name": "a tune"})
    data = (session.folder / "a tune.mid").read_bytes()
    assert data == midi_bytes(PIECE)
    assert read_bytes(data, "x").texts == PIECE.texts
    opened = call(session, "GET", "/api/kept/{name}", name="a tune")
    assert answered(opened) == {"document": document()}


def test_a_file_is_never_written_over(session: Session) -> None:
    names = [session.keep(document(), "Tune") for _ in range(3)]
    assert names == ["Tune", "Tune 2", "Tune 3"]
    assert session.keep(document(), "tune") == "tune 4"  # where capitals do not count
    assert {path.name for path in session.folder.iterdir()} == {"Tune.mid", "Tune 2.mid", "Tune 3.mid", "tune 4.mid"}


def test_many_threads_keep_at_once(session: Session) -> None:
    threads = [threading.Thread(target=session.keep, args=(document(), "x")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(session.files()) == 12


def test_kept_pieces_are_listed_the_latest_first(session: Session) -> None:
    for place, name in enumerate(("one", "two")):
        session.keep(document(), name)
        os.utime(session.folder / f"{name}.mid", (place, place))
    (session.folder / "no music.mid").write_bytes(b"x")
    os.utime(session.folder / "no music.mid", (-5, -5))
    (session.folder / "other.txt").write_bytes(b"x")
    about = {"bars": 1, "key": "", "notes": 3, "tracks": 1}
    listed = [{"name": "two", **about}, {"name": "one", **about}, {"name": "no music"}]
    assert answered(call(session, "GET", "/api/kept")) == listed
    session.keep({**document(), "end": 3840}, "three")
    (session.folder / "one.mid").write_bytes((session.folder / "three.mid").read_bytes())
    found = answered(call(session, "GET", "/api/kept"))
    assert isinstance(found, list)
    assert {one["name"]: one.get("bars") for one in found}["one"] == 1  # the end of the last note


def test_what_is_discarded_is_moved_and_nothing_there_is_lost(session: Session) -> None:
    for _ in range(2):
        session.keep(document(), "tune")
        call(session, "DELETE", "/api/kept/{name}", name="tune")
    discarded = session.folder / "discarded"
    assert {path.name for path in discarded.iterdir()} == {"tune.mid", "tune 2.mid"}
    assert {path.read_bytes() for path in discarded.iterdir()} == {midi_bytes(PIECE)}
    assert session.files() == {}


@pytest.mark.parametrize("name", ["none", "", "..", "../x", "discarded/tune", ".studio", "a\0b"])
def test_only_names_of_kept_pieces_are_found(session: Session, name: str) -> None:
    session.keep(document(), "tune")
    for method in ("GET", "DELETE"):
        with pytest.raises(CallError, match=r"a kept piece must be one of the session\. Received: ") as refused:
            call(session, method, "/api/kept/{name}", name=name)
        assert refused.value.status == 404


def test_a_kept_piece_of_an_imported_file_keeps_all_of_it(session: Session) -> None:
    own = session.library.opened(rich_file(), "song.mid", "song")
    session.keep(own, "song")
    assert (session.folder / "song.mid").read_bytes() == rich_file()
    opened = answered(call(session, "GET", "/api/kept/{name}", name="song"))
    assert opened == {"document": own}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a tune", "a tune"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\x", "x"),
        ("<script>alert(1)</script>", "script-alert(1)-script-"),
        ("Lied für Ä #3", "Lied für Ä #3"),
        (".hidden", "hidden"),
        ("", "melody"),
        ("...", "melody"),
        ("CON", "CON-"),
        ("nul.txt", "nul.txt-"),
        ("a\nb\0c", "a-b-c"),
        ("x" * 300, "x" * 80),
    ],
)
def test_names_of_files_are_harmless(text: str, name: str) -> None:
    assert file_name(text) == name


@given(st.text(max_size=100))
def test_every_text_gives_a_name_that_stays_in_the_folder(text: str) -> None:
    name = file_name(text)
    assert name == name.strip()
    assert Path(name).name == name
    assert not name.startswith((".", "-"))
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert 0 < len(name) <= 81


def test_a_tab_saves_its_state_by_revisions(session: Session) -> None:
    path = "/api/state/{tab}"
    with pytest.raises(CallError, match=r"a tab must have saved its state\. Received: one that has not") as refused:
        call(session, "GET", path, tab="a")
    assert refused.value.status == 404
    saved = call(session, "PUT", path, {"revision": 0, "state": {"x": [1]}, "name": "tune"}, tab="a")
    assert answered(saved) == {"revision": 1}
    assert answered(call(session, "PUT", path, {"revision": 1, "state": {"x": [2]}}, tab="a")) == {"revision": 2}
    for stale in (0, 1, 3):
        with pytest.raises(
            CallError, match=rf"revision must be the latest of this tab, 2\. Received: {stale}"
        ) as refused:
            call(session, "PUT", path, {"revision": stale, "state": {}}, tab="a")
        assert refused.value.status == 409
    found = answered(call(session, "GET", path, tab="a"))
    assert isinstance(found, dict)
    assert (found["revision"], found["state"], found["name"]) == (2, {"x": [2]}, "")
    assert answered(call(session, "PUT", path, {"revision": 0, "state": {}}, tab="b")) == {"revision": 1}


def test_of_many_writers_of_one_revision_one_wins(session: Session) -> None:
    won: list[object] = []

    def save(number: int) -> None:
        try:
            won.append(answered(call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}}, tab="a")))
        except CallError as error:
            assert error.status == 409

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [{"revision": 1}]


def test_the_states_of_all_tabs_are_listed_and_the_oldest_forgotten(session: Session) -> None:
    folder = session.folder / ".studio" / "state"
    for number in range(MAX_STATES + 1):
        call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}, "name": f"n{number}"}, tab=f"t{number}")
        os.utime(folder / f"t{number}.json", (number, number))
    call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}}, tab="last")
    found = answered(call(session, "GET", "/api/state"))
    assert isinstance(found, list)
    assert len(found) == MAX_STATES
    assert [one["tab"] for one in found[:2]] == ["last", f"t{MAX_STATES}"]
    assert (found[1]["name"], found[1]["revision"]) == (f"n{MAX_STATES}", 1)
    assert not (folder / "t0.json").exists()


@pytest.mark.parametrize("tab", ["", "..", "a/b", "a.b", "ä", "x" * 65])
def test_a_tab_is_a_plain_word(session: Session, tab: str) -> None:
    with pytest.raises(CallError, match=r"a tab must be 1\.\.64 letters, digits, - and _\. Received: "):
        call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}}, tab=tab)
    assert not session.folder.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"revision": -1, "state": {}}, r"revision must be a whole number 0\.\."),
        ({"revision": 0, "state": []}, r"state must be a JSON object\. Received: list"),
        ({"revision": 0, "state": {}, "more": 1}, r"a state must have only revision, state, name\. Received: more"),
    ],
)
def test_a_state_that_is_none_is_refused(session: Session, body: object, message: str) -> None:
    with pytest.raises(CallError, match=message):
        call(session, "PUT", "/api/state/{tab}", body, tab="a")


@pytest.mark.parametrize(
    "damaged", [b"", b"{}", b"[1]\n{}", b'{"revision":1}\n{', b'{"revision":"1"}\n{}', b"\xff\xfe"]
)
def test_a_damaged_state_is_refused_and_leaves_the_others_alone(session: Session, damaged: bytes) -> None:
    call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}}, tab="whole")
    path = session.folder / ".studio" / "state" / "t.json"
    path.write_bytes(damaged)
    with pytest.raises(CallError, match=r"^a tab must have saved its state\. Received: ") as refused:
        call(session, "GET", "/api/state/{tab}", tab="t")
    assert refused.value.status == 404
    tabs = answered(call(session, "GET", "/api/state"))
    assert isinstance(tabs, list)
    assert "whole" in [one["tab"] for one in tabs]
    revision = 1 if damaged.startswith(b'{"revision":1') else 0  # its first line can be read
    call(session, "PUT", "/api/state/{tab}", {"revision": revision, "state": {"a": 1}}, tab="t")
    found = answered(call(session, "GET", "/api/state/{tab}", tab="t"))
    assert isinstance(found, dict)
    assert found["state"] == {"a": 1}


def test_links_to_nothing_are_not_there_and_nothing_is_written_where_a_link_leads(session: Session) -> None:
    session.keep(document(), "mine")
    outside = session.folder.parent / "outside"
    outside.write_text("as it was")
    states = session.folder / ".studio" / "state"
    states.mkdir(parents=True)
    for place in (session.folder / "x.mid", states / "x.json"):
        place.symlink_to("nowhere")
    (states / "o.json").symlink_to(outside)
    assert answered(call(session, "GET", "/api/state")) == []
    assert list(session.files()) == ["mine"]
    call(session, "PUT", "/api/state/{tab}", {"revision": 0, "state": {}}, tab="o")
    assert outside.read_text() == "as it was"
