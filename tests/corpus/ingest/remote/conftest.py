"""Files of music to be served, and an environment without proxies and credentials."""

from __future__ import annotations

import pytest

from melodyrnn.shipped import data_folder

NUM_FILES = 12


@pytest.fixture(scope="session")
def tunes() -> dict[str, bytes]:
    """Tunes that come with melodyrnn, by name."""
    paths = sorted(data_folder("samples").joinpath("tunes").glob("*.mid"))[:NUM_FILES]
    return {path.name: path.read_bytes() for path in paths}


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
