"""The task of `melodyrnn info`: reads the contents of a model, a corpus or a MIDI file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..checkpoint import has_critic, load_metadata
from ..conditions.form import returning_share
from ..corpus.layout import is_corpus
from ..errors import MelodyRNNError
from ..evaluation.index_file import num_indexed
from ..events.vocabulary import Vocabulary
from ..json_types import JsonObject
from ..music.bars import Bars, with_grouped_beats
from ..music.piece import Piece, Track
from ..shipped import is_name, model_path
from .paths import StrPath

Counts = Mapping[str, int]  # by name, the most common first


class VocabularyInfo(NamedTuple):
    """The number of values of each field, of forms, and the share of their bars that repeat an earlier one."""

    sizes: Counts
    num_forms: int
    repeating_bars: float

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> VocabularyInfo:
        sizes = {name: len(values) for name, values in vocabulary.values.items()}
        forms = vocabulary.forms
        return cls(sizes, len(forms), returning_share(forms) if forms else 0.0)


class CorpusInfo(NamedTuple):
    """A corpus. Meters and keys are counted over the training split; `tempo` is the median, in quarters per minute.

    `parts` are the statistics of each slot over the training split (`corpus.part_counts`); empty for melodies.
    """

    path: str
    pieces: int
    notes: int
    splits: Counts
    meters: Counts
    keys: Counts
    tempo: float
    parts: JsonObject
    vocabulary: VocabularyInfo


class TrainingInfo(NamedTuple):
    """A training. Bits per note are those of the validation split, None without one."""

    epochs: float
    seconds: float
    validation_bits_per_note: float | None
    baseline_bits_per_note: float | None


class ModelInfo(NamedTuple):
    """A model.

    Attributes:
        path, size: its file, and the size in bytes.
        cell, num_layers, units, dropout: of its network.
        pieces, notes: of the corpus it was trained on; None where they are unknown, like `training`.
        meters, keys: counted over the training split; empty where they are not known.
        parts: the statistics of each slot over the training split; empty for a model of melodies.
        training: how it was trained.
        num_indexed: training tunes in its novelty index; None without one.
        has_critic: whether it has a critic, which chooses among drafts.
        vocabulary: the values it can generate.
    """

    path: str
    size: int
    cell: str
    num_layers: int
    units: int
    dropout: float
    pieces: int | None
    notes: int | None
    meters: Counts
    keys: Counts
    parts: JsonObject
    training: TrainingInfo | None
    num_indexed: int | None
    has_critic: bool
    vocabulary: VocabularyInfo


class MidiInfo(NamedTuple):
    """A MIDI file and its music; `bars` up to the end of the last note, None where its meter does not fit the grid."""

    path: str
    piece: Piece
    bars: float | None

    def bars_of(self, track: Track) -> tuple[int, int] | None:
        """Return the first and the last bar, from 1, in which a track has notes; None for one without any."""
        if not len(track.notes):
            return None
        bars = Bars.of(with_grouped_beats(self.piece).meters, self.piece.ticks_per_quarter)
        return bars.number_at(int(track.notes.onset[0])), bars.number_at(int(track.notes.onset[-1]))


def describe(path: StrPath) -> CorpusInfo | ModelInfo | MidiInfo:
    """Return the contents of a corpus folder, a model (a .keras file, or a name) or a MIDI file.

    Raises:
        MelodyRNNError: where there is no such file, or a folder is no corpus.
        CorpusError, CheckpointError, MidiError: where it cannot be read.
    """
    text = str(model_path(path)) if is_name(path) else os.fspath(path)
    if not Path(text).exists():
        raise MelodyRNNError(f"a model, a corpus or a MIDI file must exist. Received: {text}")
    if is_corpus(text):
        return _corpus(text)
    if text.endswith(".keras"):
        return _model(text)
    if Path(text).is_dir():
        raise MelodyRNNError(f"a folder must be a corpus, with corpus.json in it. Received: {text}")
    return _midi(text)


def _corpus(path: str) -> CorpusInfo:
    from ..corpus.store import open_corpus  # only for a corpus, as the readers of MIDI only for MIDI

    corpus = open_corpus(path)
    statistics = corpus.statistics
    return CorpusInfo(
        path,
        statistics["pieces"],
        statistics["notes"],
        statistics["splits"],
        statistics["meters"],
        statistics["keys"],
        statistics["tempo"],
        statistics.get("parts", {}),
        VocabularyInfo.of(corpus.vocabulary),
    )


def _model(path: str) -> ModelInfo:
    metadata = load_metadata(path)
    network, training, corpus = metadata.network, metadata.training, metadata.corpus
    return ModelInfo(
        path=path,
        size=Path(path).stat().st_size,
        cell=network.get("cell", "lstm"),
        num_layers=network["num_layers"],
        units=network["units"],
        dropout=network["dropout"],
        pieces=corpus.get("pieces"),
        notes=corpus.get("notes"),
        meters=corpus["meters"] if corpus else {},
        keys=corpus["keys"] if corpus else {},
        parts=corpus.get("parts", {}),
        training=TrainingInfo(
            training["epochs"],
            training["seconds"],
            training["validation_bits_per_note"],
            training["baseline_bits_per_note"],
        )
        if training
        else None,
        num_indexed=num_indexed(path),
        has_critic=has_critic(path),
        vocabulary=VocabularyInfo.of(metadata.vocabulary),
    )


def _midi(path: str) -> MidiInfo:
    from ..formats.read import read_piece

    piece = read_piece(path)
    try:
        bars: float | None = piece.end / piece.bar_ticks
    except ValueError:
        bars = None
    return MidiInfo(path, piece, bars)


def to_json(info: CorpusInfo | ModelInfo | MidiInfo) -> JsonObject:
    """Return the entry of `melodyrnn info --json`: the fields of the contents, with their kind."""
    if isinstance(info, MidiInfo):
        piece = info.piece
        tracks = [
            {
                "name": t.name,
                "notes": len(t.notes),
                "program": t.program,
                "drums": t.is_drums,
                "bars": info.bars_of(t),
            }
            for t in piece.tracks
        ]
        return {
            "kind": "midi",
            "path": info.path,
            "texts": list(piece.texts),
            "ticks": piece.end,
            "bars": info.bars,
            "ticks_per_quarter": piece.ticks_per_quarter,
            "meters": [str(meter) for meter in piece.meters],
            "tempos": [tempo.quarters_per_minute for tempo in piece.tempos],
            "keys": [str(key.key) for key in piece.keys],
            "tracks": tracks,
        }
    return {"kind": "corpus" if isinstance(info, CorpusInfo) else "model", **_fields(info)}


def _fields(info: CorpusInfo | ModelInfo | TrainingInfo | VocabularyInfo) -> JsonObject:
    """Return the fields of a description, and those of descriptions within it."""
    parts = (TrainingInfo, VocabularyInfo)
    return {
        name: _fields(value) if isinstance(value, parts) else dict(value) if isinstance(value, Mapping) else value
        for name, value in info._asdict().items()
    }
