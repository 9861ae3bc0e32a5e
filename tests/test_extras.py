"""The extras named in errors are those of setup.cfg."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from melodyrnn.errors import MissingExtraError
from melodyrnn.extras import EXTRAS, require

SETUP = Path(__file__).parents[1] / "setup.cfg"
PACKAGES = {"rtmidi": "python-rtmidi"}  # where the names of package and module differ


def listed() -> dict[str, list[str]]:
    parser = configparser.ConfigParser()
    parser.read(SETUP, "utf-8")
    extras = parser["options.extras_require"]
    return {name: re.findall(r"^[\w-]+", extras[name], re.MULTILINE) for name in extras}


def test_each_extra_installs_its_modules_and_so_does_the_extra_test() -> None:
    packages_by_extra = listed()
    assert set(packages_by_extra) == {*EXTRAS, "test", "lint"}
    for extra, modules in EXTRAS.items():
        packages = [PACKAGES.get(module, module) for module in modules]
        assert packages_by_extra[extra] == packages
        assert set(packages) <= set(packages_by_extra["test"])


def test_the_error_has_the_command_that_installs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(
        MissingExtraError, match=r"this needs the extra live: pip install 'melodyrnn\[live\]'\. Received: "
    ):
        require("live")
    assert require("live", "json").loads("1") == 1
