from __future__ import annotations

import pytest

from melodyrnn.music.chord_kinds import KIND_NAMES, KINDS, find_kind

# music21 adds the eleventh to a thirteenth, reads "69" as a sixth and a ninth without third and fifth, and does not
# know the others.
OTHERWISE_IN_MUSIC21 = {"13", "m13", "13b9", "13#11", "69"}
NOT_IN_MUSIC21 = {
    *("mMaj7", "m69", "maj9", "mMaj9", "9sus4", "maj11", "maj13", "13sus4", "7b9sus4", "7alt", "7sus2", "maj9#11"),
    *("maj7sus4", "dimMaj7", "sus24", "6sus4", "m11b5", "maj9#5"),
}
SPELLINGS = {
    "": ("M", "maj", "major", "Maj"),
    "m": ("min", "-", "mi", "minor", "Min", "MI"),
    "dim": ("°", "o", "mb5", "m(b5)"),
    "aug": ("+", "(#5)", "+5", "maj#5"),
    "7": ("dom7",),
    "maj7": ("M7", "Maj7", "ma7", "MA7", "Δ", "Δ7", "^7", "^", "(maj7)"),
    "m7": ("min7", "-7", "mi7", "Min7"),
    "m7b5": ("ø", "ø7", "Ø", "min7b5", "-7b5", "m7(b5)", "m7♭5", "-7-5", "hdim7", "min7(b5)"),
    "dim7": ("°7", "o7"),
    "mMaj7": ("mM7", "minmaj7", "m(maj7)", "-Δ7", "-Δ", "m/maj7", "m#7"),
    "69": ("6/9", "6(9)", "6add9"),
    "sus4": ("sus", "(sus4)"),
    "7sus4": ("7sus", "7(sus4)", "dom7sus4"),
    "9sus4": ("9sus", "11no3"),
    "5": ("no3", "(omit3)"),
    "add9": ("(add9)", "add2"),
    "madd9": ("m(add9)", "-add9", "minadd9"),
    "7b9": ("7(b9)", "7-9", "7/b9", "7♭9"),
    "7#9": ("7+9", "7(♯9)"),
    "7#5": ("+7", "aug7", "7+5", "7+", "7(#5)", "7aug"),
    "7b5": ("7-5", "7(b5)"),
    "9#5": ("aug9", "+9"),
    "7b9#5": ("aug7(b9)", "7(b9,#5)", "7 b9 #5", "7#5b9"),
    "7alt": ("alt",),
    "majb5": ("(b5)", "-5"),
    "sus24": ("sus2sus4", "sus2add4", "sus4add9"),
    "7add13": ("7(add13)", "7add6"),
    "madd11": ("madd4",),
}
UNKNOWN = (
    "2",
    "4",
    "x",
    "mm",
    "7x",
    "/",
    "m/",
    "75",
    "sus3",
    "7no7",
    "b",
    "#",
    "altx",
    "majo",
    " x",
    "7b2",
)


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_every_kind_is_read_by_its_own_name(kind: str) -> None:
    assert find_kind(kind) == kind


def test_kinds_have_tones_of_their_own_in_ascending_order_from_the_root() -> None:
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(tones == tuple(sorted(set(tones))) and tones[0] == 0 and tones[-1] < 12 for tones in KINDS.values())


def test_no_name_begins_with_an_accidental_that_the_root_would_take() -> None:
    assert not [name for name in KINDS if name.startswith(("b", "#"))]


def test_the_table_begins_with_the_kinds_of_existing_codes() -> None:
    assert KIND_NAMES[:12] == ("", "m", "dim", "aug", "7", "maj7", "m7", "m7b5", "dim7", "mMaj7", "6", "m6")
    assert (KIND_NAMES.index("7b9"), KIND_NAMES.index("6sus4"), KIND_NAMES.index("dim9")) == (35, 71, 74)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SPELLINGS.items() for text in texts])
def test_usual_spellings_are_read(kind: str, text: str) -> None:
    assert find_kind(text) == kind


@pytest.mark.parametrize("text", UNKNOWN)
def test_other_text_is_no_kind(text: str) -> None:
    assert find_kind(text) is None


def test_tones_are_those_of_music21() -> None:
    harmony = pytest.importorskip("music21.harmony", reason="music21 is not installed")
    for kind, tones in KINDS.items():
        if kind in NOT_IN_MUSIC21:
            continue
        found = tuple(sorted({pitch.pitchClass for pitch in harmony.ChordSymbol("C" + kind).pitches}))
        assert (found == tones) == (kind not in OTHERWISE_IN_MUSIC21), (kind, tones, found)
