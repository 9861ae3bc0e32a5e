"""Chord symbols: from text and to text, and as numbers, the pitches of parts of the kind "chords".

A symbol is a root, a kind and a bass: "F#m7/E". Roots and basses are capital letters with an accidental; kinds are
those of `chord_kinds`, in any usual spelling; "N.C." is no chord.

The code of "no chord" is 0. Any other code is 12 + (kind * 12 + bass) * 12 + root, with the root as a pitch class, the
bass in semitones above the root (0 in root position) and the kind as its place in the table of kinds. New kinds are
appended to the table, so that codes in files stay valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..arrays import Bools, IntArray
from ..errors import NotationError
from .chord_kinds import KIND_NAMES, KINDS, NO_CHORD_NAME, find_kind
from .keys import ACCIDENTALS, LETTERS, Key, fifths_of_tonic, name_on_fifths
from .modes import MODE
from .units import NUM_PITCH_CLASSES

NO_CHORD = 0
_NOTE = "([A-G](?:##|bb|[#♯b♭])?)"
_SYMBOL = re.compile(rf"{_NOTE}(.*?)(?:/{_NOTE})?")
_NO_CHORD_TEXT = re.compile(r"N|N\.?C\.?", re.IGNORECASE)
# The flattest root, on the line of fifths above the tonic, by the third: C major has Ab to C#, A minor Eb to G#.
_FLATTEST = {"major": -4, "minor": -6}
_FIFTHS_OF_INTERVALS = (0, -5, 2, -3, 4, -1, -6, 1, -4, 3, -2, 5)  # of a bass above the root, on the line of fifths
_MIN_FIFTHS, _MAX_FIFTHS = -8, 12  # Fb and B#, beyond which names need two accidentals
_SHARPEST = 11  # of roots: E#
_C_MAJOR = Key(0, "major")


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """A chord symbol: root and bass as pitch classes 0..11 (equal in root position) and a name of `KINDS`.

    `NO_SYMBOL` is "no chord".
    """

    root: int
    kind: str
    bass: int

    @classmethod
    def parse(cls, text: str) -> ChordSymbol:
        """Return the symbol of a text such as "C", "F#m7b5", "Bb7/D" or "N.C.". Raises NotationError."""
        if _NO_CHORD_TEXT.fullmatch(text):
            return NO_SYMBOL
        match = _SYMBOL.fullmatch(text)
        if match is None:
            raise NotationError(
                f'a chord must be a root A to G, a kind and a bass, as in "C", "F#m7", "Bb7/D", or "N.C.". '
                f"Received: {text!r}"
            )
        root, written, bass = match.groups()
        kind = find_kind(written)
        if kind is None:
            raise NotationError(
                f"the kind of a chord must be like {_EXAMPLES}. Received: {text!r}, with the kind {written!r}"
            )
        return cls(_pitch_class(root), kind, _pitch_class(bass or root))

    @classmethod
    def from_code(cls, code: int) -> ChordSymbol:
        """Return the symbol of a code. Raises ValueError for a number that is none."""
        kind, rest = divmod(code - NUM_PITCH_CLASSES, NUM_PITCH_CLASSES**2)
        if code == NO_CHORD:
            return NO_SYMBOL
        if not 0 <= kind < len(KIND_NAMES):
            raise ValueError(f"the code of a chord must be 0 or {NUM_PITCH_CLASSES}..{NUM_CODES - 1}. Received: {code}")
        above, root = divmod(rest, NUM_PITCH_CLASSES)
        return cls(root, KIND_NAMES[kind], (root + above) % NUM_PITCH_CLASSES)

    @property
    def code(self) -> int:
        """The number of the symbol."""
        if self.kind == NO_CHORD_NAME:
            return NO_CHORD
        place = _PLACES[self.kind] * NUM_PITCH_CLASSES + (self.bass - self.root) % NUM_PITCH_CLASSES
        return NUM_PITCH_CLASSES + place * NUM_PITCH_CLASSES + self.root

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The pitch classes of the kind in ascending order, without a bass that is no tone of it; empty for none."""
        return tuple(sorted((self.root + tone) % NUM_PITCH_CLASSES for tone in KINDS.get(self.kind, ())))

    def transposed(self, semitones: int) -> ChordSymbol:
        """Return the symbol with root and bass higher by `semitones`, which may be negative."""
        if self.kind == NO_CHORD_NAME:
            return self
        root, bass = ((note + semitones) % NUM_PITCH_CLASSES for note in (self.root, self.bass))
        return ChordSymbol(root, self.kind, bass)

    def text(self, key: Key = _C_MAJOR) -> str:
        """Return the symbol as text, its root spelled for a key and its bass by its interval above the root."""
        if self.kind == NO_CHORD_NAME:
            return NO_CHORD_NAME
        flattest = fifths_of_tonic(key) + _FLATTEST[MODE[key.mode].basis]
        first = min(max(flattest, _MIN_FIFTHS), _SHARPEST - NUM_PITCH_CLASSES + 1)
        root = first + (self.root * 7 - first) % NUM_PITCH_CLASSES
        bass = root + _FIFTHS_OF_INTERVALS[(self.bass - self.root) % NUM_PITCH_CLASSES]
        bass += NUM_PITCH_CLASSES * ((bass < _MIN_FIFTHS) - (bass > _MAX_FIFTHS))
        return name_on_fifths(root) + self.kind + ("" if bass == root else "/" + name_on_fifths(bass))

    def __str__(self) -> str:
        return self.text()


