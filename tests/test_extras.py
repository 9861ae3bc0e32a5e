"""Extras by name: what the words promise is what setup.cfg brings."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from melodyrnn.errors import MissingExtraError
from melodyrnn.extras import EXTRAS, require

SETUP = Path(__file__).parents[1] / "setup.cfg"
PACKAGES = {"rtmidi": "python-rtmidi"}  # where the package's name is not the module's


def listed() -> dict[str, list[str]]:
    parser = configparser.ConfigParser()
    parser.read(SETUP, "utf-8")
    extras = parser["options.extras_require"]
    return {name: re.findall(r"^[\w-]+", extras[name], re.MULTILINE) for name in extras}


def test_each_extra_brings_its_modules_and_the_tests_have_them_all() -> None:
    found = listed()
    assert set(found) == {*EXTRAS, "test", "lint"}
    for extra, modules in EXTRAS.items():
        packages = [PACKAGES.get(module, module) for module in modules]
        assert found[extra] == packages
        assert set(packages) <= set(found["test"])


def test_what_is_missing_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(
        MissingExtraError, match=r"this needs the extra live: pip install 'melodyrnn\[live\]'\. Received: "
    ):
        require("live")
    assert require("live", "json").loads("1") == 1
