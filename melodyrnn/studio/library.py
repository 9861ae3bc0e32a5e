"""The documents of a studio and the files that hold them: opens files, gives documents to a model, writes them.

A file that its document does not hold whole (it has controllers, lyrics, tracks without notes) is stored by its
contents, and its document is an edit of it (`source_edits`). Any other document is all there is.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ..extract.roles import find_roles
from ..files import write_bytes
from ..generation.view import GIVEN_IN_PYTHON
from ..json_types import JsonObject
from ..midi.read import read_bytes, with_channels
from ..midi.write import midi_bytes
from ..music.piece import Piece
from .documents import document_of, origins_of, piece_of
from .endpoint import CallError
from .reading import a_text, an_object
from .source_edits import SourceMusic, same_tracks

_ID = re.compile(r"[0-9a-f]{32}")
_CACHED = 16  # files
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class GivenPiece:
    """A document that is given to a model.

    Attributes:
        document: the document.
        piece: its music; its tracks all have notes.
        numbers: for each track of the piece the number of that of the document.
    """

    document: JsonObject
    piece: Piece
    numbers: Sequence[int | None]

    def track(self, number: int) -> int:
        """Return the number in the piece of a track of the document. Raises CallError where it has no notes."""
        if number not in self.numbers:
            raise CallError(f"a track must have notes. Received: track {number}")
        return self.numbers.index(number)


class Library:
    """Documents and the stored files of those that have one."""

    def __init__(self, folder: Path) -> None:
        """Store files in a folder, which is made when there is one to store."""
        self._folder = folder
        self._music = lru_cache(_CACHED)(self._read)

    def opened(self, data: bytes, name: str, title: str) -> JsonObject:
        """Return the document of the bytes of a MIDI file, which is stored where the document does not hold it whole.

        Args:
            name: of the file, for messages.
            title: of the document.

        Raises:
            MidiError: where it cannot be read.
        """
        music = SourceMusic.of(data, name)
        roles = _roles(music.piece)
        document = document_of(music.piece, roles, title)
        if midi_bytes(piece_of(document)) == data:
            return document
        source = hashlib.sha256(data).hexdigest()[:32]
        path = self._path(source)
        if not path.is_file():
            write_bytes(path, data, force=True)
        return document_of(music.piece, roles, title, source, range(len(music.piece.tracks)))

    def midi(self, document: object) -> bytes:
        """Return the MIDI file of a document. Raises CallError where it is none, or its file is gone."""
        found = an_object(document, "a document")
        piece = piece_of(found)
        if found.get("source") is None:
            return midi_bytes(piece)
        music = self._music(a_text(found["source"], _MAX_NAME, "source"))
        if piece.ticks_per_quarter != music.piece.ticks_per_quarter:
            raise CallError(
                f"ticksPerQuarter must be that of the imported file, {music.piece.ticks_per_quarter}. "
                f"Received: {piece.ticks_per_quarter}"
            )
        return music.edited(piece, origins_of(found, len(music.piece.tracks)))

    def given(self, document: object) -> GivenPiece:
        """Return a document as a model is given it. Raises CallError where it is none, or has no notes."""
        found = an_object(document, "a document")
        whole = piece_of(found)
        if not whole.num_notes:
            raise CallError("a document that is worked on must hold notes. Received: none")
        if found.get("source") is None:
            numbers = [number for number, track in enumerate(whole.tracks) if len(track.notes)]
            return GivenPiece(found, replace(whole, tracks=tuple(whole.tracks[n] for n in numbers)), numbers)
        data = self.midi(found)
        piece = read_bytes(data, "this file").with_file(data)
        return GivenPiece(found, piece, same_tracks(piece, whole.tracks))

    def redrawn(self, piece: Piece, given: GivenPiece, roles: Mapping[str, str]) -> JsonObject:
        """Return the document of a piece that a model made of a given one.

        Args:
            roles: of parts of the model, by name.
        """
        old = piece_of(given.document)
        if piece.data is not None:
            piece = replace(with_channels(piece, piece.data), end=piece.end)
        places = same_tracks(piece, old.tracks)
        title = str(given.document.get("name") or "melody")
        if piece.texts:
            command = piece.texts[0].replace(shlex.quote(GIVEN_IN_PYTHON), shlex.quote(f"{title}.mid"))
            piece = replace(piece, texts=(command, *piece.texts[1:]))
        known = given.document["tracks"]
        of_tracks = [
            str(known[place].get("role", "")) if place is not None else roles.get(track.name, "")
            for track, place in zip(piece.tracks, places, strict=True)
        ]
        source = given.document.get("source")
        origins = None if source is None else [None if p is None else known[p].get("origin") for p in places]
        return document_of(piece, of_tracks, title, source, origins)

    def _read(self, source: str) -> SourceMusic:
        """Return the stored file of an id."""
        if not (_ID.fullmatch(source) and self._path(source).is_file()):
            raise CallError("a source must be a file that was imported in this session. Received: another", 404)
        return SourceMusic.of(self._path(source).read_bytes(), "this file")

    def _path(self, source: str) -> Path:
        return self._folder / f"{source}.mid"


def _roles(piece: Piece) -> list[str]:
    """Return the role of each track of a piece."""
    found = {one.track: one.role for one in find_roles(piece)} if piece.num_notes else {}
    return [found.get(number, "other") for number in range(len(piece.tracks))]
