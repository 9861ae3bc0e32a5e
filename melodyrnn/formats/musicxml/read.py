"""Reads MusicXML, also compressed (.mxl) → a piece.

Every voice of every part is a track. Grace and cue notes are passed over. Source: MusicXML 4.0.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ...errors import MidiError
from ...music.piece import Piece
from ..sheet import Sheet
from ..unfold import to_piece
from .elements import text_of
from .part import PartReader

TEXT_FIELD = "text"  # the name of the remarks that melodyrnn writes
_CONTAINER = "META-INF/container.xml"
_MAX_BYTES = 64 << 20  # of the score in a compressed file
_ROOTS = ("score-partwise", "score-timewise")
_ZIP_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, ValueError)


def read_musicxml(data: bytes, name: str) -> tuple[str, Piece]:
    """Return the title and the piece of the bytes of a MusicXML file, compressed or not.

    Args:
        name: name of the file, for messages.

    Raises:
        MidiError: where it is no MusicXML, or is damaged.
    """
    text = _unpacked(data, name) if data.startswith(b"PK") else data
    if b"<!ENTITY" in text[:65536]:
        raise MidiError(f"a MusicXML file must not define entities. Received: {name}")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MidiError(f"a MusicXML file must be well-formed XML. Received: {name} ({error})") from error
    if root.tag not in _ROOTS:
        raise MidiError(
            f"an XML file must hold MusicXML, {' or '.join(_ROOTS)}. Received: {name}, with {root.tag[:40]}"
        )
    sheet = _sheet(root, name)
    return sheet.title, to_piece(sheet)


def _unpacked(data: bytes, name: str) -> bytes:
    """Return the score in a compressed file: the one that its container names, else the first XML file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            found = None
            if _CONTAINER in names:
                with archive.open(_CONTAINER) as file:
                    match = re.search(rb"full-path\s*=\s*[\"']([^\"']+)", file.read(65536))
                found = match[1].decode("utf-8", "replace") if match else None
            inside = [n for n in names if n.lower().endswith((".xml", ".musicxml")) and not n.startswith("META-INF")]
            member = found if found in names else next(iter(inside), None)
            if member is None:
                raise MidiError(f"a compressed MusicXML file must hold a score. Received: {name}, without one")
            with archive.open(member) as file:
                text = file.read(_MAX_BYTES + 1)
    except _ZIP_ERRORS as error:
        raise MidiError(f"a compressed MusicXML file must be a zip archive. Received: {name} ({error})") from error
    if len(text) > _MAX_BYTES:
        raise MidiError(f"a MusicXML score must have at most {_MAX_BYTES >> 20} MB. Received: {name}, with more")
    return text


def _sheet(root: Element, name: str) -> Sheet:
    """Return the sheet of a score. Raises MidiError where a number in it cannot be read."""
    voices = []
    try:
        for number, (identity, measures) in enumerate(_parts(root).items()):
            part = next((p for p in root.iter("score-part") if p.get("id") == identity), None)
            reader = PartReader(part, is_first=number == 0)
            for measure in measures:
                reader.read(measure)
            voices += reader.voices()
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise MidiError(f"a MusicXML score must follow its schema. Received: {name} ({error})") from error
    if not voices:
        raise MidiError(f"a MusicXML score must hold a part. Received: {name}, without one")
    title = text_of(root, "work/work-title") or text_of(root, "movement-title")
    texts = [t.text.strip() for t in root.iter("miscellaneous-field") if t.text and t.get("name") == TEXT_FIELD]
    return Sheet(voices, title, texts=tuple(texts))


def _parts(root: Element) -> dict[str, list[Element]]:
    """Return the measures of every part, by its identity, in the order of the score."""
    found: dict[str, list[Element]] = {}
    if root.tag == "score-partwise":
        for part in root.findall("part"):
            found.setdefault(part.get("id", ""), []).extend(part.findall("measure"))
        return found
    for measure in root.findall("measure"):
        for part in measure.findall("part"):
            found.setdefault(part.get("id", ""), []).append(part)
    return found
