"""MusicXML for tests: a score of one part from the insides of its measures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

FIRST = "<attributes><divisions>2</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"


def note(step: str = "C", duration: int = 8, extra: str = "", octave: int = 4, voice: int = 1) -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{extra}{pitch}<duration>{duration}</duration><voice>{voice}</voice></note>"


def score(measures: Sequence[str], head: str = "", description: str = "<part-name>Tune</part-name>") -> bytes:
    """A score; the first measure begins with FIRST."""
    inside = "".join(
        f'<measure number="{n}">{FIRST if n == 1 else ""}{measure}</measure>' for n, measure in enumerate(measures, 1)
    )
    return (
        f'<?xml version="1.0"?><score-partwise>{head}'
        f'<part-list><score-part id="P1">{description}</score-part></part-list>'
        f'<part id="P1">{inside}</part></score-partwise>'
    ).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
