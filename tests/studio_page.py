"""The studio's page in a browser, by what a musician does and sees there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from browsers import JSON, Session, Tab
from studio_server import RunningStudio

from melodyrnn.json_types import JsonObject

# what the page saves for its tab; null before its first save
SAVED = """(async () => {
    const id = sessionStorage.getItem("melodyrnn-tab"), json = async (path) => (await fetch(path)).json();
    return (await json("api/state")).some(({tab}) => tab === id) ? (await json(`api/state/${id}`)).state : null;
})()"""
IS_IDLE = "!document.querySelector('#generate').hidden && document.querySelectorAll('.card.drawing').length === 0"
Note = tuple[int, int, int, int]  # onset, duration, pitch, velocity


class StudioPage:
    """The page in a tab, with its first candidates."""

    def __init__(self, browser: Session, studio: RunningStudio) -> None:
        self.tab: Tab = browser.tab()
        self.tab.resize(1300, 900)
        self.tab.open(studio.url)
        self.drawn()

    def drawn(self) -> None:
        """Wait until nothing is drawn any more."""
        self.tab.until(f"document.querySelectorAll('.card').length > 0 && {IS_IDLE}")

    def state(self, condition: str) -> JsonObject:
        """Return what the page saves, once a condition on it holds: an expression in JavaScript of `state`."""
        found = self.tab.until(
            f"(async () => {{ const state = await {SAVED}; return state?.work.piece && ({condition}) && state; }})()"
        )
        return cast(JsonObject, found)

    def wish(self, name: str, value: str) -> None:
        """Type a wish into its field."""
        field = f"document.querySelector('#wish-{name}')"
        self.tab.evaluate(f"{field}.closest('details')?.setAttribute('open', '')")  # a hidden field takes no focus
        self.tab.evaluate(f"{field}.focus()")  # a click would open a list of choices
        self.tab.press("Control+a", *value, "Tab")

    def generate(self) -> None:
        self.tab.click("#generate")
        self.drawn()

    def roll(self, *keys: str) -> None:
        """Press keys in the piano roll."""
        self.tab.evaluate("document.querySelector('#roll').focus()")
        self.tab.press(*keys)

    def drag_note(self, note: Note, bars: int, up: int) -> None:
        """Drag a note with the mouse, `up` pixels; a piece of so many bars is in view."""
        self.roll("0")  # the whole piece
        left, top, width, height = self._box()
        x = left + 46 + (note[0] + note[1] / 2) * (width - 46 - 24) / (bars * 1920)
        for y in range(round(top) + 30, round(top + height), 4):
            self.tab.point((x, y))
            if self.tab.evaluate("document.querySelector('.roll-canvas').dataset.cursor") == "move":
                break
        self.tab.drag([(x, y), (x, y - up / 2), (x, y - up)])

    def _box(self) -> Sequence[float]:
        box = "document.querySelector('.roll-canvas').getBoundingClientRect()"
        return cast(Sequence[float], self.tab.evaluate(f"(box => [box.x, box.y, box.width, box.height])({box})"))

    def text(self, selector: str) -> str:
        return str(self.tab.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"))


def notes(piece: JSON) -> list[Note]:
    """The notes of the first track of a document."""
    return [cast(Note, tuple(note)) for note in cast(JsonObject, piece)["tracks"][0]["notes"]]
