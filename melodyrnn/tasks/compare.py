"""The task of `melodyrnn compare`: compares two sets of melodies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..corpus.ingest.left_out import LeftOut
from ..corpus.store import is_corpus, open_corpus
from ..errors import SettingError
from ..evaluation.classifier.classification import Classification
from ..evaluation.classifier.learners import EXTRA as CLASSIFIER
from ..evaluation.classifier.two_sample import NUM_BARS, check_sizes, classify
from ..evaluation.compare import Comparison
from ..evaluation.compare import compare as compare_melodies
from ..evaluation.cut import first_bars, is_shorter
from ..evaluation.index_file import load_index
from ..evaluation.novelty import Index
from ..evaluation.part_copies import PartIndexes
from ..evaluation.sources import Melodies, melodies_of
from ..extract.registry import DEFAULT_EXTRACTOR
from ..extras import check_installed
from ..files import check_output, write_text
from ..music.meter import Meter
from ..score.score import Score
from ..shipped import is_name, model_path
from ..view.comparison import comparison_page
from .defaults import NUM_COMPARED
from .paths import OutputKind, StrPath, named
from .progress import Cancellation, Listener, Progress, reporter
from .written_sets import check_folder, write_sets

if TYPE_CHECKING:
    from ..generation.generator import Generator

GENERATING, CLASSIFYING, COMPARING = "writing pieces", "telling the sets apart", "comparing"
PAGE = OutputKind("a page", (".html", ".htm"), "comparison.html")
MelodySource = StrPath | Melodies | Sequence[Score]  # a corpus, a MIDI file or a folder of them; or melodies


@dataclass(frozen=True, slots=True)
class CompareTask:
    """The settings of a comparison.

    Attributes:
        generated: melodies; or a model, loaded, as a .keras file or by name, which then generates pieces of the
            lengths, meters, modes and parts of the real ones.
        real: melodies.
        split: pieces of a corpus `real`; None for the test split.
        num: number of pieces that a model generates.
        seed: of these pieces, and of the halves of the real set that are compared with each other.
        bars: compare only this many first bars, without shorter pieces; None for complete pieces. A model generates
            complete pieces in either case.
        meter: compare pieces of this meter alone; None for all.
        temperature: of the model; None for the default.
        index: model whose training tunes are searched for copied passages; None for `generated`, where it is a model.
        page: file for a page with plots of all distributions; None for none.
        force: whether to overwrite `page` and the folder `write`.
        parts: the extractor of pieces from MIDI files: "melody" for one line of each, "all", "piano" or "tracks" for
            whole pieces, "leadsheet" for a melody with its chords; None for what a model `generated` draws, else
            "melody".
        write: folder for both sets as MIDI files, complete also where `bars` cuts them; None for none.
        classifier: whether to measure too how well a classifier tells the sets apart by their first `bars` bars, 16
            for None.
        max_auc: the largest AUC, inner, that its check allows; None for a figure without a check.
    """

    generated: MelodySource | Generator
    real: MelodySource
    split: str | None = None
    num: int = NUM_COMPARED
    seed: int = 0
    bars: int | None = None
    meter: Meter | None = None
    temperature: float | None = None
    index: StrPath | Generator | None = None
    page: StrPath | None = None
    force: bool = False
    parts: str | None = None
    write: StrPath | None = None
    classifier: bool = False
    max_auc: float | None = None


@dataclass(frozen=True, slots=True)
class CompareResult:
    """A comparison, the page that shows it and the folder of both sets, where they were requested."""

    comparison: Comparison
    page: Path | None
    folder: Path | None = None


def compare(
    task: CompareTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> CompareResult:
    """Compare generated melodies with real ones. The listener is called with the number of pieces generated.

    Raises:
        CorpusError, CheckpointError, MidiError: where a set or a model cannot be read.
        SettingError: where a set is too small, or for a split where there is no corpus.
        OutputError: where the page or the folder exists and is not to be overwritten, or cannot be written.
        MissingExtraError: for a classifier where scikit-learn is not installed.
        Cancelled: where it was cancelled; checked between groups of pieces that are generated, between the steps of the
            classifier, and before comparing.
    """
    report = reporter(listener, cancellation)
    if task.classifier:
        check_installed(CLASSIFIER)
    page = None if task.page is None else check_output(named(task.page, PAGE), task.force)
    folder = None if task.write is None else check_folder(task.write, task.force)
    model = _loaded(model_of(task.generated))
    reading = task.parts or (DEFAULT_EXTRACTOR if model is None else model.metadata.reading)
    real = _chosen(_melodies(task.real, "real", reading, task.split), "real", task)
    if model is None:
        generated = _melodies(cast(MelodySource, task.generated), "generated", reading)
    else:
        _check_sizes(real.melodies, task)
        generated = Melodies(_generated(model, real.melodies, task, report))
    generated = _chosen(generated, "generated", task)
    index = _index(task, model)
    classification = _classification(generated.melodies, real.melodies, task, report) if task.classifier else None
    report(Progress(0, None, COMPARING))
    left_out = generated.left_out + real.left_out
    parts = _part_indexes(task)
    sets = (_cut(generated, task), _cut(real, task))
    comparison = compare_melodies(*sets, task.seed, index, left_out, parts)
    comparison = replace(comparison, classification=classification, max_auc=task.max_auc)
    if folder is not None:
        write_sets(folder, real.melodies, generated.melodies, task.force)
    if page is not None:
        write_text(page, comparison_page(comparison, _name(task.generated), _name(task.real)), task.force)
    return CompareResult(comparison, page, folder)


def _melodies(source: MelodySource, name: str, parts: str, split: str | None = None) -> Melodies:
    """Return the melodies of a set; `name` is "generated" or "real"."""
    if isinstance(source, str | os.PathLike):
        return melodies_of(source, split, f"{name} files", parts)
    return source if isinstance(source, Melodies) else Melodies(list(source))


def _chosen(found: Melodies, name: str, task: CompareTask) -> Melodies:
    """Return the melodies of the meter and the length that are compared, complete, with the others as left out."""
    of_meter = [m for m in found.melodies if task.meter in (None, m.meter)]
    dropped = [(f"not in {task.meter}", m.name) for m in found.melodies if task.meter not in (None, m.meter)]
    chosen = of_meter
    if task.bars is not None:
        dropped += [(f"shorter than {task.bars} bars", m.name) for m in of_meter if is_shorter(m, task.bars)]
        chosen = [m for m in of_meter if not is_shorter(m, task.bars)]
    return Melodies(chosen, found.left_out + LeftOut.of(f"{name} pieces", len(found.melodies), dropped))


def _cut(found: Melodies, task: CompareTask) -> list[Score]:
    """Return the melodies, cut after the bars that are compared."""
    return found.melodies if task.bars is None else first_bars(found.melodies, task.bars)


def model_of(source: MelodySource | Generator) -> StrPath | Generator | None:
    """Return the source of generated pieces if it is a model, else None."""
    if isinstance(source, str | os.PathLike):
        return source if os.fspath(source).endswith(".keras") or is_name(source) else None
    return None if isinstance(source, Melodies | Sequence) else source


def _loaded(model: StrPath | Generator | None) -> Generator | None:
    """Return a model, loaded."""
    if not isinstance(model, str | os.PathLike):
        return model
    from ..generation.generator import load

    return load(model)


def _generated(model: Generator, real: list[Score], task: CompareTask, report: Listener) -> list[Score]:
    """Return pieces of the model with the lengths, meters, modes and parts of the real ones."""
    from ..generation.alike import generate_alike
    from ..generation.request import Request

    if not real:
        raise SettingError("there must be real melodies of this meter and length. Received: none")
    request = Request() if task.temperature is None else Request(temperature=task.temperature)
    report(Progress(0, task.num, GENERATING))
    return generate_alike(
        model,
        real,
        task.num,
        task.seed,
        request,
        lambda done: report(Progress(done, task.num, GENERATING)),
    )


def _check_sizes(real: list[Score], task: CompareTask) -> None:
    """Refuse sets that a classifier cannot tell apart because they are small, before a model generates one of them."""
    if task.classifier:
        bars = task.bars or NUM_BARS
        check_sizes(sum(not is_shorter(melody, bars) for melody in real), task.num, bars)


def _classification(generated: list[Score], real: list[Score], task: CompareTask, report: Listener) -> Classification:
    """Return how well a classifier tells the sets apart."""
    report(Progress(0, None, CLASSIFYING))
    return classify(
        generated,
        real,
        task.bars or NUM_BARS,
        task.seed,
        lambda done, total: report(Progress(done, total, CLASSIFYING)),
    )


def _index(task: CompareTask, model: Generator | None) -> Index | None:
    """Return the index of the model, else one of the training split of the real corpus.

    None where there is neither, or where the real set holds training pieces itself.
    """
    if task.split in ("train", "all"):
        return None
    source = task.index or model
    if isinstance(source, str | os.PathLike):
        found = load_index(model_path(source))
    else:
        found = None if source is None else source.index
    if found is None and isinstance(task.real, str | os.PathLike) and is_corpus(task.real):
        return Index.of(open_corpus(task.real).scores("train"))
    return found


def _part_indexes(task: CompareTask) -> PartIndexes | None:
    """Return the parts of the training split of the real corpus; None where it has no parts, or `_index` gives None."""
    if task.split in ("train", "all") or not (isinstance(task.real, str | os.PathLike) and is_corpus(task.real)):
        return None
    corpus = open_corpus(task.real)
    return PartIndexes(corpus.scores("train")) if corpus.has_parts else None


def _name(source: MelodySource | Generator) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    if isinstance(source, Melodies | Sequence):
        return f"{len(source.melodies if isinstance(source, Melodies) else source)} melodies"
    return source.name
