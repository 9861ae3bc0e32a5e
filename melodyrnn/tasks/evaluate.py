"""The task of `melodyrnn evaluate`: a model and music in, bits per note out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from ..checkpoint import load_checkpoint
from ..corpus.store import is_corpus, open_corpus
from ..errors import UsageError
from ..evaluation.baselines import beside
from ..evaluation.bits import evaluate as evaluate_network
from ..evaluation.sources import melodies_of
from ..evaluation.surprise import by_piece
from ..network.network import Network
from ..shipped import model_path
from .paths import StrPath
from .progress import Cancellation, Listener, Progress, reporter

MEASURING, BASELINES = "measuring the model", "measuring the baselines"
Interval = list[float]  # lower and upper end of a 95 % interval over resampled pieces


class MatchFigures(TypedDict):
    """Bits of the notes before which a run of some length had been repeated; None where there are none."""

    bits_per_note: float | None
    notes: int


class BaselineFigures(TypedDict):
    """A baseline on the same notes, and how many bits per note more than the model it needs, in all and by field."""

    bits_per_note: float
    interval: Interval
    fields: dict[str, float]
    more_than_model: float
    more_than_model_interval: Interval
    fields_more_than_model_interval: dict[str, Interval]


class BarFigures(TypedDict):
    """A bar of a piece, counted from 1; a pick-up is bar 0."""

    bar: int
    bits: float
    notes: int


class PieceFigures(TypedDict):
    """A piece, and its bars with the most bits."""

    name: str
    notes: int
    bars: int
    bits_per_note: float
    fields: dict[str, float]
    surprising_bars: list[BarFigures]


class EvaluationFigures(TypedDict):
    """The figures of a model on some pieces: bits per note, in all, by field, and by length of the repeated run.

    `key` and `length` are in bits per note too; each piece is charged once for them. `rounded_values` counts values
    that are not in the model's vocabulary and were replaced by the nearest.
    """

    bits_per_note: float
    interval: Interval
    fields: dict[str, float]
    field_intervals: dict[str, Interval]
    notes: int
    pieces: int
    key: float
    length: float
    end_per_piece: float
    by_match: dict[str, MatchFigures]
    rounded_values: int
    baselines: NotRequired[dict[str, BaselineFigures]]
    by_piece: NotRequired[list[PieceFigures]]


@dataclass(frozen=True, slots=True)
class EvaluateTask:
    """What to measure, and on what.

    Attributes:
        model: a model file, or the name of one that comes with melodyrnn; None for the default one.
        music: folder of a corpus, MIDI file, or folder of them.
        split: pieces of the corpus: "train", "validation", "test" or "all"; None for the test split.
        baselines: whether to measure simpler models too, which learn from the training split of the corpus.
        pieces: whether to give the figures of every piece.
    """

    model: StrPath | None
    music: StrPath
    split: str | None = None
    baselines: bool = True
    pieces: bool = False


@dataclass(frozen=True, slots=True)
class EvaluateResult:
    """Figures of a model; `lacks_baselines` where they were asked for and there is nothing that they may learn from."""

    figures: EvaluationFigures
    lacks_baselines: bool


def evaluate(
    task: EvaluateTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> EvaluateResult:
    """Measure a model on melodies. The listener is called with the number of pieces measured.

    Raises:
        CheckpointError, CorpusError, MidiError: where the model or the music cannot be read.
        UsageError: for a split of a folder of MIDI files.
        Cancelled: where it was cancelled; checked after every 64 pieces and before the baselines.
    """
    report = reporter(listener, cancellation)
    metadata, weights = load_checkpoint(model_path(task.model))
    has_splits = is_corpus(task.music)
    if task.split not in (None, "all") and not has_splits:
        raise UsageError(f"--split is for a corpus; of a folder of MIDI all is evaluated. Received: {task.split}")
    melodies = melodies_of(task.music, task.split)
    report(Progress(0, len(melodies), MEASURING))
    evaluation = evaluate_network(
        Network(metadata, weights),
        metadata.vocabulary,
        melodies,
        lambda done: report(Progress(done, len(melodies), MEASURING)),
    )
    figures = cast(EvaluationFigures, evaluation.to_json())
    # Baselines must not learn from what they are measured on.
    with_baselines = task.baselines and has_splits and task.split not in ("train", "all")
    if with_baselines:
        report(Progress(len(melodies), len(melodies), BASELINES))
        train = open_corpus(task.music).melodies("train")
        compared = beside(evaluation, train, melodies, metadata.vocabulary)
        figures["baselines"] = cast(dict[str, BaselineFigures], compared)
    if task.pieces:
        figures["by_piece"] = cast(list[PieceFigures], by_piece(evaluation, melodies))
    return EvaluateResult(figures, task.baselines and not with_baselines)
