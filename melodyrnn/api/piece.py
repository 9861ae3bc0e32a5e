"""Scores and pieces that can be written, converted into each other and for other packages, and shown in a notebook.

A `Score` holds notes on the grid, as a corpus and the network do; a `Piece` holds tracks in ticks, as a MIDI file does.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Self, Unpack

import numpy as np

from ..corpus.ingest.examine import examine_piece
from ..errors import CorpusError, SettingError
from ..evaluation.sources import KEEP_ALL
from ..extract.extractor import Extracted, Refusal, track_label
from ..formats.read import read_piece as read_any_piece
from ..formats.write import write_piece
from ..midi.write import to_pretty_midi
from ..music import piece as music
from ..music.keys import Key
from ..music.units import NUM_PITCH_CLASSES, NUM_PITCHES
from ..score import score as scores
from ..score.convert import to_piece
from ..tasks.paths import StrPath
from ..view.roll import summary, to_html
from .conversions import BarsLike, as_bars, as_program
from .ingest_words import MELODY_DEFAULTS, MelodyWords, config_of, described
from .words import takes

if TYPE_CHECKING:
    from pretty_midi import PrettyMIDI


class Score(scores.Score):
    """Notes on a grid of 12 steps per quarter note in one part or several; a melody is a score with one part.

    Attributes:
        onset, duration: int64 (num_notes,), in steps; the first bar line is at step 0.
        pitch, velocity: int64 (num_notes,), MIDI numbers, 60 = middle C.
        part: int64 (num_notes,), indices into `parts`.
        meter: its `Meter`.
        key: its `Key`.
        microseconds_per_quarter: its tempo.
        name: of the tune.
        parts: its parts, in order.
    """

    __slots__ = ()

    def transposed(self, semitones: int) -> Self:
        """Return the score and its key moved by some semitones, down where there are fewer than 0; drums stay.

        Raises SettingError where a pitch leaves 0..127.
        """
        is_pitched = np.array([part.kind != "drums" for part in self.parts])[self.part]
        pitch = self.pitch + semitones * is_pitched
        if len(pitch) and not 0 <= pitch.min() <= pitch.max() < NUM_PITCHES:
            raise SettingError(f"pitches must be in 0..127. Received: {pitch.min()} to {pitch.max()}")
        tonic = (self.key.tonic + semitones) % NUM_PITCH_CLASSES
        return replace(self, pitch=pitch, key=self.key if tonic == self.key.tonic else Key(tonic, self.key.mode))

    def only_bars(self, bars: BarsLike) -> Self:
        """Return the notes that begin in some bars, the first of which then begins at step 0.

        A note that lasts longer ends with the last of these bars. A score with fewer bars gives those that it has.

        Args:
            bars: "1-8", (1, 8), or 1 for one bar; counted from 1 as in primers, where a pick-up is in bar 1.

        Raises:
            SettingError: where the first is none of its bars, or after the last.
        """
        first, last = as_bars(bars)
        if not 1 <= first <= min(last, self.num_bars):
            raise SettingError(f"bars must begin within 1-{self.num_bars}, and not backwards. Received: {first}-{last}")
        start, stop = (first - 1) * self.bar, last * self.bar
        chosen = self[(self.onset >= start) & (self.onset < stop)]
        return replace(chosen, onset=chosen.onset - start, duration=np.minimum(chosen.duration, stop - chosen.onset))

    def to_piece(self, program: int | str | None = None) -> Piece:
        """Return a piece at 480 ticks per quarter note that ends on a bar line.

        Args:
            program: General MIDI program of all parts but drums, a name such as "violin" or a number 0..127; None for
                that of each part.
        """
        return Piece.of(to_piece(self, program=None if program is None else as_program(program)))

    def write(self, path: StrPath, force: bool = False) -> None:
        """Write the score as `Piece.write` does."""
        self.to_piece().write(path, force)

    def to_pretty_midi(self) -> PrettyMIDI:
        """Return the score as a `pretty_midi.PrettyMIDI`."""
        return self.to_piece().to_pretty_midi()

    def _repr_html_(self) -> str:
        """Return the piano roll as HTML, which notebooks show."""
        return self.to_piece()._repr_html_()

    @classmethod
    def of(cls, score: scores.Score) -> Self:
        """Return a score with the same content as `score`."""
        own = {field.name: getattr(score, field.name) for field in fields(score)}
        return score if isinstance(score, cls) else cls(**own)


class Piece(music.Piece):
    """A piece of music: tracks of notes with tempi, meters and keys; times in ticks, see `ticks_per_quarter`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({summary(self)})"

    @takes(MelodyWords, defaults=MELODY_DEFAULTS)
    def melodies(self, **words: Unpack[MelodyWords]) -> list[Score]:
        """Return the melodies of the piece, at least one, as an ingest finds them; by default of any length.

        Args:
            **words: how they are found, see `ingest_words.MelodyWords`.

        Raises:
            CorpusError: where there is none, with the reasons.
            SettingError: where an argument is outside its rule.
        """
        found = examine_piece(self, config_of("melodies", words, KEEP_ALL))
        melodies = [Score.of(self._named(one.result, one)) for one in found if isinstance(one.result, scores.Score)]
        if not melodies:
            reasons = "; ".join(_reason(one.voice, one.result) for one in found if isinstance(one.result, Refusal))
            raise CorpusError(f"a piece must have a melody. Received: {reasons}")
        return melodies

    def _named(self, score: scores.Score, extracted: Extracted) -> scores.Score:
        """Return what was extracted, named by its track; its name is a suffix so far."""
        voice = extracted.voice or ""
        labels = [track_label(number, track.name) for number, track in enumerate(self.tracks)]
        names = (t.name for t, label in zip(self.tracks, labels, strict=True) if f"{voice},".startswith(f"{label},"))
        return replace(score, name=f"{next(names, '')}{score.name}".strip())

    def write(self, path: StrPath, force: bool = False) -> None:
        """Write a file of the kind that its suffix names: .mid, .musicxml, .mxl or .abc.

        Args:
            path: file to write; its folder is made where it does not exist.
            force: whether to overwrite a file that exists.

        Raises:
            OutputError: where the file exists and is not to be overwritten, cannot be written, or has another suffix.
            SettingError: where the notes of MusicXML or ABC are far from the grid of 12 steps per quarter.
        """
        write_piece(self, path, force)

    def to_pretty_midi(self) -> PrettyMIDI:
        """Return the piece as a `pretty_midi.PrettyMIDI`."""
        return to_pretty_midi(self)

    def _repr_html_(self) -> str:
        """Return the piano roll as HTML, which notebooks show."""
        return to_html(self)

    @classmethod
    def of(cls, piece: music.Piece) -> Self:
        """Return a piece with the same content as `piece`."""
        own = {field.name: getattr(piece, field.name) for field in fields(piece)}
        return piece if isinstance(piece, cls) else cls(**own)


def _reason(voice: str | None, refusal: Refusal) -> str:
    return f"{voice}: {described(refusal)}" if voice else described(refusal)


def read_piece(path: StrPath) -> Piece:
    """Return the piece of a file: MIDI, MusicXML (also .mxl) or ABC.

    Args:
        path: the file. Damaged files are repaired as far as possible; `repairs` of the piece lists the repairs.

    Raises:
        MidiError: where it does not exist, cannot be read, or holds several tunes.
    """
    return Piece.of(read_any_piece(path))
