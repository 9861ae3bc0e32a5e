"""Serves a SoundFont of this machine to the page, which plays with it; none is shipped with melodyrnn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from ..errors import SoundError
from ..sound.soundfont import find_soundfont
from .endpoint import Answer, Call, CallError, Endpoint

_TYPE = "audio/x-soundfont"
_BLOCK = 1 << 18  # bytes
# The address holds the token of this start, so a browser never takes the file of another start for it.
_CACHE = "private, max-age=86400, immutable"


class SoundFontFile:
    """The SoundFont that `render` takes too: a given one, else the user's, else the best of the system."""

    def __init__(self, given: Path | None = None) -> None:
        """Raise SoundError where `given` is not a SoundFont; None searches for one when it is asked for."""
        self._given = None if given is None else find_soundfont(given)

    def endpoints(self) -> Sequence[Endpoint]:
        return (Endpoint("GET", "/soundfont", self.file, "a SoundFont of this machine", gives=_TYPE),)

    def close(self) -> None:
        """Nothing runs here."""

    def file(self, call: Call) -> Answer:
        """Return the SoundFont. Raises CallError with status 404 where there is none."""
        try:
            path = find_soundfont(self._given)
        except SoundError as error:
            raise CallError(str(error), 404) from error
        headers = {"cache-control": _CACHE, "content-length": str(path.stat().st_size)}
        return Answer(None, _TYPE, headers=headers, stream=_blocks(path))


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    """Yield a file in blocks."""
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
