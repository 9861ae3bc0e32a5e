"""The kinds of chord symbols: their names, their tones, and how people write them.

Tones are semitones above the root, 0..11. Every kind has tones of its own, so a written kind is read by its tones:
"min7b5", "ø", "-7(b5)" and "m7b5" are one kind. A ninth contains its seventh, a thirteenth its ninth but no eleventh,
as it is played; `test_chord_kinds.py` holds the table against music21's.
"""

from __future__ import annotations

import re
from functools import cache

NO_CHORD_NAME = "N.C."

# New kinds are appended: the place of a kind is part of the codes in files (see `chords`).
KINDS: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "mMaj7": (0, 3, 7, 11),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "5": (0, 7),
    "add9": (0, 2, 4, 7),
    "madd9": (0, 2, 3, 7),
    "69": (0, 2, 4, 7, 9),
    "m69": (0, 2, 3, 7, 9),
    "9": (0, 2, 4, 7, 10),
    "maj9": (0, 2, 4, 7, 11),
    "m9": (0, 2, 3, 7, 10),
    "mMaj9": (0, 2, 3, 7, 11),
    "m9b5": (0, 2, 3, 6, 10),
    "9sus4": (0, 2, 5, 7, 10),
    "11": (0, 2, 4, 5, 7, 10),
    "maj11": (0, 2, 4, 5, 7, 11),
    "m11": (0, 2, 3, 5, 7, 10),
    "13": (0, 2, 4, 7, 9, 10),
    "maj13": (0, 2, 4, 7, 9, 11),
    "m13": (0, 2, 3, 7, 9, 10),
    "13sus4": (0, 2, 5, 7, 9, 10),
    "7b5": (0, 4, 6, 10),
    "7#5": (0, 4, 8, 10),
    "7b9": (0, 1, 4, 7, 10),
    "7#9": (0, 3, 4, 7, 10),
    "7#11": (0, 4, 6, 7, 10),
    "7b13": (0, 4, 7, 8, 10),
    "9b5": (0, 2, 4, 6, 10),
    "9#5": (0, 2, 4, 8, 10),
    "9#11": (0, 2, 4, 6, 7, 10),
    "13b9": (0, 1, 4, 7, 9, 10),
    "13#11": (0, 2, 4, 6, 7, 9, 10),
    "7b9#5": (0, 1, 4, 8, 10),
    "7b9b5": (0, 1, 4, 6, 10),
    "7#9#5": (0, 3, 4, 8, 10),
    "7#9b5": (0, 3, 4, 6, 10),
    "7b9b13": (0, 1, 4, 7, 8, 10),
    "7b9#11": (0, 1, 4, 6, 7, 10),
    "7b9#9": (0, 1, 3, 4, 7, 10),
    "7b9sus4": (0, 1, 5, 7, 10),
    "7alt": (0, 1, 3, 4, 6, 8, 10),
    "7add13": (0, 4, 7, 9, 10),
    "7sus2": (0, 2, 7, 10),
    "maj7b5": (0, 4, 6, 11),
    "maj7#5": (0, 4, 8, 11),
    "maj7#11": (0, 4, 6, 7, 11),
    "maj9#11": (0, 2, 4, 6, 7, 11),
    "maj7sus4": (0, 5, 7, 11),
    "m7add11": (0, 3, 5, 7, 10),
    "m7#5": (0, 3, 8, 10),
    "dimMaj7": (0, 3, 6, 11),
    "m7b9b5": (0, 1, 3, 6, 10),
    "majb5": (0, 4, 6),
    "m#5": (0, 3, 8),
    "mb6": (0, 3, 7, 8),
    "add11": (0, 4, 5, 7),
    "madd11": (0, 3, 5, 7),
    "add#11": (0, 4, 6, 7),
    "sus24": (0, 2, 5, 7),
    "6sus4": (0, 5, 7, 9),
    "maj9#5": (0, 2, 4, 8, 11),
    "m11b5": (0, 2, 3, 5, 6, 10),
    "dim9": (0, 2, 3, 6, 9),
}
KIND_NAMES = tuple(KINDS)

