"""What the page takes from others: its licences, its versions, and the weight of the whole page."""

from __future__ import annotations

import json
import re
from pathlib import Path

from melodyrnn.studio.page_files import PAGE

VENDOR = PAGE / "vendor"
BUILD = Path(__file__).resolve().parents[2] / "melodyrnn" / "studio" / "vendor"  # which is not installed
MAX_WEIGHT = 1_500_000  # bytes, without the SoundFont


def test_the_page_is_light() -> None:
    assert sum(path.stat().st_size for path in PAGE.rglob("*") if path.is_file()) < MAX_WEIGHT


def test_the_licences_name_each_package_of_the_bundle_with_its_version() -> None:
    packages = json.loads((BUILD / "package-lock.json").read_text("utf-8"))["packages"]
    bundled = {path.removeprefix("node_modules/"): one for path, one in packages.items() if path and not one.get("dev")}
    text = (VENDOR / "LICENSES.txt").read_text("utf-8")
    listed = dict(re.findall(r"^(\S+) ([\d.]+), https:\S+, Apache-2.0$", text, re.M))
    assert listed == {name: one["version"] for name, one in bundled.items()}
    assert {one["license"] for one in bundled.values()} == {"Apache-2.0"}
    assert "Apache License" in text


def test_versions_are_exact_and_no_registry_is_named() -> None:
    wanted = json.loads((BUILD / "package.json").read_text("utf-8"))
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert "resolved" not in (BUILD / "package-lock.json").read_text("utf-8")


def test_the_bundle_calls_nobody() -> None:
    text = (VENDOR / "spessasynth.js").read_text("utf-8")
    for word in ("https://", "http://", "fetch(", "XMLHttpRequest", "import("):
        assert word not in text
