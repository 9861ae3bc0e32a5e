"""Measures a model: bits per note, and the similarity of generated and real melodies; gives it a critic."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from ..evaluation.bits import Evaluation
from ..evaluation.classifier.judges import Fitted
from ..evaluation.compare import Comparison
from ..tasks.compare import CompareTask, MelodySource
from ..tasks.compare import compare as run_comparison
from ..tasks.critic import CriticTask
from ..tasks.critic import fit as run_fit
from ..tasks.defaults import NUM_COMPARED
from ..tasks.paths import StrPath
from ..tasks.progress import Cancellation, Listener
from .conversions import MeterLike, as_meter
from .corpus import Corpus
from .model import Model, load
from .sources import Music, as_melodies


def evaluate(
    model: Model | StrPath | None,
    music: Music,
    split: str | None = None,
    on_piece: Callable[[int], None] | None = None,
    *,
    baselines: bool = False,
    given: Sequence[str] = (),
) -> Evaluation:
    """Return how well a model predicts melodies, in bits per note; fewer are better.

    `left_out` of the result says what of the music was not measured, and why.

    Args:
        model: a model, also one just trained, a .keras file or the name of a model; None for the default one.
        music: a corpus or its folder, a file of music or a folder of them, or scores and pieces.
        split: pieces of a corpus: "train", "validation", "test" or "all"; None for the test split.
        on_piece: called with the number of finished pieces.
        baselines: whether to measure simpler models too, trained on the training split of the corpus; they are in
            `baselines` of the result.
        given: names of parts that are given, such as ["melody"]: the others are measured, told what is given ahead.

    Raises:
        CheckpointError, CorpusError, MidiError: where the model or the music cannot be read.
        SettingError: for a split where there is no corpus, for baselines without pieces to train them on or with given
            parts, and for given parts that the model does not have.
    """
    measured = model if isinstance(model, Model) else load(model)
    return measured.evaluate(music, split, on_piece, baselines=baselines, given=given)


def compare(
    generated: Model | Music,
    real: Music,
    *,
    split: str | None = None,
    num: int = NUM_COMPARED,
    seed: int = 0,
    bars: int | None = None,
    meter: MeterLike | None = None,
    temperature: float | None = None,
    index: Model | StrPath | None = None,
    parts: str | None = None,
    write: StrPath | None = None,
    classifier: bool = False,
    max_auc: float | None = None,
    force: bool = False,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> Comparison:
    """Return a comparison of generated and real melodies by features from the literature.

    `left_out` of the result says what of the two sets was not compared, and why.

    Args:
        generated: scores and pieces, files of music, a corpus; or a model, also as a .keras file or by its name, which
            then generates pieces of the lengths, meters, modes and parts of the real ones.
        real: scores and pieces, files of music or a corpus.
        split: pieces of a corpus `real`; None for the test split.
        num: pieces that a model generates.
        seed: of these pieces, and of the halves of the real set that are compared with each other.
        bars: compare the first bars of the pieces alone, and leave shorter pieces out; None compares whole pieces.
        meter: compare pieces of this meter alone: a `Meter`, a pair, or text such as "6/8"; None for all.
        temperature: of the model; None for the default.
        index: model whose training tunes are searched for copied passages; None for `generated`, where it is a model.
        parts: what is compared of files: "melody" for one line of each, "all", "piano" or "tracks" for whole pieces,
            "leadsheet" for a melody with its chords; None for what a model `generated` draws, else "melody".
        write: folder for both sets as MIDI files: `real` and `generated` in it, complete pieces also with `bars`.
        classifier: whether to measure too how well a classifier tells the sets apart by their first 16 bars, or `bars`;
            the result is in `classification`. Needs scikit-learn and at least 40 pieces a set.
        max_auc: the largest AUC, without pick-ups and last notes, that its check allows; None for no check.
        force: whether a folder `write` that exists may be replaced.
        listener: called with a `Progress` as pieces are generated.
        cancellation: ends the comparison early when cancelled.

    Raises:
        CorpusError, CheckpointError, MidiError: where a set or a model cannot be read.
        SettingError: where a set is too small, or for a split where there is no corpus.
        MissingExtraError: for a classifier where scikit-learn is not installed.
        OutputError: where a folder `write` exists without `force`, or cannot be written.
        Cancelled: where it was cancelled.
    """
    task = CompareTask(
        generated.generator if isinstance(generated, Model) else _source(generated),
        _source(real),
        split,
        num,
        seed,
        bars,
        None if meter is None else as_meter(meter),
        temperature,
        index.generator if isinstance(index, Model) else index,
        parts=parts,
        write=write,
        force=force,
        classifier=classifier or max_auc is not None,
        max_auc=max_auc,
    )
    return run_comparison(task, listener, cancellation).comparison


def _source(music: Music) -> MelodySource:
    """Return music as the task takes it."""
    if isinstance(music, Corpus):
        return music.path
    return music if isinstance(music, str | os.PathLike) else as_melodies(music, None)


def fit_critic(
    model: StrPath,
    corpus: StrPath,
    *,
    seed: int = 0,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> list[Fitted]:
    """Give a model a critic, which chooses among the drafts of each new melody, and return its judges.

    The critic learns to tell the training tunes of the corpus, at least 200, from as many pieces that the model draws.
    It is written into the file of the model; load it again to use it.

    Args:
        model: a .keras file, or a shipped checkpoint by name, which is rewritten.
        corpus: folder of the corpus that it was trained on.
        seed: of the tunes and the pieces that are used.
        listener: called with the progress.
        cancellation: ends it when it is cancelled; the file is then unchanged.

    Raises:
        CheckpointError, CorpusError: where the model or the corpus cannot be read.
        SettingError: where the corpus has too few tunes, or the model draws several parts.
        OutputError: where the file cannot be written; it is then unchanged.
        MissingExtraError: where scikit-learn is not installed.
        Cancelled: where it was cancelled.
    """
    return run_fit(CriticTask(model, corpus, seed), listener, cancellation)
