"""A studio in a process of its own, with the files that tell where it is in a folder of the tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from studio_process import Studio


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory, free_port: int) -> Iterator[Studio]:
    runtime = tmp_path_factory.mktemp("runtime")
    words = ["studio", "--no-open", "--json", "--folder", str(runtime / "session"), "--osc", str(free_port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "melodyrnn", *words],
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    with urlopen(url):  # which is answered when all services are there, that of OSC too
        pass
    yield Studio(url, runtime, free_port)
    process.terminate()
    process.communicate()


@pytest.fixture(scope="package")
def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])
