"""Tests of melodyrnn.corpus.splits: shares, files that stay together, and that content decides."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.splits import split_files, split_pieces


class TestSplit:
    @pytest.mark.parametrize(("size", "validation", "test"), [(100, 5, 10), (40, 2, 4), (10, 1, 1), (3, 1, 1)])
    def test_shares(self, size: int, validation: int, test: int) -> None:
        counts = Counter(split_pieces(size, 0.05, 0.1, 0))
        assert counts == {"train": size - validation - test, "validation": validation, "test": test}

    def test_share_of_0_is_none(self) -> None:
        assert set(split_pieces(50, 0, 0.1, 0)) == {"train", "test"}
        assert set(split_pieces(50, 0, 0, 0)) == {"train"}

    def test_drawn_by_the_seed(self) -> None:
        assert split_pieces(50, 0.1, 0.1, 3) == split_pieces(50, 0.1, 0.1, 3)
        assert split_pieces(50, 0.1, 0.1, 3) != split_pieces(50, 0.1, 0.1, 4)

    @given(st.integers(1, 60), st.floats(0, 0.49), st.floats(0, 0.5))
    def test_the_training_split_is_never_empty(self, size: int, validation: float, test: float) -> None:
        assert "train" in split_pieces(size, validation, test, 0)

    @given(st.lists(st.integers(1, 4), min_size=3, max_size=30), st.integers(0, 5))
    def test_pieces_of_a_file_stay_together(self, sizes: list[int], seed: int) -> None:
        files = [bytes([file]) for file, size in enumerate(sizes) for _ in range(size)]
        splits = split_files(files, 0.05, 0.1, seed)
        assert len(set(zip(files, splits, strict=True))) == len(sizes)
        assert set(splits) == {"train", "validation", "test"}

    def test_pieces_of_two_files_are_drawn_one_by_one(self) -> None:
        assert split_files([b"a", b"a", b"a", b"b", b"b", b"b"], 0.1, 0.1, 0) == split_pieces(6, 0.1, 0.1, 0)

    def test_drawn_by_content_and_seed(self) -> None:
        files = [bytes([n]) for n in range(60)]
        drawn = dict(zip(files, split_files(files, 0.1, 0.1, 0), strict=True))
        assert dict(zip(files[::-1], split_files(files[::-1], 0.1, 0.1, 0), strict=True)) == drawn
        assert dict(zip(files, split_files(files, 0.1, 0.1, 1), strict=True)) != drawn

    def test_most_files_keep_their_split_where_others_are_added(self) -> None:
        files = [bytes([n]) for n in range(220)]
        before = split_files(files[:200], 0.1, 0.1, 0)
        after = split_files(files, 0.1, 0.1, 0)[:200]
        assert sum(a != b for a, b in zip(before, after, strict=True)) <= 6
