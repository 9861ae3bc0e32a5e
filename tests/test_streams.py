"""What native libraries print: noise is left out, and the last words before a crash are not."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, sys
from melodyrnn.streams import without_lines
with without_lines("noise"):
    os.write(2, b"noise 1\\nnatural\\n")
    print("from Python", file=sys.stderr)
    os.write(2, b"error: out of memory\\nnoise 2\\n")
    os.write(2, b"last words")
    {end}
print("after", file=sys.stderr)
os.write(2, b"noise is printed again\\n")
"""


def lines(end: str) -> tuple[set[str], int]:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(end=end)], capture_output=True, text=True, check=False)
    return set(done.stderr.splitlines()), done.returncode


def test_lines_of_noise_are_left_out_inside_the_context_alone() -> None:
    assert lines("os.write(2, b'.\\n')") == (
        {"natural", "from Python", "error: out of memory", "last words.", "after", "noise is printed again"},
        0,
    )


def test_the_last_words_of_a_crash_are_printed() -> None:
    done = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(end="os.abort()")], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    _, printed = done.communicate()
    assert set(printed.decode().splitlines()) == {"natural", "from Python", "error: out of memory", "last words"}
    assert done.returncode != 0
