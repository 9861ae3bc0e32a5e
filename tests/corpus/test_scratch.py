"""Tables on disk: what they hold, and that nothing is left of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.scratch import Digests, Scratch
from melodyrnn.errors import OutputError

FILL = """
import os
from melodyrnn.corpus.scratch import Digests
digests = Digests()
for number in range(200_000):
    digests.add(number.to_bytes(16, "big"), number)
names = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
print(len(digests), digests.get((199_999).to_bytes(16, "big")), any(os.environ["TMPDIR"] in name for name in names))
"""


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=3), st.integers(0, 2**62))))
def test_a_digest_keeps_its_first_number(pairs: list[tuple[bytes, int]]) -> None:
    digests, expected = Digests(), dict[bytes, int]()
    for digest, number in pairs:
        assert digests.add(digest, number) == expected.get(digest)
        expected.setdefault(digest, number)
    assert len(digests) == len(expected)
    assert all(digests.get(digest) == number for digest, number in expected.items())
    assert b"none of them" not in digests
    assert digests.get(b"none of them") is None
    assert 5 not in digests
    for digest in expected:
        digests.remove(digest)
        assert digest not in digests
        assert digests.add(digest, 5) is None
    assert len(digests) == len(expected)
    digests.close()
    digests.close()  # any number of times


def test_rows_come_back_sorted() -> None:
    with Scratch("rows(name TEXT, number INTEGER)") as scratch:
        scratch.execute_all("INSERT INTO rows VALUES (?, ?)", ((str(n % 7), n) for n in range(20)))
        found = scratch.execute("SELECT number FROM rows WHERE name = ? ORDER BY number DESC", ("3",)).fetchall()
    assert found == [(17,), (10,), (3,)]


def test_a_disk_that_is_full_is_one_line() -> None:
    with Scratch("rows(data BLOB)") as scratch:
        scratch.execute("PRAGMA max_page_count = 10")
        with pytest.raises(OutputError, match=r"temporary files must have room; TMPDIR .* Received: database or disk"):
            scratch.execute("INSERT INTO rows VALUES (?)", (bytes(1 << 20),))
        with pytest.raises(OutputError, match="temporary files must have room"):
            scratch.execute_all("INSERT INTO rows VALUES (?)", [(bytes(1 << 20),)])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the open files of a process")
def test_what_does_not_fit_into_memory_is_in_the_folder_for_temporary_files_and_leaves_no_name(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", FILL], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["200000", "199999", "True"]
    assert list(tmp_path.iterdir()) == []
