"""One browser of each kind for all tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsers import PROGRAMS, Session, browser, needs
from studio_page import StudioPage
from studio_server import RunningStudio

both = [pytest.param(name, marks=needs(name)) for name in PROGRAMS]


@pytest.fixture(scope="package")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="package", params=both)
def session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, downloads: Path
) -> Iterator[Session]:
    with ExitStack() as stack:
        found = stack.enter_context(browser(request.param, tmp_path_factory.mktemp(request.param)))
        found.save_downloads(downloads)
        yield found


@pytest.fixture
def page(session: Session, studio: RunningStudio) -> Iterator[StudioPage]:
    found = StudioPage(session, studio)
    yield found
    found.tab.close()
