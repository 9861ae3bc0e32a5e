"""A file behind a URL that is read in blocks, as archives are: the next blocks are fetched ahead."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from .ahead import ReadAhead

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK_BYTES = 1 << 20
_NUM_AHEAD = 4  # blocks
_NUM_KEPT = 4  # blocks that were read; the directory of a zip archive and its members lie apart


class RangeFile(io.RawIOBase):
    """A seekable file of known size, made of ranges of bytes."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        """Nothing is fetched yet.

        Args:
            fetch: returns the bytes from a first byte to before another; called in any thread.
        """
        self._size, self._at = size, 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._last = -1  # number of the block that was read last
        self._ahead = ReadAhead[int](
            lambda block: fetch(block * BLOCK_BYTES, min(size, (block + 1) * BLOCK_BYTES)),
            lambda block: BLOCK_BYTES,
            _NUM_AHEAD,
            _NUM_AHEAD * BLOCK_BYTES,
        )

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position and return it."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read bytes, at most to the end of a block, into a buffer; return how many. Raises what `fetch` raises."""
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not len(view):
            return 0
        number, start = divmod(self._at, BLOCK_BYTES)
        part = self._block(number)[start : start + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """End fetching."""
        self._ahead.close()
        super().close()

    def _block(self, number: int) -> bytes:
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        if number == self._last + 1 and number:
            self._ahead.expect(range(number, min(number + 1 + _NUM_AHEAD, -(-self._size // BLOCK_BYTES))))
        else:
            self._ahead.forget()
        self._last = number
        block = self._kept[number] = self._ahead.take(number)
        if len(self._kept) > _NUM_KEPT:
            self._kept.popitem(last=False)
        return block
