"""Fixtures of the tests that run what the documentation shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from eager import eagerly
from materials import Materials


@pytest.fixture(scope="session")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    return Materials(tmp_path_factory.mktemp("materials"))


@pytest.fixture(scope="module", autouse=True)  # other files may run in this process
def without_graphs() -> Iterator[None]:
    """Trainings of two steps run without TensorFlow's graphs, whose tracing takes longer than the steps."""
    with eagerly():
        yield
