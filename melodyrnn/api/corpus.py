"""A corpus as a sequence of melodies, and `open_corpus`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import overload

from ..corpus import store
from ..corpus.record import PieceRecord
from ..events.vocabulary import Vocabulary
from ..json_types import JsonObject
from ..tasks.paths import StrPath
from .piece import Score

_NUM_SHOWN = 3  # melodies in a notebook


class Corpus(Sequence[Score]):
    """The melodies, or pieces, of a corpus on disk, in order: `corpus[0]`, `corpus[:8]`, `len(corpus)`, in a loop.

    Attributes:
        stored: the arrays and records on disk, for callers who need more than this class offers.
    """

    def __init__(self, stored: store.Corpus) -> None:
        self.stored = stored

    def __len__(self) -> int:
        """Return the number of melodies or pieces of all splits."""
        return len(self.stored.pieces)

    @overload
    def __getitem__(self, index: int) -> Score: ...
    @overload
    def __getitem__(self, index: slice) -> list[Score]: ...
    def __getitem__(self, index: int | slice) -> Score | list[Score]:
        """Return a melody, or a list of them for a slice."""
        if isinstance(index, slice):
            return [self._score(record) for record in self.stored.pieces[index]]
        return self._score(self.stored.pieces[index])

    def __iter__(self) -> Iterator[Score]:
        return map(self._score, self.stored.pieces)

    def __repr__(self) -> str:
        counts = Counter(record.split for record in self.stored.pieces)
        splits = ", ".join(f"{counts[split]} {split}" for split in store.SPLITS)
        kind = "pieces" if self.stored.has_parts else "melodies"
        return f"{type(self).__name__}({self.path.name!r}, {len(self)} {kind} ({splits}), {self.num_notes} notes)"

    def _repr_html_(self) -> str:
        """Return the piano rolls of the first melodies as HTML, which notebooks show."""
        shown = "".join(f"<h4>{escape(melody.name)}</h4>{melody._repr_html_()}" for melody in self[:_NUM_SHOWN])
        more = len(self) - _NUM_SHOWN
        return f"<p>{escape(repr(self))}</p>{shown}" + (f"<p>and {more} more</p>" if more > 0 else "")

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.stored.path

    @property
    def num_notes(self) -> int:
        """Number of notes of all melodies."""
        return len(self.stored.events)

    @property
    def splits(self) -> list[str]:
        """The split of each melody: "train", "validation" or "test"."""
        return [record.split for record in self.stored.pieces]

    @property
    def vocabulary(self) -> Vocabulary:
        """The values of each field that a network learns."""
        return self.stored.vocabulary

    @property
    def statistics(self) -> JsonObject:
        """Counts of notes, meters, keys and so on, as `melodyrnn info` shows them."""
        return self.stored.statistics

    def scores(self, split: str = "all") -> list[Score]:
        """Return the melodies, or pieces with their parts, of "train", "validation", "test" or "all".

        Raises CorpusError for another split.
        """
        return [Score.of(melody) for melody in self.stored.scores(split)]

    def melodies(self, split: str = "all") -> list[Score]:
        """Return `scores` by the name that fits a corpus of melodies."""
        return self.scores(split)

    def _score(self, record: PieceRecord) -> Score:
        return Score.of(self.stored.score(record))


def open_corpus(path: StrPath) -> Corpus:
    """Return the corpus in a folder. Raises CorpusError where it does not exist or is damaged."""
    return Corpus(store.open_corpus(path))
