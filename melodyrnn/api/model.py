"""A loaded model that generates pieces and measures music."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..corpus.store import Corpus
from ..errors import CorpusError
from ..evaluation.bits import Evaluation
from ..evaluation.bits import evaluate as evaluate_network
from ..evaluation.sources import Melodies, melodies_of
from ..generation.generator import Generator
from ..generation.generator import load as load_generator
from ..generation.request import DEFAULT_BARS, DEFAULT_FORM_WEIGHT, DEFAULT_TEMPERATURE, Request
from ..generation.scales import ModalKey
from ..music.keys import Key
from ..music.meter import Meter
from ..score.score import Score
from ..tasks.paths import StrPath
from .piece import Piece

MeterLike = Meter | tuple[int, int] | str
Music = StrPath | Corpus | Sequence[Score]  # a corpus or its folder, a MIDI file or a folder of them, or melodies


class Model:
    """A trained network that generates pieces and evaluates music. `load` returns one.

    Attributes:
        generator: the network with its vocabulary, for callers who need more than this class offers.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator

    def generate(
        self,
        *,
        num: int = 1,
        bars: int = DEFAULT_BARS,
        seed: int | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        rhythm_temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        form: str | None = None,
        form_weight: float = DEFAULT_FORM_WEIGHT,
        meter: MeterLike | None = None,
        tempo: float | None = None,
        key: Key | str | None = None,
        scale: str | None = None,
        range: tuple[int, int] | None = None,
        max_interval: int | None = None,
        density: float | None = None,
        end: str | None = None,
        primer: Score | Piece | StrPath | None = None,
        primer_bars: tuple[int, int] | None = None,
        given_part: str | None = None,
        include_primer: bool = True,
        vary: float | None = None,
        infill: tuple[int, int] | None = None,
        rank: int = 1,
        max_copy: float | None = None,
        program: int | None = None,
        swing: float = 0.5,
        humanize: float = 0.0,
        guard: bool = True,
    ) -> list[Piece]:
        """Return new pieces.

        Args:
            num: number of pieces.
            bars: bars of each piece, exactly; the bars of a primer come before them.
            seed: the same seed gives the same pieces; None draws a seed.
            temperature: 1 samples as the network predicts; a lower one favours probable values, a higher one improbable
                ones; 0 always takes the most probable value.
            rhythm_temperature: temperature of onsets and durations; None for `temperature`.
            top_k: draw among this many most probable values; None for all.
            top_p: draw among the most probable values whose probabilities sum to this, 0..1; None for all.
            min_p: leave out values less probable than this share, 0..1, of the most probable one; None for none.
            form: sections of equal length, such as "AABA", which the piece mostly follows; "free"; or None for the form
                of a tune of the corpus.
            form_weight: how strongly the form is followed in bars that repeat an earlier one, 0 or more.
            meter: a `Meter`, a pair such as (6, 8), or "6/8"; None for the primer's, else 4/4.
            tempo: quarter notes per minute, 4..1000; None for the primer's, else the corpus's.
            key: a `Key`, or a name such as "D minor" or "E dorian": all notes are of its scale, and the piece ends on
                its tonic; None for the primer's or the corpus's most common one, which then restricts no note.
            scale: the allowed notes: a name such as "minor-pentatonic", or pitch classes above the tonic,
                "0,2,4,7,9"; None for those of `key`.
            range: lowest and highest pitch, MIDI numbers, both included.
            max_interval: largest interval between successive notes, in semitones.
            density: notes per bar.
            end: "tonic", "open" (not the tonic) or "any"; None for the tonic where the other arguments allow it.
            primer: the beginning: a `Score`, a `Piece`, a MIDI file, or notes such as "C4 E4 G4:2 r C5".
            primer_bars: first and last bar, counted from 1, of the primer that are used; None for all.
            given_part: name or number of the track of a primer file that is continued, varied or filled, while all
                other tracks are kept as they are; None for the likeliest melody.
            include_primer: whether the primer is part of the piece that is returned.
            vary: return variations of the primer instead: this share of its pitches, 0..1, is drawn anew.
            infill: return the primer with these bars, first and last counted from 1, drawn anew.
            rank: draw this many times as many pieces, and return the best.
            max_copy: longest passage, in bars, that a piece may share with a training tune; None for no limit.
            program: General MIDI program, 0..127; None for that of a primer file, else 0.
            swing: where the second of two eighth notes falls, 0.5 (straight) to 0.75.
            humanize: how much timing and velocity vary, 0..1.
            guard: whether to limit repetitions of one note or one bar in a row.

        Raises:
            SettingError: where an argument is outside its rule, or two of them cannot be met together.
            MidiError, NotationError: where the primer cannot be read.
        """
        request = Request(
            num=num,
            bars=bars,
            seed=seed,
            temperature=temperature,
            rhythm_temperature=rhythm_temperature,
            top_k=top_k,
            top_p=top_p,
            min_p=min_p,
            form=form,
            form_weight=form_weight,
            meter=as_meter(meter),
            tempo=tempo,
            key=as_key(key),
            scale=scale,
            range=range,
            max_interval=max_interval,
            density=density,
            end=end,
            primer=as_primer(primer),
            primer_bars=primer_bars,
            given_part=given_part,
            include_primer=include_primer,
            vary=vary,
            infill=infill,
            rank=rank,
            max_copy=max_copy,
            program=program,
            swing=swing,
            humanize=humanize,
            guard=guard,
        )
        return [Piece.of(piece) for piece in self.generator.generate(request)]

    def evaluate(
        self, music: Music, split: str | None = None, on_piece: Callable[[int], None] | None = None
    ) -> Evaluation:
        """Return how well the model predicts melodies, in bits per note; fewer are better.

        Args:
            music: a corpus or its folder, a MIDI file or a folder of them, or melodies.
            split: pieces of a corpus: "train", "validation", "test" or "all"; None for the test split.
            on_piece: called with the number of finished pieces.

        Raises:
            CorpusError, MidiError: where the music cannot be read.
            SettingError: for a split where there is no corpus.
        """
        found = as_melodies(music, split)
        evaluation = evaluate_network(self.generator.network, self.generator.vocabulary, found.melodies, on_piece)
        return replace(evaluation, left_out=found.left_out)


