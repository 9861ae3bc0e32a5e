"""The size of the page of 50 pieces, and how fast a browser opens it. Needs chromium and chromium-driver.

    python benchmarks/preview_page.py [--pieces 50] [--screenshots docs]

The time is measured by the browser, from the start of the navigation to the end of the page's load event, the median of
five. A page of one piece is measured for comparison. With --screenshots it also writes preview-*.png.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import browser, console

from melodyrnn.midi.file import file_of
from melodyrnn.view.preview import preview

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver


def load_times(driver: WebDriver, page: Path) -> list[float]:
    """Load times of five navigations, in milliseconds."""
    times = []
    for _ in range(5):
        driver.get(page.as_uri())
        times.append(driver.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd"))
    return times


def shoot(driver: WebDriver, page: Path, folder: Path) -> None:
    driver.set_window_size(900, 560)
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        driver.get(page.as_uri())
        driver.execute_script("document.querySelector('details').open = true")
        driver.execute_script("document.querySelector('.play').click()")
        driver.execute_async_script("setTimeout(arguments[0], 4000)")
        driver.save_screenshot(str(folder / f"preview-{scheme}.png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=50)
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    pieces = load().generate(Request(num=options.pieces, bars=16, seed=1))
    midi_files = [file_of(piece, f"piece-{number}.mid") for number, piece in enumerate(pieces, start=1)]
    with tempfile.TemporaryDirectory() as name, browser(Path(name)) as driver:
        for number in (1, options.pieces):
            page = Path(name) / f"{number}.html"
            page.write_text(preview(midi_files[:number]), "utf-8")
            times, drawn = (
                load_times(driver, page),
                driver.execute_script("return document.querySelectorAll('g.notes path').length"),
            )
            print(
                f"{number:3d} pieces: {page.stat().st_size / 2**10:6.0f} KiB, opens in {np.median(times):.0f} ms "
                f"(largest {max(times):.0f}), {drawn} notes drawn of {sum(p.num_notes for p in pieces[:number])}, "
                f"console: {console(driver) or 'nothing'}"
            )
        print("load", *(f"{value:.1f}" for value in os.getloadavg()), "on", os.cpu_count(), "cores")
        if options.screenshots is not None:
            shoot(driver, page, options.screenshots)


if __name__ == "__main__":
    main()
