"""Makes a model from MIDI files: ingests them, trains on the corpus and saves the model."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters
from ..corpus.ingest.run import IngestSummary
from ..corpus.ingest.sources import Limits
from ..corpus.store import Corpus, open_corpus
from ..extract.extractor import ExtractionSettings
from ..generation.generator import Generator
from ..model.settings import TrainingSettings
from ..network.network import Network
from ..score.score import Score
from ..tasks.ingest import IngestTask
from ..tasks.ingest import ingest as run_ingest
from ..tasks.paths import StrPath
from ..tasks.progress import Cancellation, Listener, reporter
from ..tasks.train import choose_backend, progress_of, starting_point
from ..tasks.train_task import AskedSettings
from .model import Model

if TYPE_CHECKING:
    from ..checkpoint import Metadata
    from ..model.network import NoteNetwork


class TrainedModel(Model):
    """A model that has just been trained. `save_model` writes it.

    Attributes:
        network: the Keras network.
        metadata: vocabulary, settings, and figures of the corpus and the training.
        trained_on: the melodies of the training split.
    """

    def __init__(self, generator: Generator, network: NoteNetwork, trained_on: Sequence[Score]) -> None:
        super().__init__(generator)
        self.network = network
        self.trained_on = tuple(trained_on)

    @property
    def metadata(self) -> Metadata:
        return self.generator.metadata


def ingest(
    places: StrPath | Sequence[StrPath],
    output: StrPath,
    *,
    filters: Filters | None = None,
    extraction: ExtractionSettings | None = None,
    limits: Limits | None = None,
    validation: float = DEFAULT_VALIDATION,
    test: float = DEFAULT_TEST,
    seed: int = 0,
    with_velocity: bool = True,
    workers: int | None = None,
    force: bool = False,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> IngestSummary:
    """Write a corpus of the melodies in MIDI files; return counts of files, pieces and reasons for dropping.

    Args:
        places: folders, MIDI files and zip archives, or one of them; "samples" for the tunes that come with melodyrnn.
        output: folder to write the corpus to.
        filters: the conditions that a melody must meet to be kept; None for the defaults.
        extraction: how melodies are found in a file and put on the grid; None for the defaults.
        limits: how large a file may be and how long it may take; None for the defaults.
        validation: share of the pieces, 0..1, in the validation split, which decides when training stops.
        test: share of the pieces, 0..1, in the test split, on which models are evaluated.
        seed: of the random numbers that draw the splits.
        with_velocity: whether models learn velocities, where the notes were played.
        workers: number of processes that read files; None for one per core.
        force: whether to overwrite `output`.
        listener: called with a `Progress` after each file.
        cancellation: ends the ingest early; then nothing is written.

    Raises:
        CorpusError: where a place does not exist, or no melody is found.
        OutputError: where `output` exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled.
    """
    task = IngestTask(
        (places,) if isinstance(places, str | os.PathLike) else tuple(places),
        output,
        filters or Filters(),
        extraction or ExtractionSettings(),
        limits or Limits(),
        validation,
        test,
        seed,
        with_velocity,
        workers,
        force,
    )
    return run_ingest(task, listener, cancellation).summary


def train(
    corpus: Corpus | StrPath,
    settings: TrainingSettings | None = None,
    *,
    start: StrPath | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
) -> TrainedModel:
    """Return a model trained on a corpus. Nothing is written; see `save_model`.

    Args:
        corpus: an opened corpus, or its folder.
        settings: of the network and the training; None for the defaults, which depend on the size of the corpus.
        start: model to start from, a file or a name; None for random weights.
        max_seconds: time limit in seconds; None for none.
        backend: "tensorflow", "jax" or "torch"; None for the one that Keras is configured for.
        listener: called with a `Progress`, which holds the figures of the training, after each step.
        cancellation: ends training early; the best model so far is returned.

    Raises:
        CorpusError, CheckpointError: where the corpus or the model to start from cannot be read.
        SettingError: where a setting is outside its rule, or Keras runs on another backend already.
        TrainingError: where the loss exploded before there was a model to keep.
        Cancelled: where it was cancelled before there was a model to keep.
    """
    opened = corpus if isinstance(corpus, Corpus) else open_corpus(corpus)
    weights, complete = starting_point(opened, start, _asked(settings or TrainingSettings()))
    choose_backend(backend)
    from ..model.run import Run
    from ..model.saving import network_weights
    from ..model.training import train as train_network

    report = reporter(listener, cancellation)
    run = Run(lambda step: report(progress_of(step)), weights=weights, max_seconds=max_seconds)
    network, metadata = train_network(opened, complete, run)
    stepped = Network(metadata, network_weights(network), batch_invariant=True)
    generator = Generator(metadata, stepped, opened.path.name, "(a model trained in Python)")
    return TrainedModel(generator, network, opened.melodies("train"))


def save_model(model: TrainedModel, path: StrPath, force: bool = False) -> None:
    """Write a trained model with an index of its training tunes.

    Args:
        model: what `train` returned.
        path: file to write; its name ends in .keras.
        force: whether to overwrite a file that exists.

    Raises:
        SettingError: for a name that does not end in .keras.
        OutputError: where the file exists and is not to be overwritten, or cannot be written.
    """
    from ..model.saving import save_model as save_network

    save_network(model.network, model.metadata, path, force, model.trained_on)


def _asked(settings: TrainingSettings) -> AskedSettings:
    """Return the settings that differ from the defaults as requested ones."""
    defaults = TrainingSettings()
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return AskedSettings(**{name: value for name, value in values.items() if value != getattr(defaults, name)})
