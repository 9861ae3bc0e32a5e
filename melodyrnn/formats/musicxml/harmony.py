"""Chord symbols of MusicXML: the element `harmony` from and to text.

A harmony has a root, the name of a kind, degrees that are added, altered or left out, and a bass. Kinds that MusicXML
does not name are written as the nearest one with degrees. Source: MusicXML 4.0, kind-value.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ...errors import NotationError
from ...music.chord_kinds import KINDS, NO_CHORD_NAME
from ...music.chords import ChordSymbol, names_of_notes
from ...music.keys import LETTERS
from .elements import text_of

_KINDS = {
    "major": "",
    "minor": "m",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "m7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "7#5",
    "half-diminished": "m7b5",
    "major-minor": "mMaj7",
    "major-sixth": "6",
    "minor-sixth": "m6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "m9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "m11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "m13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
}
_NONE = "none"
_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_ALTERS = {text: alter for alter, text in _SIGNS.items()}
_DEGREES = {1: (9, -1), 2: (9, 0), 3: (9, 1), 5: (11, 0), 6: (11, 1), 8: (13, -1), 9: (13, 0)}  # of added tones
_FIFTH, _ALTERED_FIFTHS = 7, {6: -1, 8: 1}
_THIRDS, _SEVENTHS = {3, 4}, {10, 11}

Degree = tuple[int, int, str]  # value, alteration, and "add", "alter" or "subtract"


def chord_text(harmony: Element, semitones: int) -> str | None:
    """Return a harmony as a chord symbol that sounds `semitones` higher than written; None where it is none."""
    kind = harmony.find("kind")
    if kind is None or (kind.text or "").strip() == _NONE:
        return None if kind is None else NO_CHORD_NAME
    root, bass = _note(harmony, "root"), _note(harmony, "bass")
    over = f"/{bass}" if bass else ""
    written = _KINDS.get((kind.text or "").strip())
    degrees = "".join(f"({_degree_text(degree)})" for degree in harmony.iter("degree"))
    for own in (None if written is None else written + degrees, kind.get("text")):
        try:
            symbol = ChordSymbol.parse("" if own is None else root + own + over)
        except NotationError:
            continue
        return str(symbol.transposed(semitones)) if semitones % 12 else root + symbol.kind + over
    return None


def _note(harmony: Element, name: str) -> str:
    """Return the name of the root or of the bass; empty where there is none."""
    step = text_of(harmony, f"{name}/{name}-step")
    return (
        step + _SIGNS.get(round(float(text_of(harmony, f"{name}/{name}-alter") or 0)), "?") if step in LETTERS else ""
    )


def _degree_text(degree: Element) -> str:
    """Return a degree as it is written in a chord symbol: "b9", "add11", "no3"."""
    value, kind = text_of(degree, "degree-value"), text_of(degree, "degree-type")
    sign = _SIGNS.get(round(float(text_of(degree, "degree-alter") or 0)), "?")
    return {"add": f"add{sign}{value}", "subtract": f"no{value}"}.get(kind, sign + value if sign else "")


def harmony_lines(text: str, offset: int) -> Iterator[str]:
    """Yield the element of a chord symbol, which `ChordSymbol.parse` reads, with its own spelling of root and bass.

    Args:
        offset: of the symbol after the place of the element, in divisions.
    """
    symbol = ChordSymbol.parse(text)
    base, degrees = _nearest(symbol.kind)
    yield "      <harmony>"
    if symbol.kind == NO_CHORD_NAME:
        yield f'        <root><root-step text="">C</root-step></root><kind text="{NO_CHORD_NAME}">{_NONE}</kind>'
    else:
        root, bass = names_of_notes(text)
        yield f'        {_element("root", root)}<kind text="{symbol.kind}">{base}</kind>'
        if bass:
            yield f"        {_element('bass', bass)}"
    for value, alter, kind in degrees:
        yield (
            f"        <degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
            f"<degree-type>{kind}</degree-type></degree>"
        )
    if offset:
        yield f"        <offset>{offset}</offset>"
    yield "      </harmony>"


def _element(name: str, note: str) -> str:
    """Return the element of a root or of a bass."""
    alter = _ALTERS[note[1:]]
    altered = f"<{name}-alter>{alter}</{name}-alter>" if alter else ""
    return f"<{name}><{name}-step>{note[0]}</{name}-step>{altered}</{name}>"


def _nearest(kind: str) -> tuple[str, list[Degree]]:
    """Return the name of the kind in MusicXML that needs the fewest degrees to become a kind, and these degrees."""
    found = ((name, _degrees(set(KINDS[own]), set(KINDS.get(kind, ())))) for name, own in _KINDS.items())
    usable = [(name, degrees) for name, degrees in found if degrees is not None]
    return min(usable, key=lambda one: len(one[1]), default=(_NONE, []))


def _degrees(base: set[int], tones: set[int]) -> list[Degree] | None:
    """Return the degrees that make the tones of one kind into those of another; None where none can."""
    if base & _SEVENTHS != tones & _SEVENTHS:
        return None
    degrees: list[Degree] = []
    added, gone = tones - base, base - tones
    altered = next((tone for tone in (6, 8) if tone in added), None)
    if _FIFTH in gone and altered is not None:
        degrees.append((5, _ALTERED_FIFTHS[altered], "alter"))
        added, gone = added - {altered}, gone - {_FIFTH}
    degrees += [(5 if tone == _FIFTH else 3, 0, "subtract") for tone in sorted(gone)]
    if gone - _THIRDS - {_FIFTH} or added - set(_DEGREES):
        return None
    return degrees + [(*_DEGREES[tone], "add") for tone in sorted(added)]
