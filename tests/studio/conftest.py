"""One studio for all tests of this folder that call one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from studio_server import RunningStudio, running_studio

from melodyrnn.extras import EXTRAS, is_installed


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """A running studio with the models that come with melodyrnn."""
    if not all(map(is_installed, EXTRAS["studio"])):
        pytest.skip("the extra studio is not installed")
    with running_studio(tmp_path_factory.mktemp("studio") / "session") as found:
        yield found
