"""Files in and out: imports become documents with the words of `ingest --explain`; documents become files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import quote

from ..corpus.ingest.archives import ZIP_SUFFIX
from ..corpus.ingest.config import IngestConfig
from ..corpus.ingest.explain import explain_data
from ..corpus.ingest.finding import find_files
from ..corpus.ingest.opener import Opener
from ..corpus.ingest.sources import Limits
from ..errors import MelodyRNNError, MidiError
from ..formats.read import Tune, is_notation, read_tunes
from ..formats.write import FORMATS, piece_bytes
from ..json_types import JsonObject
from ..midi.write import midi_bytes
from .documents import piece_of
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json, shown
from .library import Library
from .reading import a_name, a_text, an_object, only
from .session import file_name

MAX_UPLOAD = 64 << 20  # bytes
MAX_FILES, MAX_PIECES = 500, 200  # of an archive, and that an import gives
LIMITS = Limits(archive_megabytes=256.0)
_MEDIA = {
    "mid": "audio/midi",
    "musicxml": "application/vnd.recordare.musicxml+xml",
    "mxl": "application/vnd.recordare.musicxml",
    "abc": "text/vnd.abc; charset=utf-8",
}


class Importing:
    """Opens files that are dropped onto the page, and writes documents as files."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def endpoints(self) -> Sequence[Endpoint]:
        octets = "application/octet-stream"
        return (
            Endpoint("POST", "/api/import", self._import, "open a file or a zip", MAX_UPLOAD, octets, "Imported"),
            Endpoint("POST", "/api/export", self._export, "write a document", MAX_JSON, "Export", octets),
        )

    def close(self) -> None:
        """Nothing runs here."""

    def _import(self, call: Call) -> Answer:
        name = shown(PurePosixPath(call.query.get("name", "").replace("\\", "/")).name) or "a file"
        if name.lower().endswith(ZIP_SUFFIX):
            pieces = list(self._archive(call.body, name))
        else:
            pieces = self._file(call.body, name)
        return answer_json({"pieces": pieces})

    def _file(self, data: bytes, name: str) -> list[JsonObject]:
        """Return the documents of the bytes of a file, with words. Raises MidiError where they cannot be read."""
        if len(data) > LIMITS.file_megabytes * 2**20:
            raise CallError(f"a file of music must have at most {LIMITS.file_megabytes:g} MB. Received: more", 413)
        tunes = read_tunes(data, name)[:MAX_PIECES]
        several = sum(bool(len(track.notes)) for track in tunes[0].piece.tracks) > 1
        words = [name, *explain_data(data, IngestConfig(extractor="all" if several else "melody", limits=LIMITS))]
        title = Path(name).stem
        return [
            {"document": self._document(tune, data, name, title if len(tunes) == 1 else tune.title or tune.label),
             "words": words if number == 0 else [tune.label]}
            for number, tune in enumerate(tunes)
        ]  # fmt: skip

    def _document(self, tune: Tune, data: bytes, name: str, title: str) -> JsonObject:
        data = midi_bytes(tune.piece) if is_notation(data, name) else data
        return self._library.opened(data, name, title)

    def _archive(self, data: bytes, name: str) -> Iterator[JsonObject]:
        """Yield the documents of an archive. Raises CallError where none can be read."""
        faults: list[str] = []
        num_found = 0
        for member, content in _members(data):
            try:
                found = self._file(content, member) if isinstance(content, bytes) else []
            except MelodyRNNError as error:
                faults.append(f"{member}: {error}")
                continue
            faults += [] if isinstance(content, bytes) else [f"{member}: {content}"]
            for one in found[: MAX_PIECES - num_found]:
                num_found += 1
                yield one
        if not num_found:
            raise CallError(f"an archive must hold files of music. Received: {name} ({shown('; '.join(faults))})")

    def _export(self, call: Call) -> Answer:
        found = call.json()
        only(found, ("document", "format"), "an export")
        kind = a_name(found.get("format", "mid"), _MEDIA, "format")
        document = an_object(found.get("document"), "a document")
        name = file_name(a_text(document.get("name") or "", MAX_JSON, "name")) + FORMATS[kind].suffixes[0]
        data = self._library.midi(document) if kind == "mid" else piece_bytes(piece_of(document), name)
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Answer(data, _MEDIA[kind], headers={"content-disposition": disposition})


def _members(data: bytes) -> Iterator[tuple[str, bytes | str]]:
    """Yield the files of music in an archive, each with its bytes, or with the reason why it is not read."""
    with TemporaryDirectory() as folder:  # an archive is read in place, by its path
        path = Path(folder, f"upload{ZIP_SUFFIX}")
        path.write_bytes(data)
        opener = Opener(LIMITS)
        try:
            for source in find_files([path], LIMITS)[:MAX_FILES]:
                name = shown(source.member or "the archive")
                if source.refusal is not None:
                    yield name, source.refusal[0].replace(str(path), "it")
                    continue
                try:
                    yield name, opener.read(source)
                except MidiError as error:
                    yield name, str(error).replace(str(path), "the archive")
        finally:
            opener.close()
