"""A real studio in a process of its own, and calls of it as any program makes them."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foreground import foreground
from waiting import LIMIT

from melodyrnn.studio.security import HOST


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RunningStudio:
    process: subprocess.Popen[str]
    url: str
    folder: Path

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].partition("/")[0])

    @property
    def token(self) -> str:
        return self.url.split("/")[3]

    def raw(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Call a path as it stands, which need not lie below the token."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LIMIT)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def call(
        self,
        method: str,
        path: str,
        json_body: object = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Call a path below the token."""
        body = data if json_body is None else json.dumps(json_body).encode()
        return self.raw(method, f"/{self.token}/{path}", body, headers)

    def events(self, job: str) -> list[tuple[str, Any]]:
        """Return the name and the data of all events of a job, when it has ended."""
        text = self.call("GET", f"api/jobs/{job}/events").body.decode()
        found = re.findall(r"^event: (.*)\ndata: (.*)$", text, re.MULTILINE)
        return [(name, json.loads(data)) for name, data in found]

    def generate(self, num: int = 1, **wishes: object) -> Any:
        """Return the documents of new pieces."""
        return self.call("POST", "api/generate", {"wishes": wishes, "num": num}).json()["pieces"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(LIMIT)


@contextmanager
def running_studio(folder: Path, *options: str) -> Iterator[RunningStudio]:
    """A studio that has started; at the end it is interrupted, if it is still there."""
    command = [sys.executable, "-m", "melodyrnn", "studio", "--no-open", "--json", "--folder", str(folder), *options]
    with foreground():
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield RunningStudio(process, json.loads(process.stdout.readline())["url"], folder)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