def load(path: StrPath | None = None) -> Model:
    """Return the model of a file.

    Args:
        path: a .keras file, or the name of a model that comes with melodyrnn; None for the default one.

    Raises:
        CheckpointError: where there is no such model, or it is damaged.
    """
    return Model(load_generator(path))


def as_meter(meter: MeterLike | None) -> Meter | None:
    """Return a meter given as a pair or as text. Raises SettingError for text that is no meter."""
    if meter is None:
        return None
    return Meter.parse(meter) if isinstance(meter, str) else Meter(*meter)


def as_key(key: Key | str | None) -> ModalKey | None:
    """Return a key with its mode. Raises SettingError for text that is no key."""
    if key is None:
        return None
    return ModalKey.of(key) if isinstance(key, Key) else ModalKey.parse(key)


def as_primer(primer: Score | Piece | StrPath | None) -> Score | Piece | str | None:
    """Return a primer with a path given as text."""
    return primer if primer is None or isinstance(primer, Score | Piece) else os.fspath(primer)


def as_melodies(music: Music, split: str | None) -> Melodies:
    """Return melodies, and what was left out. Raises CorpusError, MidiError or SettingError; CorpusError for none."""
    if isinstance(music, str | os.PathLike):
        return melodies_of(music, split)
    melodies = music.melodies(split or "test") if isinstance(music, Corpus) else list(music)
    if not melodies:
        raise CorpusError("there must be melodies to measure. Received: none")
    return Melodies(melodies)