_MINOR, _DIMINISHED, _HALF_DIMINISHED, _AUGMENTED, _DOMINANT = (
    (3, 7, 10),  # third, fifth and seventh
    (3, 6, 9),
    (3, 6, 10),
    (4, 8, 10),
    (4, 7, 10),
)
_QUALITIES = {
    **dict.fromkeys(("m", "-", "min", "minor", "mi", "Min", "Mi", "MIN", "MI"), _MINOR),
    **dict.fromkeys(("dim", "°", "º", "o"), _DIMINISHED),
    **dict.fromkeys(("ø", "Ø", "hdim"), _HALF_DIMINISHED),
    **dict.fromkeys(("aug", "+"), _AUGMENTED),
    "dom": _DOMINANT,
}
_MAJOR = "major|maj|Major|Maj|MAJ|ma|Ma|MA|M|Δ|\\^"
_WITH_SEVENTH = ("Δ", "^", "ø", "Ø", "hdim")  # also where no number follows
_STACKS = {"": (), "5": (), "6": (13,), "69": (13, 9), "7": (7,), "9": (7, 9), "11": (7, 9, 11), "13": (7, 9, 13)}
_SUSPENSIONS = {"": {5}, "4": {5}, "2": {2}, "24": {2, 5}, "2sus4": {2, 5}}
_NATURAL = {5: 7, 9: 2, 11: 5, 13: 9}  # semitones of degrees
_DEGREES = {"2": 9, "4": 11, "6": 13}  # the other names of degrees
_SIGNS = {"b": -1, "-": -1, "#": 1, "+": 1}
_SEPARATORS = re.compile(r"[(),\s\[\]]|(?<=.)/(?=.)")
_BY_TONES = {tones: name for name, tones in KINDS.items()}


def find_kind(text: str) -> str | None:
    """Return the name in `KINDS` of a written kind, such as "m7b5" for "min7(b5)"; None where there is none."""
    plain = _SEPARATORS.sub("", text.replace("♭", "b").replace("♯", "#"))
    tones = _tones(plain)
    return None if tones is None else _BY_TONES.get(tones)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a kind and of a change of it, compiled when first needed: importing costs nothing."""
    kind = (
        r"(hdim|[øØ]|dim|[°º]|o(?!mit)|aug|\+(?!5)|dom|min(?:or)?|Min|MIN|[mM]i|MI|m(?!a(?!dd))|-(?!5))?"
        rf"({_MAJOR})?(69|13|11|[5679])?(.*)"
    )
    change = (
        rf"sus(?P<sus>24|2sus4|4|2|)|(?:{_MAJOR}|#)(?P<major>7)|(?:no|omit)(?P<left_out>[35])|(?P<alt>alt)"
        r"|add(?P<added>[b#]?(?:13|11|[2469]))|(?P<aug>aug|\+(?!\d))|(?P<altered>[b#+-](?:13|11|[4569]))"
    )
    return re.compile(kind), re.compile(change)


def _tones(text: str) -> tuple[int, ...] | None:
    """Return the tones of a kind written without separators; None where it cannot be read."""
    kind_pattern, change_pattern = _patterns()
    match = kind_pattern.fullmatch(text)
    if match is None:
        return None
    quality, major, number, changes = (group or "" for group in match.groups())
    third, fifth, seventh = _QUALITIES.get(quality, _DOMINANT)
    if not number and (major in _WITH_SEVENTH or quality in _WITH_SEVENTH):
        number = "7"
    degrees = {degree: {_NATURAL.get(degree, 11 if major else seventh)} for degree in _STACKS[number]}
    degrees |= {1: {0}, 3: set() if number == "5" else {third}, 5: {fifth}}
    at = 0
    while at < len(changes):
        change = change_pattern.match(changes, at)
        if change is None or change.lastgroup is None:
            return None
        _apply(change.lastgroup, change[change.lastgroup], degrees)
        at = change.end()
    return tuple(sorted(set().union(*degrees.values())))


def _apply(what: str, text: str, degrees: dict[int, set[int]]) -> None:
    """Change the tones of the degrees of a chord as a group of the pattern of changes says."""
    if what == "sus":
        degrees[3] = _SUSPENSIONS[text]
    elif what == "major":
        degrees[7] = {11}
    elif what == "left_out":
        degrees[int(text)] = set()
    elif what == "alt":
        degrees |= {5: {6, 8}, 7: {10}, 9: {1, 3}}
    elif what == "aug":
        degrees[5] = {8}
    else:  # "added" or "altered"
        shift = _SIGNS.get(text[0], 0)
        name = text.lstrip("b#+-")
        degree = _DEGREES.get(name) or int(name)
        natural = _NATURAL[degree]
        kept = degrees.get(degree, set())
        degrees[degree] = (kept - {natural} if what == "altered" else kept) | {natural + shift}
