"""Keys come in the order in which a walk through the folders gives them, however many are in memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.ingest.remote.sorting import by_folders

NAMES = st.text(st.sampled_from("ab -.旋\n"), min_size=1, max_size=3)
KEYS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def test_a_folder_is_before_what_begins_as_it_and_goes_on() -> None:
    entries = [("a", 1), ("a-b", 2), ("a.mid", 3), ("a/x", 4), ("a/b/c", 5)]
    assert [key for key, _ in by_folders(entries)] == ["a", "a/b/c", "a/x", "a-b", "a.mid"]


@given(st.lists(KEYS, unique=True), st.integers(1, 5))
def test_the_order_is_that_of_the_parts(keys: list[str], part: int) -> None:
    found = list(by_folders([(key, number) for number, key in enumerate(keys)], part))
    assert found == sorted(((key, number) for number, key in enumerate(keys)), key=lambda one: one[0].split("/"))
