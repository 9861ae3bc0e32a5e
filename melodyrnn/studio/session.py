"""The session: a plain folder of MIDI files that are kept, each with its recipe, and the state of every tab.

What is discarded is moved to `discarded/`, and lost by nobody. Files of the studio's own are in `.studio/`. Names come
from outside only to be compared with those that are there; new ones are made of harmless characters. All is written
atomically.
"""

from __future__ import annotations

import json
import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ..errors import MelodyRNNError
from ..files import write_bytes
from ..json_types import JsonObject
from ..midi.read import read_bytes
from ..music.bars import num_bars
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json, shown
from .library import Library
from .reading import a_text, an_integer, an_object, only

OWN = ".studio"  # the folder of the studio's own files
DISCARDED = "discarded"
MAX_STATE = 32 << 20  # bytes
MAX_STATES = 200  # tabs whose state is kept, the latest
_MAX_NAME = 80  # characters of the name of a file
_TAB = re.compile(r"[\w-]{1,64}", re.ASCII)
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # names that Windows does not allow
_SUFFIX = ".mid"


class Session:
    """The kept pieces and the states of a folder; it is made when something is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library(folder / OWN / "sources")
        self._states = folder / OWN / "state"
        self._lock = threading.Lock()
        self._about: dict[str, tuple[tuple[int, int], JsonObject]] = {}

    def endpoints(self) -> Sequence[Endpoint]:
        one, tab = "/api/kept/{name}", "/api/state/{tab}"
        return (
            Endpoint("GET", "/api/kept", self._list, "the kept pieces", gives="Kept"),
            Endpoint("POST", "/api/kept", self._keep, "keep a piece", MAX_JSON, "Keep", "KeptName"),
            Endpoint("GET", one, self._open, "a kept piece", gives="Opened"),
            Endpoint("DELETE", one, self._discard, "move a kept piece to discarded/"),
            Endpoint("GET", "/api/state", self._tabs, "the tabs whose state is saved, the latest first", gives="Tabs"),
            Endpoint("GET", tab, self._state, "the state of a tab", gives="State"),
            Endpoint("PUT", tab, self._save, "save the state of a tab", MAX_STATE, "State", "Revision"),
        )

    def close(self) -> None:
        """Nothing runs here."""

    def files(self) -> dict[str, Path]:
        """Return the kept files by name, without their suffix, the latest first."""
        if not self.folder.is_dir():
            return {}
        found = [path for path in self.folder.iterdir() if path.suffix.lower() == _SUFFIX and path.is_file()]
        return {path.stem: path for path in _latest_first(found)}

    def keep(self, document: JsonObject, name: str = "") -> str:
        """Write a document as a file and return its name, which no other file has. Raises CallError, OutputError."""
        data = self.library.midi(document)
        with self._lock:
            free = next(iter(_names(file_name(name), {one.casefold() for one in self.files()})))
            write_bytes(self.folder / f"{free}{_SUFFIX}", data)
        return free

    def _list(self, call: Call) -> Answer:
        return answer_json([self._described(name, path) for name, path in self.files().items()])

    def _keep(self, call: Call) -> Answer:
        found = call.json()
        only(found, ("document", "name"), "what is kept")
        document = an_object(found.get("document"), "a document")
        name = found.get("name") or document.get("name") or ""
        return answer_json({"name": self.keep(document, a_text(name, MAX_JSON, "name"))}, 201)

    def _open(self, call: Call) -> Answer:
        name = call.path["name"]
        path = self._find(name)
        return answer_json({"document": self.library.opened(path.read_bytes(), path.name, name)})

    def _discard(self, call: Call) -> Answer:
        with self._lock:
            path = self._find(call.path["name"])
            folder = self.folder / DISCARDED
            folder.mkdir(exist_ok=True)
            taken = {one.stem.casefold() for one in folder.iterdir()}
            free = next(iter(_names(path.stem, taken)))
            os.rename(path, folder / f"{free}{_SUFFIX}")
        return answer_json({"name": free})

    def _find(self, name: str) -> Path:
        path = self.files().get(name)
        if path is None:
            raise CallError(f"a kept piece must be one of the session. Received: {shown(name)}", 404)
        return path

    def _described(self, name: str, path: Path) -> JsonObject:
        """Return what the page is told about a file; one that cannot be read is there with its name alone."""
        try:
            status = path.stat()
        except FileNotFoundError:  # discarded since it was listed
            return {"name": name}
        stamp = status.st_mtime_ns, status.st_size
        known = self._about.get(name)
        if known is None or known[0] != stamp:
            known = self._about[name] = stamp, _about(path)
        return {"name": name, **known[1]}

    def _tabs(self, call: Call) -> Answer:
        heads = [(path.stem, _head(path)) for path in self._latest()]
        return answer_json([{"tab": tab, **head} for tab, head in heads if head is not None])

    def _latest(self) -> list[Path]:
        return _latest_first(self._states.glob("*.json") if self._states.is_dir() else ())

    def _state(self, call: Call) -> Answer:
        path = self._path_of(call.path["tab"])
        head = _head(path)
        if head is None:
            raise CallError("a tab must have saved its state. Received: one that has not", 404)
        try:
            state = json.loads(path.read_text("utf-8").partition("\n")[2])
        except (ValueError, RecursionError) as error:
            raise CallError("a tab must have saved its state. Received: a damaged one", 404) from error
        return answer_json({**head, "state": state})

    def _save(self, call: Call) -> Answer:
        """Save the state of a tab that knows its latest revision; 0 is that of a tab that has none."""
        path = self._path_of(call.path["tab"])
        found = call.json()
        only(found, ("revision", "state", "name"), "a state")
        revision = an_integer(found.get("revision"), 0, 2**53, "revision")
        name = a_text(found.get("name") or "", _MAX_NAME * 4, "name")
        state = an_object(found.get("state"), "state")
        with self._lock:
            latest = _head(path)
            saved = 0 if latest is None else latest["revision"]
            if revision != saved:
                raise CallError(f"revision must be the latest of this tab, {saved}. Received: {revision}", 409)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            head = {"revision": revision + 1, "saved": now, "name": name}
            write_bytes(path, f"{json.dumps(head)}\n{json.dumps(state)}".encode(), force=True)
            for old in self._latest()[MAX_STATES:]:
                old.unlink()
        return answer_json({"revision": revision + 1})

    def _path_of(self, tab: str) -> Path:
        if not _TAB.fullmatch(tab):
            raise CallError(f"a tab must be 1..64 letters, digits, - and _. Received: {shown(tab)}")
        return self._states / f"{tab}.json"


def _latest_first(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are there still, by time, then by name."""
    times: dict[Path, int] = {}
    for path in paths:
        with suppress(FileNotFoundError):  # another call has moved it, or it is a link to nothing
            times[path] = path.stat().st_mtime_ns
    return sorted(times, key=lambda path: (-times[path], path.name))


