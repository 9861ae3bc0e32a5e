"""A session from the first candidates to the file in the DAW, in both browsers, against the HTTP interface."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from studio_page import StudioPage, notes
from studio_server import RunningStudio
from waiting import until

from melodyrnn.json_types import JsonObject

BARS, BAR = 8, 1920  # a piece of 4/4; ticks
WISHES = {"bars": BARS, "seed": 7, "pickup": 0}


@pytest.mark.slow
def test_compose_change_and_export(page: StudioPage, studio: RunningStudio, downloads: Path) -> None:
    for name, value in WISHES.items():
        page.wish(name, str(value))
    page.generate()
    drawn = page.state(f"state.work.piece.end === {BARS * BAR}")["work"]
    asked = studio.call("POST", "api/generate", {"wishes": WISHES, "num": 4}).json()["pieces"]
    assert [notes(piece) for piece in drawn["candidates"]] == [notes(piece) for piece in asked]

    before = set(studio.folder.glob("[!.]*.mid"))  # a file that begins with a dot is not yet complete
    page.tab.click("#keep")
    (kept,) = until(lambda: set(studio.folder.glob("[!.]*.mid")) - before)
    contents = kept.read_bytes()

    # bars 3 and 4 are drawn anew but for a locked note, and nothing else
    page.roll("ArrowRight", "PageDown", "PageDown", "l")
    first = page.state("state.work.locked.length === 1")["work"]["locked"]
    assert 2 * BAR <= identity(first[0])[1] < 4 * BAR
    page.roll("b", "Shift+b")
    page.state("state.bars?.join() === '3,4'")
    page.roll("f")
    page.drawn()
    filled = page.state("state.work.takes?.verb === 'infill'")["work"]["piece"]
    outside = [
        [note for note in notes(piece) if not 2 * BAR <= note[0] < 4 * BAR] for piece in (drawn["piece"], filled)
    ]
    assert outside[0] == outside[1]
    assert notes(filled) != notes(drawn["piece"])
    assert locked_notes(filled, first) == locked_notes(drawn["piece"], first)

    # locked notes stay as they are where the rest is varied
    page.roll("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "l")
    locked = page.state("state.work.locked.length === 4")["work"]["locked"]
    page.roll("v")
    page.drawn()
    varied = page.state("state.work.takes?.verb === 'vary'")["work"]
    assert {note[0] for note in notes(varied["piece"])} == {note[0] for note in notes(filled)}
    assert notes(varied["piece"]) != notes(filled)
    assert varied["locked"] == locked
    assert locked_notes(varied["piece"], locked) == locked_notes(filled, locked)

    # ten steps back and ten forward, two of them steps of the model
    page.roll("Home", *["ArrowRight"] * 2, *["ArrowUp"] * 4, *["ArrowDown"] * 2, "Control+ArrowUp", "Delete")
    edited = page.state(f"state.work.piece.tracks[0].notes.length === {len(notes(varied['piece'])) - 1}")["work"]
    page.tab.press(*["Control+z"] * 10)
    assert page.state("state.work.locked.length === 1")["work"]["piece"] == filled
    page.tab.press(*["Control+Shift+z"] * 10)
    assert page.state(f"state.work.locked.length === {len(edited['locked'])}")["work"] == edited

    # a note follows the mouse
    note = longest(notes(edited["piece"]))
    page.drag_note(note, BARS, up=60)
    known = json.dumps(notes(edited["piece"]), separators=(",", ":"))
    changed = page.state(f"JSON.stringify(state.work.piece.tracks[0].notes) !== '{known}'")["work"]
    (moved,) = set(notes(changed["piece"])) - set(notes(edited["piece"]))
    assert set(notes(edited["piece"])) - set(notes(changed["piece"])) == {note}
    assert moved[2] > note[2]
    assert (moved[0], moved[1], moved[3]) == (note[0], note[1], note[3])

    # the file is the one that the HTTP interface gives
    before = set(downloads.iterdir())
    page.tab.click("#save summary")
    page.tab.click("#save [data-format=mid]")
    expected = studio.call("POST", "api/export", {"document": changed["piece"], "format": "mid"}).body
    until(lambda: expected in contents_of(set(downloads.iterdir()) - before))

    assert kept.read_bytes() == contents
    assert page.tab.errors() == []


def contents_of(downloads: Iterable[Path]) -> list[bytes]:
    """What the MIDI files among them hold; Firefox writes a file under another name first, which may be gone by now."""
    found = []
    for path in downloads:
        with contextlib.suppress(FileNotFoundError):
            found += [path.read_bytes()] if path.suffix == ".mid" else []
    return found


def identity(locked: str) -> tuple[int, ...]:
    """The track, the onset and the pitch that the page writes in one word."""
    return tuple(map(int, locked.split(":")))


def locked_notes(piece: JsonObject, locked: list[str]) -> list[tuple[int, int, int, int]]:
    """The notes of a document that are locked, all of which it must have."""
    known = {identity(one) for one in locked}
    found = [note for note in notes(piece) if (0, note[0], note[2]) in known]
    assert len(found) == len(locked)
    return found


def longest(found: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """The longest note, which is the easiest to hit."""
    return max(found, key=lambda note: note[1])
