"""The verbs over HTTP, at a real server with real models: as jobs with events, and at once."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from studio_documents import rich_file
from studio_server import RunningStudio

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.studio.documents import piece_of


@pytest.fixture(scope="module")
def tune(studio: RunningStudio) -> Any:
    return studio.generate(bars=8, seed=3, pickup=0)[0]


def begin(studio: RunningStudio, verb: str, **body: object) -> str:
    found = studio.call("POST", "api/jobs", {"verb": verb, **body})
    assert found.status == 202, found.body
    return str(found.json()["job"])


def pitches(document: Any, track: int = 0) -> list[list[int]]:
    return [note[:3] for note in document["tracks"][track]["notes"]]


def test_pieces_are_those_of_the_library(studio: RunningStudio) -> None:
    found = studio.generate(2, bars=4, seed=11, key="D minor")
    pieces = load().generate(Request(num=2, bars=4, seed=11, key="D minor"))  # type: ignore[arg-type]
    assert [piece_of(document) for document in found] == pieces
    assert [document["command"] for document in found] == [piece.texts[0] for piece in pieces]
    assert [(one["seed"], one["model"], one["source"]) for one in found] == [(11, "folk", None)] * 2
    assert [one["name"] for one in found] == ["folk D minor 11-1", "folk D minor 11-2"]
    assert {track["role"] for document in found for track in document["tracks"]} == {"melody"}


def test_a_job_tells_notes_as_they_are_drawn_then_the_pieces(studio: RunningStudio) -> None:
    events = studio.events(begin(studio, "generate", num=3, wishes={"bars": 4, "seed": 5}, tab="notes"))
    assert events[-1] == ("done", {})
    assert [data["candidate"] for name, data in events if name == "piece"] == [0, 1, 2]
    for candidate in range(3):
        told = [
            note
            for name, data in events
            if name == "notes" and data["candidate"] == candidate
            for note in data["notes"]
        ]
        (document,) = (data["document"] for name, data in events if name == "piece" and data["candidate"] == candidate)
        assert told == [[*note, 0] for note in document["tracks"][0]["notes"]]
    first = next(place for place, (name, _) in enumerate(events) if name == "piece")
    assert {name for name, _ in events[:first]} == {"notes"}


def test_a_model_of_several_parts_names_their_roles(studio: RunningStudio) -> None:
    found = studio.call("POST", "api/generate", {"model": "chorales", "wishes": {"bars": 2, "seed": 1}}).json()
    tracks = [(track["name"], track["role"]) for track in found["pieces"][0]["tracks"]]
    assert tracks == [("soprano", "melody"), ("alto", "harmony"), ("tenor", "harmony"), ("bass", "bass")]


def test_a_refused_job_names_the_wish(studio: RunningStudio) -> None:
    job = begin(studio, "generate", wishes={"scale": "1,2", "end": "tonic"})
    ((name, data),) = studio.events(job)
    assert (name, data["wish"]) == ("refused", "scale")
    assert data["message"].startswith("scale and end must leave a pitch to end on")
    found = studio.call("POST", "api/generate", {"wishes": {"tempo": 3}})
    error = "tempo must be a number >= 4, at most 1000. Received: 3"
    assert (found.status, found.json()) == (400, {"error": error, "wish": "tempo"})


def test_variations_keep_the_rhythm(studio: RunningStudio, tune: Any) -> None:
    body = {"document": tune, "wishes": {"vary": 0.5, "seed": 1}, "num": 2}
    for found in studio.call("POST", "api/vary", body).json()["pieces"]:
        assert [note[:2] for note in pitches(found)] == [note[:2] for note in pitches(tune)]
        assert pitches(found) != pitches(tune)
        assert (found["name"], found["tracks"][0]["role"]) == (tune["name"], "melody")
        assert f"--primer '{tune['name']}.mid' --vary 0.5" in found["command"]


def test_bars_are_filled_anew_and_the_rest_stays(studio: RunningStudio, tune: Any) -> None:
    body = {"document": tune, "bars": [3, 4], "wishes": {"seed": 2}}
    (found,) = studio.call("POST", "api/infill", body).json()["pieces"]
    inside = range(2 * 1920, 4 * 1920)
    assert [n for n in pitches(found) if n[0] not in inside] == [n for n in pitches(tune) if n[0] not in inside]
    assert [n for n in pitches(found) if n[0] in inside] != [n for n in pitches(tune) if n[0] in inside]


def test_a_piece_goes_on_and_ends_anew(studio: RunningStudio, tune: Any) -> None:
    (longer,) = studio.call("POST", "api/continue", {"document": tune, "wishes": {"bars": 4, "seed": 1}}).json()[
        "pieces"
    ]
    assert longer["end"] == 12 * 1920
    assert pitches(longer)[: len(pitches(tune))] == pitches(tune)
    (ended,) = studio.call("POST", "api/ending", {"document": tune, "wishes": {"seed": 4}}).json()["pieces"]
    before = [note for note in pitches(tune) if note[0] < 6 * 1920]
    assert [note for note in pitches(ended) if note[0] < 6 * 1920] == before
    assert ended["tracks"][0]["notes"][-1][2] % 12 == 7  # the tonic of G major
    refused = studio.call("POST", "api/ending", {"document": tune, "bars": [2, 3]})
    assert refused.json()["error"] == "bars of an ending must reach the last bar, 8. Received: 2 to 3"


def test_locked_notes_stay(studio: RunningStudio, tune: Any) -> None:
    inside = [note for note in pitches(tune) if 3840 <= note[0] < 7680]
    locked = [[0, onset, pitch] for onset, _, pitch in inside[::3]]
    body = {"document": tune, "bars": [3, 4], "locked": locked, "wishes": {"seed": 5}, "num": 2}
    for found in studio.call("POST", "api/infill", body).json()["pieces"]:
        kept = [[0, onset, pitch] for onset, _, pitch in pitches(found)]
        assert [note for note in locked if note not in kept] == []
        assert pitches(found) != pitches(tune)
    refused = studio.call("POST", "api/vary", {"document": tune, "locked": [[0, 1, 2]]}).json()["error"]
    assert refused.startswith("a locked note must be one of the given music, by its onset in ticks and its pitch.")
    refused = studio.call("POST", "api/vary", {"document": tune, "locked": [[1, 0, 60]]}).json()["error"]
    assert refused == "a locked note must be a whole number 0..0. Received: 1"


def test_parts_are_added_to_a_melody_that_stays(studio: RunningStudio, tune: Any) -> None:
    body = {"document": tune, "model": "chorales", "wishes": {"draw": ["bass", "alto"], "seed": 1}}
    (found,) = studio.call("POST", "api/accompany", body).json()["pieces"]
    assert [(track["name"], track["role"]) for track in found["tracks"]] == [
        ("folk 1", "melody"),
        ("bass", "bass"),
        ("alto", "harmony"),
    ]
    assert found["tracks"][0]["notes"] == tune["tracks"][0]["notes"]


IN_BARS = "infill must name bars of the primer, 1-8, the first before the last. Received: 1-9"


@pytest.mark.parametrize(
    ("verb", "body", "message"),
    [
        ("vary", {}, "vary must be given a document. Received: none"),
        ("infill", {"document": None}, "infill must be given a document. Received: none"),
        ("infill", {"bars": None}, "infill must be given bars, the first and the last. Received: none"),
        ("infill", {"bars": [0, 2]}, "a bar must be a whole number 1..100000. Received: 0"),
        ("infill", {"bars": [1, 9]}, IN_BARS),
        ("vary", {"track": 1}, "track must be a whole number 0..0. Received: 1"),
        ("vary", {"num": 0}, "num must be a whole number 1..64. Received: 0"),
        ("vary", {"no": 1}, "a call must have only model, wishes, num, document, bars, locked, track. Received: no"),
    ],
)  # fmt: skip
def test_calls_that_break_a_rule_are_refused(
    studio: RunningStudio, tune: Any, verb: str, body: dict[str, object], message: str
) -> None:
    document = {} if verb == "vary" and not body else {"document": tune}
    found = studio.call("POST", f"api/{verb}", {**document, **body})
    assert (found.status, found.json()["error"]) == (400, message)


def test_scripts_may_have_the_file_of_one_piece(studio: RunningStudio) -> None:
    found = studio.call("POST", "api/generate", {"wishes": {"bars": 2, "seed": 9}}, headers={"Accept": "audio/midi"})
    assert found.headers["content-type"] == "audio/midi"
    assert found.body == midi_bytes(load().generate(Request(bars=2, seed=9))[0])
    refused = studio.call("POST", "api/generate", {"num": 2}, headers={"Accept": "audio/midi"})
    assert (refused.status, refused.json()["wish"]) == (400, "num")


def test_exports_are_files_of_each_format(studio: RunningStudio, tune: Any) -> None:
    for kind, start in (("mid", b"MThd"), ("musicxml", b"<?xml"), ("mxl", b"PK"), ("abc", b"X:1")):
        found = studio.call("POST", "api/export", {"document": {**tune, "name": "für ../me"}, "format": kind})
        assert found.body.startswith(start)
        assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''f%C3%BCr%20")
    refused = studio.call("POST", "api/export", {"document": tune, "format": "wav"})
    assert refused.json()["error"] == 'format must be one of mid, musicxml, mxl, abc. Received: "wav"'


def test_an_imported_file_is_worked_on_and_exported_with_all_it_has(studio: RunningStudio) -> None:
    answer = studio.call("POST", "api/import?name=my%20song.mid", data=rich_file())
    ((document, words),) = ((one["document"], one["words"]) for one in answer.json()["pieces"])
    assert (document["name"], words[0]) == ("my song", "my song.mid")
    assert any("track 0 (flute): Flute, channel 1, 11 notes" in line for line in words)
    assert studio.call("POST", "api/export", {"document": document}).body == rich_file()
    (varied,) = studio.call("POST", "api/vary", {"document": document, "wishes": {"vary": 1, "seed": 1}}).json()[
        "pieces"
    ]
    assert [track["origin"] for track in varied["tracks"]] == [0, 1, 2]
    assert pitches(varied) != pitches(document)
    assert varied["tracks"][1:] == document["tracks"][1:]
    data = studio.call("POST", "api/export", {"document": varied}).body
    assert [len(track.notes) for track in read_bytes(data, "x").tracks] == [11, 4, 8]
    assert b"\xff\x05\x02la" in data  # the lyrics
    assert varied["command"].encode() in data
    (other,) = studio.call("POST", "api/vary", {"document": document, "track": 1, "wishes": {"vary": 1}}).json()[
        "pieces"
    ]
    assert other["tracks"][0] == document["tracks"][0]
    assert "--given-part 1" in other["command"]


def test_an_archive_gives_the_pieces_that_can_be_read(studio: RunningStudio) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a/song.mid", rich_file())
        archive.writestr("tunes.abc", "X:1\nT:One\nK:C\nCDEF|\n\nX:2\nT:Two\nK:G\nGABc|\n")
        archive.writestr("../../evil.mid", rich_file())
        archive.writestr("broken.mid", b"no music")
    found = studio.call("POST", "api/import?name=all.zip", data=data.getvalue()).json()["pieces"]
    assert [one["document"]["name"] for one in found] == ["song", "One", "Two"]
    refused = studio.call("POST", "api/import?name=all.zip", data=b"x")
    assert refused.json()["error"].startswith(
        "an archive must hold files of music. Received: all.zip (the archive: unread"
    )


def test_models_and_wishes_are_told(studio: RunningStudio) -> None:
    models = {one["name"]: one for one in studio.call("GET", "api/models").json()}
    assert {name: one["kind"] for name, one in models.items()} == {
        "folk": "melody",
        "songs": "melody",
        "chorales": "parts",
        "leadsheets": "parts",
    }
    assert [name for name, one in models.items() if one["default"]] == ["folk"]
    assert [part["name"] for part in models["chorales"]["parts"]] == ["soprano", "bass", "alto", "tenor"]
    assert models["folk"]["meters"][:2] == ["2/2", "2/4"]
    refused = studio.call("POST", "api/generate", {"model": "jazz"})
    assert (refused.status, refused.json()["wish"]) == (404, "model")
    assert refused.json()["error"].startswith("a model must be one of folk, ")
    assert studio.call("GET", "api/wishes").json()[0]["name"] == "bars"


def test_the_description_has_every_endpoint_and_no_dangling_schema(studio: RunningStudio) -> None:
    found = studio.call("GET", "openapi.json").json()
    assert found["openapi"] == "3.1.0"
    text = json.dumps(found)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(found["components"]["schemas"])
    for method, path in (
        ("post", "/api/jobs"),
        ("put", "/api/state/{tab}"),
        ("get", "/page/{name}"),
        ("post", "/api/vary"),
    ):
        assert found["paths"][path][method]["responses"]["4XX"]
    order = found["paths"]["/api/vary"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert order == {"$ref": "#/components/schemas/Order"}
    assert found["components"]["schemas"]["Wishes"]["properties"]["tempo"]["maximum"] == 1000


def test_the_page_and_its_files_are_served(studio: RunningStudio) -> None:
    page = studio.call("GET", "")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    script = studio.call("GET", "page/main.js")
    assert (script.status, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert studio.call("GET", "page/none.js").status == 404
    assert studio.call("HEAD", "").status == 200