def _about(path: Path) -> JsonObject:
    try:
        piece = read_bytes(path.read_bytes(), path.name)
    except (MelodyRNNError, OSError):
        return {}
    key = str(piece.keys[0].key) if piece.keys else ""
    return {"bars": num_bars(piece), "key": key, "notes": piece.num_notes, "tracks": len(piece.tracks)}


def _head(path: Path) -> JsonObject | None:
    """Return what the first line of a saved state says: its revision, its time and its name.

    None where there is no state, or the file is damaged, by a full disk or another program.
    """
    try:
        with path.open(encoding="utf-8") as file:
            found = json.loads(file.readline())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and type(found.get("revision")) is int else None


def file_name(text: str) -> str:
    """Return a name for a file that every system allows: letters, digits and a few signs, none of a path."""
    plain = re.sub(r"[^\w .,+#()-]+", "-", unicodedata.normalize("NFC", text))
    plain = plain.strip().lstrip(".- ")[:_MAX_NAME].rstrip(". ")
    return f"{plain}-" if _RESERVED.fullmatch(plain.partition(".")[0]) else plain or "melody"


def _names(name: str, taken: set[str]) -> Iterator[str]:
    """Yield names that are not taken: the name itself, else with a number."""
    numbers = iter(range(2, len(taken) + 3))
    own = name
    while own.casefold() in taken:
        own = f"{name} {next(numbers)}"
    yield own