NO_SYMBOL = ChordSymbol(0, NO_CHORD_NAME, 0)
NUM_CODES = NUM_PITCH_CLASSES + len(KINDS) * NUM_PITCH_CLASSES**2
_PLACES = {name: place for place, name in enumerate(KIND_NAMES)}
_EXAMPLES = ", ".join(KIND_NAMES[1:24])  # for an error


def names_of_notes(text: str) -> tuple[str, str]:
    """Return the root and the bass of a symbol as they are spelled in its text, with # and b; the bass may be empty.

    Raises NotationError for a text that is no symbol, or "no chord".
    """
    match = _SYMBOL.fullmatch(text.replace("♯", "#").replace("♭", "b"))
    if match is None:
        raise NotationError(f"a chord must have a root. Received: {text!r}")
    return match[1], match[3] or ""


def _pitch_class(note: str) -> int:
    return (LETTERS[note[0]] + ACCIDENTALS[note[1:]]) % NUM_PITCH_CLASSES


def transpose_codes(codes: IntArray, semitones: int | IntArray) -> IntArray:
    """Return codes of chord symbols, any shape, with their roots `semitones` higher."""
    root = (codes % NUM_PITCH_CLASSES + semitones) % NUM_PITCH_CLASSES
    return np.where(codes < NUM_PITCH_CLASSES, codes, codes // NUM_PITCH_CLASSES * NUM_PITCH_CLASSES + root)


def tones_of_codes(codes: IntArray) -> Bools:
    """Return which pitch classes codes of chord symbols contain, shape (*codes.shape, 12); none for "no chord"."""
    kind, root = (codes - NUM_PITCH_CLASSES) // NUM_PITCH_CLASSES**2, codes % NUM_PITCH_CLASSES
    above = (np.arange(NUM_PITCH_CLASSES) - root[..., None]) % NUM_PITCH_CLASSES
    return _tones()[kind[..., None], above]


def nearest_codes(codes: IntArray, known: IntArray) -> IntArray:
    """Return for each code (N,) the place of the most alike one of `known`: by root, then tones, then bass."""
    tones, own = tones_of_codes(codes)[:, None], tones_of_codes(known)[None]
    shared = (tones & own).sum(axis=-1) / np.maximum(1, (tones | own).sum(axis=-1))
    root, known_root = codes[:, None] % NUM_PITCH_CLASSES, known[None] % NUM_PITCH_CLASSES
    is_chord = (codes[:, None] >= NUM_PITCH_CLASSES) & (known[None] >= NUM_PITCH_CLASSES)
    over, known_over = (c // NUM_PITCH_CLASSES % NUM_PITCH_CLASSES for c in (codes[:, None], known[None] + 0))
    alike = 2.0 * (is_chord & (root == known_root)) + shared + 0.25 * (is_chord & (over == known_over))
    alike += 4.0 * (codes[:, None] == known[None])
    return np.argmax(alike, axis=1)


@cache
def _tones() -> Bools:
    """Return which semitones above the root each kind contains, shape (num_kinds + 1, 12); the last kind is none."""
    table = np.zeros((len(KINDS) + 1, NUM_PITCH_CLASSES), dtype=bool)
    for place, tones in enumerate(KINDS.values()):
        table[place, list(tones)] = True
    return table
