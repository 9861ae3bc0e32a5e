"""Chromium and Firefox by one interface, WebDriver BiDi (https://w3c.github.io/webdriver-bidi) over a websocket.

Needs Debian's chromium with chromium-driver, and firefox-esr, and the package websockets. Firefox speaks the protocol
itself; Chromium does so through its driver. Positions are CSS pixels from the left upper corner of the window.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

import pytest
from waiting import LIMIT, until

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Point: TypeAlias = tuple[float, float]

PROGRAMS = {"chromium": ("chromium", "chromedriver"), "firefox": ("firefox-esr",)}
PREFERENCES = {  # of Firefox
    "remote.active-protocols": 1,  # BiDi alone
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "browser.download.alwaysOpenPanel": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.disabledForTesting": True,
}
ARGUMENTS = [  # of Chromium
    "--headless=new",
    "--no-sandbox",  # tests may run as root
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
]
KEYS = {  # as WebDriver names them
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Alt": "\ue00a",
    "Escape": "\ue00c",
    "Space": " ",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}
EVENTS = ["log.entryAdded", "network.responseCompleted"]


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test, with a line, where a browser, by its name in PROGRAMS, or websockets is not installed."""
    missing = [program for program in PROGRAMS[name] if shutil.which(program) is None]
    missing += [] if find_spec("websockets") else ["the package websockets"]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


