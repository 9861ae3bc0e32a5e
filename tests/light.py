"""A Python with the packages of `pip install .` alone: a virtual environment with links to the installed ones.

Whatever else this Python has, such as Keras, cannot be imported there, nor in processes that are started from there.
"""

from __future__ import annotations

import configparser
import os
import re
import venv
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.markers import Marker  # pytest brings it

ROOT = Path(__file__).resolve().parents[1]


def make_light_python(folder: Path) -> Path:
    """Make the environment in a new folder and return its Python."""
    context = venv.EnvBuilder(symlinks=os.name != "nt").ensure_directories(folder)
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    (libraries,) = folder.rglob("site-packages")
    for name in needed(base_requirements()):
        link_distribution(name, libraries)
    return Path(context.env_exe)


def base_requirements() -> list[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser["options"]["install_requires"].split("\n")[1:]


def needed(requirements: list[str]) -> Iterator[str]:
    """Yield the names of the packages that requirements bring, each once."""
    seen: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement, _, marker = waiting.pop().partition(";")
        found = re.match(r"[\w.-]+", requirement.strip())
        name = re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""
        if not name or name in seen or (marker and not Marker(marker).evaluate({"extra": ""})):
            continue
        seen.add(name)
        waiting += distribution(name).requires or []
        yield name


def link_distribution(name: str, libraries: Path) -> None:
    """Link the files and folders of an installed package into a folder of libraries."""
    package = distribution(name)
    for top in {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}:
        link, target = libraries / top, Path(str(package.locate_file(top)))
        if not link.exists():
            link.symlink_to(target, target.is_dir())
