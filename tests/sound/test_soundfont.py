"""Which SoundFont is found: the user's, then the best of the system that is General MIDI, then that of pretty_midi."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

from melodyrnn.errors import SoundError
from melodyrnn.sound.soundfont import find_soundfont, is_general_midi, is_soundfont

GENERAL_MIDI = [*((program, 0) for program in range(128)), (0, 128)]


def soundfont(presets: Iterable[tuple[int, int]] = GENERAL_MIDI, info: bytes = b"even", padding: bytes = b"") -> bytes:
    """A SoundFont of presets (program, bank) without sound; a list of odd length is followed by the padding."""
    rows = [struct.pack("<20sHHH12x", b"a preset", program, bank, 0) for program, bank in presets]
    table = b"".join(rows) + struct.pack("<20s18x", b"EOP")
    lists = [
        _chunk(b"LIST", b"INFO" + info) + padding,
        _chunk(b"LIST", b"sdta" + _chunk(b"smpl", bytes(100))),
        _chunk(b"LIST", b"pdta" + _chunk(b"phdr", table) + _chunk(b"pbag", bytes(4))),
    ]
    return _chunk(b"RIFF", b"sfbk" + b"".join(lists))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def test_general_midi_is_128_programs_and_a_drum_kit(tmp_path: Path) -> None:
    path = tmp_path / "a.sf2"
    for data in (
        soundfont(),
        soundfont([*GENERAL_MIDI, (3, 8), (25, 128)]),
        soundfont(info=b"odd", padding=b"\0"),  # as the specification has it
        soundfont(info=b"odd"),  # as sf3convert writes it
    ):
        assert is_general_midi(put(path, data))
    for data in (
        soundfont(GENERAL_MIDI[:-1]),
        soundfont(GENERAL_MIDI[1:]),
        soundfont([(program, 8) for program in range(128)] + GENERAL_MIDI[-1:]),  # only behind a bank select
        soundfont([(0, 0)]),
        soundfont([]),
    ):
        assert not is_general_midi(put(path, data))
        assert is_soundfont(path)


def test_files_that_are_cut_or_something_else_are_not_general_midi(tmp_path: Path) -> None:
    whole = soundfont()
    pbag = len(_chunk(b"pbag", bytes(4))) + 38  # behind the last preset, and the row that ends the table
    for size in (0, 4, 11, 12, 20, 60, len(whole) // 2, len(whole) - pbag - 38):
        assert not is_general_midi(put(tmp_path / "cut.sf2", whole[:size]))
    assert not is_general_midi(put(tmp_path / "a.sf2", b"RIFF1234WAVE" + whole[12:]))
    assert not is_general_midi(put(tmp_path / "a.sf2", b"RIFF1234sfbk" + b"LIST\xff\xff\xff\xffINFO" * 9))
    assert not is_general_midi(put(tmp_path / "a.sf2", b"RIFF1234sfbkLIST\0\1\0\0pdtaphdr\xff\xff\xff\xff" + whole))
    assert not is_general_midi(tmp_path / "none.sf2")


def test_the_font_of_the_user_comes_first_and_then_the_best_of_the_system(tmp_path: Path) -> None:
    user, sf2, sf3 = folders = [tmp_path / name for name in ("user", "sf2", "sf3")]
    names = ("Another.sf2", "default-GM.sf3", "FluidR3_GM.sf2", "MuseScore_General_Full.sf3", "My font.SF2")
    for folder, name in zip((sf2, sf3, sf2, sf3, user), names, strict=True):
        path = put(folder / name, soundfont())
        assert find_soundfont(folders=folders) == path  # it comes before those that were there
    assert find_soundfont(sf2 / "Another.sf2", folders) == sf2 / "Another.sf2"


def test_only_general_midi_is_found_but_any_soundfont_can_be_given(tmp_path: Path) -> None:
    bank = put(tmp_path / "FluidR3_GS.sf2", soundfont([(0, 8), (56, 128)]))
    put(tmp_path / "FluidR3_cut.sf2", soundfont()[:500])
    put(tmp_path / "MuseScore_General.txt", soundfont())
    drums = put(tmp_path / "Black_Pearl_4_LV2.sf2", soundfont([(0, 0)]))
    font = put(tmp_path / "Zinnia.sf2", soundfont())
    assert find_soundfont(folders=[tmp_path]) == font
    for path in (bank, drums):
        assert find_soundfont(path, [tmp_path]) == path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a thing of Unix")
def test_nothing_is_read_from_a_named_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "FluidR3_GM.sf2")
    font = put(tmp_path / "Zinnia.sf2", soundfont())
    assert find_soundfont(folders=[tmp_path]) == font
    with pytest.raises(SoundError, match="must be a RIFF file of the form sfbk"):
        find_soundfont(tmp_path / "FluidR3_GM.sf2")


def test_a_link_gives_the_name_of_the_font(tmp_path: Path) -> None:
    font = put(tmp_path / "fonts" / "TimGM6mb.sf2", soundfont())
    (tmp_path / "default-GM.sf2").symlink_to(font)
    (tmp_path / "default-GM.sf3").symlink_to(tmp_path / "nowhere.sf3")
    assert find_soundfont(folders=[tmp_path]) == font


def test_without_a_soundfont_of_the_system_that_of_pretty_midi_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "broken.sf2", b"no font")
    path = find_soundfont(folders=[tmp_path, tmp_path / "nowhere"])
    assert is_general_midi(path)
    assert path.parent.name == "pretty_midi"
    monkeypatch.setattr("melodyrnn.sound.soundfont.find_spec", lambda name: None)
    with pytest.raises(SoundError, match=r"a General MIDI SoundFont must be in .*/a, .*/b or given\. Received: none"):
        find_soundfont(folders=[tmp_path / "a", tmp_path / "b"])


def test_the_folder_of_the_user_is_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".local" / "share" / "soundfonts"
    folder.mkdir(parents=True)
    font = put(folder / "Any.sf2", soundfont())
    assert find_soundfont() == font
    if os.name == "posix":
        monkeypatch.setenv("HOME", str(font))  # a home without folders
        assert is_general_midi(find_soundfont())
