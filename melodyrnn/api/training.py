"""Makes a model from MIDI files: ingests them, trains on the corpus and saves the model."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Unpack
from weakref import finalize

from ..corpus import store
from ..corpus.ingest.config import DEFAULT_TEST, DEFAULT_VALIDATION, Filters, IngestConfig
from ..corpus.ingest.run import IngestSummary
from ..corpus.ingest.sources import Limits
from ..extract.extractor import ExtractionSettings
from ..generation.generator import Generator
from ..model.settings import TrainingSettings
from ..network.network import Network
from ..score.score import Score
from ..tasks.backend import check_backend, choose_backend
from ..tasks.devices import Count, Devices
from ..tasks.ingest import IngestTask
from ..tasks.ingest import ingest as run_ingest
from ..tasks.paths import StrPath
from ..tasks.progress import Cancellation, Listener, reporter
from ..tasks.team import start as start_devices
from ..tasks.train import progress_of, starting_point
from ..tasks.train_task import AskedSettings, parse_seconds
from .corpus import Corpus
from .ingest_words import INGEST_DEFAULTS, FileWords, IngestWords, MelodyWords, PartWords, config_of
from .model import Model
from .train_words import TRAIN_DEFAULTS, TrainWords
from .words import check_words, takes

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


class IngestedCorpus(Corpus):
    """A corpus that has just been written.

    Attributes:
        summary: counts of files, melodies and reasons for dropping; report.jsonl in its folder has a line for each.
    """

    def __init__(self, stored: store.Corpus, summary: IngestSummary) -> None:
        super().__init__(stored)
        self.summary = summary


@takes(MelodyWords, PartWords, FileWords, defaults=INGEST_DEFAULTS)
def ingest(
    places: StrPath | Sequence[StrPath],
    output: StrPath | None = None,
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
    **words: Unpack[IngestWords],
) -> IngestedCorpus:
    """Write a corpus of the melodies in files of music, or of whole pieces, and return it.

    Args:
        places: folders, MIDI files, zip and tar archives, and URLs of them, or one of these; "samples" for the tunes
            that come with melodyrnn.
        output: folder to write the corpus to; None for a temporary one, which is deleted with the returned object.
        filters, extraction, limits: settings for several ingests; None for the defaults. The words below change them.
        validation: share of the pieces, 0..1, in the validation split, which decides when training stops.
        test: share of the pieces, 0..1, in the test split, on which models are evaluated.
        seed: of the random numbers that draw the splits.
        with_velocity: whether models learn velocities, where the notes were played.
        workers: number of processes that read files; None for one per core.
        force: whether to overwrite `output`.
        listener: called with a `Progress` after each file.
        cancellation: ends the ingest early; then nothing is written.
        **words: which melodies and files are kept, see `ingest_words`.

    Raises:
        CorpusError: where a place does not exist, or no melody is found.
        SettingError: where an argument is outside its rule.
        OutputError: where `output` exists and is not to be overwritten, or cannot be written.
        Cancelled: where it was cancelled.
    """
    base = IngestConfig(filters or Filters(), extraction or ExtractionSettings(), limits or Limits())
    config = config_of("ingest", words, base)
    with ExitStack() as stack:
        if output is None:
            folder = mkdtemp(prefix="melodyrnn-")
            stack.callback(rmtree, folder, ignore_errors=True)
            output = Path(folder, "corpus")
        task = IngestTask(
            (places,) if isinstance(places, str | os.PathLike) else tuple(places),
            output,
            config.filters,
            config.extraction,
            config.limits,
            validation,
            test,
            seed,
            with_velocity,
            workers,
            force,
            config.extractor,
        )
        result = run_ingest(task, listener, cancellation)
        corpus = IngestedCorpus(store.open_corpus(output), result.summary)
        finalize(corpus, stack.pop_all().close)  # also when Python ends
    return corpus


@takes(TrainWords, defaults=TRAIN_DEFAULTS)
def train(
    corpus: Corpus | StrPath,
    settings: TrainingSettings | None = None,
    *,
    start: StrPath | None = None,
    time: float | str | None = None,
    backend: str | None = None,
    devices: Count | None = None,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    **words: Unpack[TrainWords],
) -> TrainedModel:
    """Return a model trained on a corpus. Nothing is written; see `save_model`.

    Args:
        corpus: an opened corpus, or its folder.
        settings: for several trainings; None for the defaults, which depend on the size of the corpus. The words below
            change them.
        start: model to start from, a file or a name; None for random weights.
        time: time limit: "90s", "30m", "2h", or a number of seconds; None for none.
        backend: "tensorflow", "jax" or "torch"; None for the one that Keras is configured for, or what is installed.
        devices: number of devices that share each step, or "all", with the backend jax; None for one.
        listener: called with a `Progress`, which holds the figures of the training, after each step.
        cancellation: ends training early; the best model so far is returned.
        **words: settings of the network and the training, see `TrainWords`.

    Raises:
        MissingExtraError: where Keras or the backend is not installed.
        CorpusError, CheckpointError: where the corpus or the model to start from cannot be read.
        SettingError: where a setting is outside its rule, there are fewer devices, or Keras runs on another backend
            already.
        TrainingError: where the loss exploded before there was a model to keep.
        Cancelled: where it was cancelled before there was a model to keep.
    """
    check_words("train", words, TrainWords)
    asked = replace(_asked(settings or TrainingSettings()), **words)
    seconds = parse_seconds(time) if isinstance(time, str) else time
    chosen = Devices(devices)
    backend = chosen.backend(backend)
    check_backend(backend)
    opened = corpus.stored if isinstance(corpus, Corpus) else store.open_corpus(corpus)
    weights, complete = starting_point(opened, start, asked)
    choose_backend(backend)
    from ..evaluation.novelty import MAX_INDEXED
    from ..model.run import Run
    from ..model.saving import network_weights
    from ..model.training import train as train_network

    report = reporter(listener, cancellation)
    team = start_devices(chosen)
    run = Run(lambda step: report(progress_of(step)), weights=weights, max_seconds=seconds, team=team)
    network, metadata = train_network(opened, complete, run)
    stepped = Network(metadata, network_weights(network), batch_invariant=True)
    tunes = opened.some("train", MAX_INDEXED)
    generator = Generator(metadata, stepped, opened.path.name, "(a model trained in Python)", tunes=tunes)
    return TrainedModel(generator, network, tunes)


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
