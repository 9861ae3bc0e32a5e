"""The SoundFont that the page plays with: which it is, and that it comes whole and can be kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pretty_midi
import pytest

from melodyrnn.errors import SoundError
from melodyrnn.sound.soundfont import find_soundfont
from melodyrnn.studio.endpoint import Answer, Call, CallError
from melodyrnn.studio.soundfont import SoundFontFile

FONT = Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"


def body(answer: Answer) -> bytes:
    async def read() -> bytes:
        assert answer.stream is not None
        return b"".join([block async for block in answer.stream])

    return asyncio.run(read())


def test_the_file_comes_whole_with_its_length() -> None:
    answer = SoundFontFile(FONT).file(Call())
    assert body(answer) == FONT.read_bytes()
    assert answer.headers["content-length"] == str(FONT.stat().st_size)
    assert "max-age" in answer.headers["cache-control"]


def test_a_given_font_comes_before_those_of_the_machine(tmp_path: Path) -> None:
    given = tmp_path / "drums.sf2"  # not General MIDI, but a SoundFont
    given.write_bytes(b"RIFF\x04\x00\x00\x00sfbk")
    assert body(SoundFontFile(given).file(Call())) == given.read_bytes()
    assert body(SoundFontFile().file(Call())) == find_soundfont().read_bytes()


def test_what_is_no_soundfont_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(
        SoundError, match=r"a SoundFont must be a RIFF file of the form sfbk \(.sf2, .sf3\). Received: "
    ):
        SoundFontFile(Path(__file__))
    with pytest.raises(SoundError, match=r"a SoundFont must exist. Received: "):
        SoundFontFile(tmp_path / "none.sf2")


def test_a_font_that_has_gone_is_told_with_404(tmp_path: Path) -> None:
    given = tmp_path / "a.sf2"
    given.write_bytes(FONT.read_bytes()[:100])
    service = SoundFontFile(given)
    given.unlink()
    with pytest.raises(CallError, match=r"a SoundFont must exist. Received: ") as caught:
        service.file(Call())
    assert caught.value.status == 404
