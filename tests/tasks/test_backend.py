"""The backend is the requested one, else the configured one, else one that is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from melodyrnn.errors import MissingExtraError
from melodyrnn.tasks.backend import BACKENDS, check_backend, choose_backend

MODULES = ("keras", *BACKENDS)


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.syspath_prepend(tmp_path)


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, *installed: str) -> None:
    """Make the given modules found and all others of Keras missing, whatever this Python has; none is imported."""
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, None)  # which is how Python marks a module that cannot be imported
        if name in installed:
            (folder / f"{name}.py").write_text("raise AssertionError('imported')")
            monkeypatch.delitem(sys.modules, name)


def configure(folder: Path, text: str) -> None:
    (folder / "keras.json").write_text(text)


@pytest.mark.parametrize(
    ("installed", "asked", "variable", "config", "taken"),
    [
        (MODULES, None, "", None, "tensorflow"),
        (MODULES, "jax", "torch", '{"backend": "torch"}', "jax"),
        (MODULES, None, "jax", '{"backend": "torch"}', "jax"),
        (MODULES, None, "", '{"backend": "torch"}', "torch"),
        (("keras", "torch"), None, "", None, "torch"),
        (("keras", "jax"), None, "", '{"backend": "tensorflow"}', "jax"),
        (("keras", "jax", "torch"), None, "", '{"backend": "torch"}', "torch"),
        (("keras", "tensorflow"), None, "", '{"backend": "torch"}', "tensorflow"),
        (MODULES, None, "", '{"backend": "none"}', "tensorflow"),
        (MODULES, None, "", '{"backend": ["torch"]}', "tensorflow"),
        (MODULES, None, "", '["torch"]', "tensorflow"),
        (MODULES, None, "", "{", "tensorflow"),
    ],
)
def test_the_backend_that_is_taken(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    installed: tuple[str, ...],
    asked: str | None,
    variable: str,
    config: str | None,
    taken: str,
) -> None:
    install(monkeypatch, tmp_path, *installed)
    monkeypatch.setenv("KERAS_BACKEND", variable)
    if config:
        configure(tmp_path, config)
    choose_backend(asked)
    assert os.environ["KERAS_BACKEND"] == taken


@pytest.mark.parametrize(
    ("installed", "asked", "variable", "words"),
    [
        ((), None, "", "by Keras: pip install '.[train]' in the folder of melodyrnn, or '.[torch]' or '.[jax]'"),
        (BACKENDS, None, "", "for these backends. Received: no keras"),
        (("keras",), None, "", "for these backends. Received: no backend of Keras"),
        (("keras", "tensorflow"), "torch", "", "this needs the extra torch: pip install '.[torch]'"),
        (("keras", "torch"), None, "jax", "this needs the extra jax: pip install '.[jax]'"),
        (("torch",), "torch", "", "Received: no keras"),
        (("keras", "torch"), "tensorflow", "", "this needs the extra train: pip install '.[train]'"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_set(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    installed: tuple[str, ...],
    asked: str | None,
    variable: str,
    words: str,
) -> None:
    install(monkeypatch, tmp_path, *installed)
    monkeypatch.setenv("KERAS_BACKEND", variable)
    for function in (check_backend, choose_backend):
        with pytest.raises(MissingExtraError) as caught:
            function(asked)
        assert words in str(caught.value)
    assert os.environ["KERAS_BACKEND"] == variable
