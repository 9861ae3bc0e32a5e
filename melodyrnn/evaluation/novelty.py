"""Finds the longest passage that a melody has in common with the tunes on which a model was trained.

A passage is a run of (interval, inter-onset time) pairs, so a transposed tune counts as equal. Durations and
velocities are ignored; a tune in halved note values counts as different. n pairs join n + 1 notes.

The index holds two bytes for each note and the names of the tunes, compressed into one member of the model
file ("novelty.bin", see index_file.py). A search needs the runs of a few pairs in sorted order; they are sorted at the
first search, not when the index is loaded.

novelty.bin: LZMA (xz) of one line of JSON {"format", "version", "names", "notes", "values"} and, from the next byte on,
uint16 little-endian tokens, tune after tune: the index of a pair in `values`, counted from 1. A tune of n notes has n
tokens; the first is 0, which is no pair.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..arrays import IntArray
from ..errors import CheckpointError
from ..json_types import JsonObject
from ..score.score import Score
from .part_features import leading_line
from .passages import Copies, Passage

FORMAT = "melodyrnn novelty index"
VERSION = 1
MAX_INDEXED = 5_000_000  # notes of the training tunes in a model file; of more, some of the tunes are indexed
_MAX_BYTES = 256 * 2**20
_PIECE = 2**17  # bytes that are decompressed at once where only the first line is read
_SEEDS = (8, 4, 2, 1)  # lengths, in pairs, of the runs that are searched for, the longest first until one is found
_UNKNOWN = 0xFFFF  # the token of a pair that is in no tune of the index


class Index:
    """A search index of the tunes of a corpus.

    Attributes:
        names: the names of the tunes, in order.
    """

    def __init__(self, names: Sequence[str], starts: IntArray, tokens: IntArray, values: IntArray) -> None:
        """Make an index from its arrays; `Index.of` makes one from melodies.

        Args:
            starts: index of the first token of each tune, (num_tunes,).
            tokens: as in the file, (num_notes,).
            values: the pairs that occur, as `encode_pairs` encodes them, ascending, (num_values,).
        """
        self.names = list(names)
        self._starts = starts
        self._tokens = tokens
        self._values = values

    @classmethod
    def of(cls, melodies: Sequence[Score]) -> Index:
        """Return the index of melodies, of pieces of several parts that of their leading lines, under their names.

        Raises CheckpointError for too many distinct pairs.
        """
        melodies = [leading_line(m) for m in melodies]
        pairs = [encode_pairs(m) for m in melodies]
        values, inverse = np.unique(np.concatenate([np.zeros(0, np.int64), *pairs]), return_inverse=True)
        if len(values) >= _UNKNOWN - 1:
            raise CheckpointError(f"an index must hold at most {_UNKNOWN - 2} kinds of pairs. Received: {len(values)}")
        lengths = np.array([len(m) for m in melodies], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        tokens = np.zeros(int(lengths.sum()), dtype=np.int64)
        inside = np.ones(len(tokens), dtype=bool)
        inside[starts[lengths > 0]] = False
        tokens[inside] = inverse + 1
        # Names come from file names and may hold bytes that are not text, which a file cannot store.
        names = [" ".join(m.name.encode("utf-8", "replace").decode().split()) for m in melodies]
        return cls(names, starts, tokens, values)

    def longest(self, melody: Score) -> Passage:
        """Return the longest passage that the melody has in common with a tune; of equally long ones the first."""
        query = self._query(melody)
        for seed in _SEEDS:
            first, source, pairs = self._search(query, seed)
            if pairs:
                end = melody.onset[first + pairs] + melody.duration[first + pairs]
                bars = float(end - melody.onset[first]) / melody.bar
                tune = int(np.searchsorted(self._starts, source, side="right")) - 1
                return Passage(pairs + 1, bars, first, self.names[tune])
        return Passage(0, 0.0, 0, "")

    def copies(self, melodies: Sequence[Score]) -> Copies:
        """Return the figures of the longest passages of some melodies, at least one."""
        return Copies.of([self.longest(m) for m in melodies])

    def to_bytes(self) -> bytes:
        """Return the bytes of novelty.bin."""
        ends = [*self._starts[1:].tolist(), len(self._tokens)]
        head = {
            "format": FORMAT,
            "version": VERSION,
            "names": self.names,
            "notes": np.subtract(ends, self._starts).tolist(),
            "values": self._values.tolist(),
        }
        data = json.dumps(head).encode() + b"\n" + self._tokens.astype("<u2").tobytes()
        return lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)

    @classmethod
    def from_bytes(cls, data: bytes) -> Index:
        """Return the index of the bytes of novelty.bin. Raises ValueError, KeyError, TypeError or LZMAError."""
        decompressor = lzma.LZMADecompressor()
        data = decompressor.decompress(data, _MAX_BYTES)
        if not decompressor.eof:
            raise ValueError("it is cut short, or too large")
        line, _, rest = data.partition(b"\n")
        head = parse_head(line)
        tokens = np.frombuffer(rest, dtype="<u2").astype(np.int64)
        values = np.array(head["values"], dtype=np.int64)
        notes = np.array(head["notes"], dtype=np.int64)
        names = [str(name) for name in head["names"]]
        if len(notes) != len(names) or notes.sum() != len(tokens) or tokens.max(initial=0) > len(values):
            raise ValueError("its parts do not fit each other")
        return cls(names, np.cumsum(notes) - notes, tokens, values)

    def _query(self, melody: Score) -> IntArray:
        """Return the tokens of the pairs of a melody, (num_notes - 1,); `_UNKNOWN` for pairs outside the index."""
        pairs = encode_pairs(melody)
        if not len(self._values):
            return np.full(len(pairs), _UNKNOWN, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._values, pairs), len(self._values) - 1)
        return np.where(self._values[place] == pairs, place + 1, _UNKNOWN)

    def _search(self, query: IntArray, seed: int) -> tuple[int, int, int]:
        """Return the longest common run of at least `seed` tokens: (start in the query, start in the index, length).

        The length is 0 where there is no such run.
        """
        if len(query) < seed or len(self._tokens) < seed:
            return 0, 0, 0
        order, known = self._sorted(seed)
        wanted = _hashes(query, seed)
        low = np.searchsorted(known, wanted, side="left")
        count = np.searchsorted(known, wanted, side="right") - low
        here = np.repeat(np.arange(len(wanted)), count)
        within = np.arange(len(here)) - np.repeat(np.cumsum(count) - count, count)
        there = order[np.repeat(low, count) + within]
        # Different runs may have equal hashes, so all tokens are compared.
        length = 0
        best = (0, 0, 0)
        while len(here):
            inside = (here + length < len(query)) & (there + length < len(self._tokens))
            here, there = here[inside], there[inside]
            same = query[here + length] == self._tokens[there + length]
            here, there = here[same], there[same]
            length += 1
            if len(here):
                best = (int(here[0]), int(there[0]), length)
        return best if best[2] >= seed else (0, 0, 0)

    def _sorted(self, seed: int) -> tuple[IntArray, npt.NDArray[np.uint64]]:
        """Return the starts of the runs of `seed` tokens in ascending order of their hashes, and the hashes."""
        if seed not in self._orders:
            hashes = _hashes(self._tokens, seed)
            order = np.argsort(hashes, kind="stable")
            self._orders[seed] = order, hashes[order]
        return self._orders[seed]

    @cached_property
    def _orders(self) -> dict[int, tuple[IntArray, npt.NDArray[np.uint64]]]:
        return {}


def num_tunes(data: bytes) -> int:
    """Return the number of tunes in the bytes of novelty.bin, from the first line. Raises what `from_bytes` does."""
    decompressor = lzma.LZMADecompressor()
    text = decompressor.decompress(data, _PIECE)
    while b"\n" not in text and len(text) < _MAX_BYTES and not (decompressor.eof or decompressor.needs_input):
        text += decompressor.decompress(b"", _PIECE)
    return len(parse_head(text.partition(b"\n")[0])["names"])


def parse_head(line: bytes) -> JsonObject:
    """Return the first line of novelty.bin. Raises ValueError, KeyError or TypeError for one of another kind."""
    head: JsonObject = json.loads(line)
    if head["format"] != FORMAT or head["version"] != VERSION:
        raise ValueError(f"{head['format']!r}, version {head['version']!r}")
    return head


def encode_pairs(melody: Score) -> IntArray:
    """Return (interval, inter-onset time) pairs as integers, (num_notes - 1,): (interval + 128) · 2³² + steps."""
    return (np.diff(melody.pitch) + 128) * 2**32 + np.diff(melody.onset)


def _hashes(tokens: IntArray, length: int) -> npt.NDArray[np.uint64]:
    """Return a 64-bit polynomial hash of every run of `length` tokens, (num_tokens - length + 1,)."""
    wide = tokens.astype(np.uint64)
    out = np.zeros(len(tokens) - length + 1, dtype=np.uint64)
    for place in range(length):
        out = out * np.uint64(0x9E3779B97F4A7C15) + wide[place : place + len(out)] + np.uint64(1)
    return out
