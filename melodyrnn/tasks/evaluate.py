"""The task of `melodyrnn evaluate`: measures the bits per note of a model on music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..checkpoint import load_checkpoint
from ..corpus.ingest.left_out import LeftOut
from ..corpus.store import is_corpus, open_corpus
from ..errors import SettingError, UsageError
from ..evaluation.bits import evaluate as evaluate_network
from ..evaluation.report import EvaluationReport, evaluation_report
from ..evaluation.sources import melodies_of
from ..events.parts.names import find_parts
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..shipped import model_path
from .paths import StrPath
from .progress import Cancellation, Listener, Progress, reporter

MEASURING, BASELINES = "measuring the model", "measuring the baselines"


@dataclass(frozen=True, slots=True)
class EvaluateTask:
    """The settings of an evaluation.

    Attributes:
        model: a model file, or the name of one that comes with melodyrnn; None for the default one.
        music: folder of a corpus, MIDI file, or folder of them.
        split: pieces of the corpus: "train", "validation", "test" or "all"; None for the test split.
        baselines: whether to measure simpler models too, which are trained on the training split of the corpus.
        pieces: whether to report the figures of every piece.
        given: names of parts that are given; what is measured is the others.
    """

    model: StrPath | None
    music: StrPath
    split: str | None = None
    baselines: bool = True
    pieces: bool = False
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluateResult:
    """Figures of a model.

    Attributes:
        figures: the figures.
        lacks_baselines: whether baselines were requested but there is no data to train them on.
        left_out: files, and melodies in files, that were received and not measured.
    """

    figures: EvaluationReport
    lacks_baselines: bool
    left_out: tuple[LeftOut, ...] = ()


def evaluate(
    task: EvaluateTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> EvaluateResult:
    """Measure a model on melodies. The listener is called with the number of pieces measured.

    Raises:
        CheckpointError, CorpusError, MidiError: where the model or the music cannot be read.
        UsageError: for a split of a folder of MIDI files.
        SettingError: for pieces of several parts and a model of melodies.
        Cancelled: where it was cancelled; checked after every 64 pieces and before the baselines.
    """
    report = reporter(listener, cancellation)
    metadata, weights = load_checkpoint(model_path(task.model))
    has_splits = is_corpus(task.music)
    if task.split not in (None, "all") and not has_splits:
        raise UsageError(f"--split is for a corpus; MIDI files have no split. Received: {task.split}")
    given = given_parts(task.given, metadata.vocabulary, str(task.model))
    found = melodies_of(task.music, task.split, extractor=metadata.reading)
    melodies = found.melodies
    report(Progress(0, len(melodies), MEASURING))
    evaluation = evaluate_network(
        Network(metadata, weights),
        metadata.vocabulary,
        melodies,
        lambda done: report(Progress(done, len(melodies), MEASURING)),
        given,
    )
    evaluation = replace(evaluation, left_out=found.left_out)
    # Baselines must not be trained on the pieces that they are measured on.
    with_baselines = task.baselines and has_splits and task.split not in ("train", "all") and not task.given
    if with_baselines:
        report(Progress(len(melodies), len(melodies), BASELINES))
    train = open_corpus(task.music).scores("train") if with_baselines else None
    figures = evaluation_report(evaluation, melodies, metadata.vocabulary, train, task.pieces)
    return EvaluateResult(figures, task.baselines and not with_baselines and not task.given, found.left_out)


def given_parts(names: Sequence[str], vocabulary: Vocabulary, model: str) -> tuple[int, ...]:
    """Return the parts of these names. Raises SettingError where the model has no such part, or only melodies."""
    if names and not vocabulary.parts:
        raise SettingError(f"given parts need a model of several parts. Received: {model}, a model of melodies")
    return find_parts(names, vocabulary, "given")
