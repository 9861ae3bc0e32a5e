"""A loaded model that generates pieces and measures music."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Unpack

from ..errors import SettingError
from ..evaluation.bits import Evaluation
from ..evaluation.bits import evaluate as evaluate_network
from ..generation.generator import Generator
from ..generation.generator import load as load_generator
from ..tasks.evaluate import given_parts
from ..tasks.paths import StrPath
from .piece import Piece
from .sources import Music, as_melodies, training_split
from .words import GENERATE_DEFAULTS, GenerateWords, request_of, takes


class Model:
    """A trained network that generates pieces and evaluates music. `load` returns one.

    Attributes:
        generator: the network with its vocabulary, for callers who need more than this class offers.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.generator.name!r})"

    @takes(GenerateWords, defaults=GENERATE_DEFAULTS)
    def generate(self, **words: Unpack[GenerateWords]) -> list[Piece]:
        """Return new pieces.

        Args:
            **words: what is asked for, see `words.GenerateWords`.

        Raises:
            SettingError: where an argument is outside its rule, or two of them cannot be met together.
            MidiError, NotationError: where the primer, or a note of the range, cannot be read.
        """
        return [Piece.of(piece) for piece in self.generator.generate(request_of(words))]

    def evaluate(
        self,
        music: Music,
        split: str | None = None,
        on_piece: Callable[[int], None] | None = None,
        *,
        baselines: bool = False,
        given: Sequence[str] = (),
    ) -> Evaluation:
        """Return how well the model predicts melodies, in bits per note; fewer are better.

        Args:
            music: a corpus or its folder, a file of music or a folder of them, or scores and pieces.
            split: pieces of a corpus: "train", "validation", "test" or "all"; None for the test split.
            on_piece: called with the number of finished pieces.
            baselines: whether to measure simpler models too, trained on the training split of the corpus.
            given: names of parts that are given, such as ["melody"]: the others are measured, told what is given ahead.

        Raises:
            CorpusError, MidiError: where the music cannot be read.
            SettingError: for a split where there is no corpus, for baselines without pieces to train them on or with
                given parts, and for given parts that the model does not have.
        """
        parts = given_parts(given, self.generator.vocabulary, self.generator.name)
        if parts and baselines:
            raise SettingError("baselines predict all parts, none of them given. Received: baselines and given parts")
        train = training_split(music, split) if baselines else None
        found = as_melodies(music, split, self.generator.metadata.reading)
        vocabulary = self.generator.vocabulary
        evaluation = evaluate_network(self.generator.network, vocabulary, found.melodies, on_piece, parts)
        evaluation = replace(evaluation, left_out=found.left_out)
        if train is None:
            return evaluation
        from ..evaluation.baselines import compare_with_baselines  # here because only this needs them

        return replace(evaluation, baselines=compare_with_baselines(evaluation, train, found.melodies, vocabulary))


def load(path: StrPath | None = None) -> Model:
    """Return the model of a file.

    Args:
        path: a .keras file, or the name of a model that comes with melodyrnn; None for the default one.

    Raises:
        CheckpointError: where there is no such model, or it is damaged.
    """
    return Model(load_generator(path))