class Session:
    """A browser and the answers and events that it sends."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._num_calls = 0
        self._events: list[dict[str, JSON]] = []

    def call(self, method: str, **parameters: object) -> dict[str, JSON]:
        """Send a command and return its result."""
        self._num_calls += 1
        self._socket.send(json.dumps({"id": self._num_calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=LIMIT))
            if message.get("type") == "event" or "id" not in message:
                self._events.append(message)
            elif message["id"] == self._num_calls:
                assert message.get("type") != "error", f"{method}: {message['error']}: {message['message']}"
                result: dict[str, JSON] = message["result"]
                return result

    def events(self, method: str, context: str) -> list[dict[str, JSON]]:
        """Return what has happened in a tab, oldest first."""
        return [
            parameters
            for event in self._events
            if event["method"] == method and context in _contexts(parameters := event["params"])
        ]

    def tab(self) -> Tab:
        """Open a new tab, in front of the others."""
        return Tab(self, self.call("browsingContext.create", type="tab")["context"])

    def save_downloads(self, folder: Path) -> None:
        behaviour = {"type": "allowed", "destinationFolder": str(folder)}
        self.call("browser.setDownloadBehavior", downloadBehavior=behaviour)


def _contexts(parameters: Mapping[str, JSON]) -> set[JSON]:
    """The tab of an event: log entries name it within their source."""
    return {parameters.get("context"), (parameters.get("source") or {}).get("context")}


class Tab:
    """A page in a browser: what a user does there and sees."""

    def __init__(self, session: Session, context: str) -> None:
        self.session, self.context = session, context

    def open(self, url: str) -> None:
        """Load a page with all that it names."""
        self.session.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def close(self) -> None:
        self.session.call("browsingContext.close", context=self.context)

    def to_front(self) -> None:
        self.session.call("browsingContext.activate", context=self.context)

    def resize(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        self.session.call("browsingContext.setViewport", context=self.context, viewport=viewport)

    def screenshot(self) -> bytes:
        """Return the window as a PNG."""
        return base64.b64decode(self.session.call("browsingContext.captureScreenshot", context=self.context)["data"])

    def evaluate(self, expression: str) -> JSON:
        """Return the value of a JavaScript expression, which may await; fail with the message of what it throws."""
        answer = self.session.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self.context},
            awaitPromise=True,
            userActivation=True,  # as after a click, without which no sound may begin
        )
        assert answer["type"] == "success", answer.get("exceptionDetails", {}).get("text")
        return json.loads(answer["result"].get("value", "null"))

    def until(self, expression: str) -> JSON:
        """Wait in the page until an expression is true, and return its value."""
        return self.evaluate(f"({UNTIL})(async () => {expression}, {LIMIT})")

    def errors(self) -> list[str]:
        """Return what the console of this page calls an error or a warning, and requests that were refused."""
        self.evaluate("0")  # after which all events before it have come
        logged = [
            f"{entry['level']}: {entry['text']}"
            for entry in self.session.events("log.entryAdded", self.context)
            if entry["level"] in ("error", "warn")
        ]
        return logged + [f"{status} {url}" for url, status in self.responses() if status >= 400]

    def responses(self) -> list[tuple[str, int]]:
        """Return the address and status of every answer that the page has received, oldest first."""
        found = self.session.events("network.responseCompleted", self.context)
        return [(event["response"]["url"], event["response"]["status"]) for event in found]

    def center(self, selector: str) -> Point:
        """Scroll an element into sight and return its center."""
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        self.evaluate(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'nearest'}})")
        x, y = self.evaluate(f"(box => [box.x + box.width / 2, box.y + box.height / 2])({box})")
        return x, y

    def click(self, where: str | Point) -> None:
        """Click an element or a position with the mouse."""
        self.drag([where if isinstance(where, tuple) else self.center(where)])

    def drag(self, points: Sequence[Point]) -> None:
        """Press the mouse at the first position and move it through the others before it is released."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points]
        down, up = ({"type": f"pointer{kind}", "button": 0} for kind in ("Down", "Up"))
        self._perform({"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]})

    def point(self, where: Point) -> None:
        """Move the mouse to a position."""
        x, y = where
        self._perform(
            {"type": "pointer", "id": "mouse", "actions": [{"type": "pointerMove", "x": round(x), "y": round(y)}]}
        )

    def press(self, *strokes: str) -> None:
        """Press keys one after the other, each by its name or character: `press("Control+z", "Delete", "a")`."""
        actions: list[dict[str, JSON]] = []
        for stroke in strokes:
            held = [KEYS.get(name, name) for name in re.split(r"(?<=.)\+", stroke)]
            actions += [{"type": "keyDown", "value": key} for key in held]
            actions += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self._perform({"type": "key", "id": "keyboard", "actions": actions})

    def drop(self, selector: str, files: Mapping[str, bytes]) -> None:
        """Drop files, by name, onto an element, as from a file manager."""
        given = [[name, base64.b64encode(data).decode()] for name, data in files.items()]
        self.evaluate(f"({DROP})(document.querySelector({json.dumps(selector)}), {json.dumps(given)})")

    def _perform(self, source: dict[str, JSON]) -> None:
        self.session.call("input.performActions", context=self.context, actions=[source])


UNTIL = """async (condition, seconds) => {
    for (let left = seconds * 10; left > 0; left--) {
        const found = await condition();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`waited in vain for ${condition}`);
}"""
# What WebDriver cannot do: a drag that begins outside the window.
DROP = """(target, files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, data] of files)
        dataTransfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
    for (const kind of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
}"""


@contextmanager
def browser(name: str, folder: Path) -> Iterator[Session]:
    """Start a browser of PROGRAMS without a window on the screen; it writes into a folder only."""
    from websockets.sync.client import connect

    with ExitStack() as stack:
        url = stack.enter_context(STARTERS[name](folder))
        # pings would draw from `random` in a thread, which Hypothesis takes for a strategy that does
        socket = connect(url, max_size=None, proxy=None, ping_interval=None)
        session = Session(stack.enter_context(socket))
        if name == "firefox":
            session.call("session.new", capabilities={})
        session.call("session.subscribe", events=EVENTS)
        yield session


@contextmanager
def _firefox(folder: Path) -> Iterator[str]:
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"]
    with _started(command, r"listening on (ws://\S+)", folder) as url:
        yield f"{url}/session"


@contextmanager
def _chromium(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    options = {"binary": shutil.which("chromium"), "args": [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]}
    wanted = {"alwaysMatch": {"webSocketUrl": True, "goog:chromeOptions": options}}
    with _started(["chromedriver", "--port=0"], r"successfully on port (\d+)", folder) as port:
        sessions = f"http://127.0.0.1:{port}/session"
        answer = _request(sessions, json.dumps({"capabilities": wanted}).encode())
        yield answer["capabilities"]["webSocketUrl"]
        _request(f"{sessions}/{answer['sessionId']}", None, "DELETE")


def _request(url: str, data: bytes | None, method: str = "POST") -> dict[str, JSON]:
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        value: dict[str, JSON] = json.load(answer)["value"]
        return value


@contextmanager
def _started(command: list[str], pattern: str, folder: Path) -> Iterator[str]:
    """Start a program, wait until it prints a pattern, and return the group in it; end the program at last."""
    log = folder / "log"
    with log.open("wb") as file, _process(command, file) as process:
        yield until(lambda: _found(pattern, log, process))


def _found(pattern: str, log: Path, process: subprocess.Popen[bytes]) -> str | None:
    text = log.read_text("utf-8", "replace")
    assert process.poll() is None, f"{process.args} ended: {text}"
    match = re.search(pattern, text)
    return match[1] if match else None


@contextmanager
def _process(command: list[str], file: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    # in a plain C locale Chromium does not find a folder whose name is not ASCII
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "MOZ_CRASHREPORTER_DISABLE": "1"}
    process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


STARTERS: dict[str, Callable[[Path], object]] = {"chromium": _chromium, "firefox": _firefox}
