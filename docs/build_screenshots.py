"""Make the pictures of docs/studio.md: `python docs/build_screenshots.py`. Needs the extras studio and test, chromium.

The pieces come from fixed seeds, so that the pictures change only where the page does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

PICTURES = Path(__file__).resolve().parent / "pictures"
SECONDS = 120  # that a model may take
_IDLE = """
    return document.querySelectorAll(".candidates .card").length > 0
        && !document.querySelector(".card.drawing") && document.getElementById("stop-job").hidden;
"""
_SET = """
    const [id, value] = arguments, field = document.getElementById(id);
    field.value = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, {bubbles: true}));
"""
_KEYS = """
    const roll = document.getElementById("roll");
    roll.focus();
    for (const key of arguments[0]) {
        const [name, shift] = key.startsWith("Shift+") ? [key.slice(6), true] : [key, false];
        roll.dispatchEvent(new KeyboardEvent("keydown", {key: name, shiftKey: shift, bubbles: true, cancelable: true}));
    }
"""


@contextmanager
def studio(folder: Path) -> Iterator[str]:
    """The address of a studio whose session is in a folder."""
    command = [sys.executable, "-m", "melodyrnn", "studio", "--no-open", "--json", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.terminate()


@contextmanager
def page(url: str, width: int, height: int, scheme: str = "light") -> Iterator[WebDriver]:
    """The studio's page in a headless Chromium, in English."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--lang=en", "--hide-scrollbars"):
        options.add_argument(argument)
    service = Service(shutil.which("chromedriver"), env={**os.environ, "LC_ALL": "C.UTF-8"})
    driver = webdriver.Chrome(options=options, service=service)
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        driver.get(url)
        wait(driver)
        yield driver
    finally:
        driver.quit()


def wait(driver: WebDriver) -> None:
    """Wait until the model has drawn."""
    WebDriverWait(driver, SECONDS).until(lambda one: one.execute_script(_IDLE))


def click(driver: WebDriver, id: str) -> None:
    """Press a button, and wait for what the model draws."""
    driver.execute_script("document.getElementById(arguments[0]).click()", id)
    wait(driver)


def generate(driver: WebDriver, model: str, seed: int, **wishes: object) -> None:
    """Draw candidates with a fixed seed."""
    for name, value in {"model": model, "seed": seed, **wishes}.items():
        driver.execute_script(_SET, f"wish-{name}", str(value))
    click(driver, "generate")


def save(driver: WebDriver, name: str) -> None:
    """Write what is seen as a picture."""
    driver.execute_script("return new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")
    driver.save_screenshot(str(PICTURES / name))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, studio(Path(folder) / "session") as url:
        with page(url, 1280, 860) as driver:
            generate(driver, "folk", 7, bars=16)
            save(driver, "studio-compose.png")
            driver.execute_script(_KEYS, ["PageDown", "PageDown", "l", "ArrowRight", "l", "b", "Shift+B"])
            driver.execute_script(_SET, "wish-seed", "11")
            click(driver, "infill")
            save(driver, "studio-fill.png")
        with page(url, 1240, 900, "dark") as driver:
            generate(driver, "chorales", 3, bars=8)
            click(driver, "keep")
            save(driver, "studio-parts.png")
        with page(url, 360, 720) as driver:
            generate(driver, "folk", 7, bars=8)
            save(driver, "studio-phone.png")


if __name__ == "__main__":
    main()
