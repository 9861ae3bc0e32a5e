"""`melodyrnn info`: what a model, a corpus or a MIDI file holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ..checkpoint import load_metadata
from ..conditions.form import returning_share
from ..corpus.store import is_corpus, open_corpus
from ..errors import MelodyRNNError
from ..evaluation.novelty import load_index
from ..shipped import is_name, model_path


@click.command("info")
@click.argument("path", metavar="FILE")
def command(path: str) -> None:
    """Say what a model (.keras), a corpus (a folder) or a MIDI file holds."""
    if is_name(path):
        path = str(model_path(path))
    if not Path(path).exists():
        raise MelodyRNNError(f"a model, a corpus or a MIDI file must exist. Received: {path}")
    if is_corpus(path):
        lines = _corpus(path)
    elif path.endswith(".keras"):
        lines = _model(path)
    elif Path(path).is_dir():
        raise MelodyRNNError(f"a folder must be a corpus, with corpus.json in it. Received: {path}")
    else:
        lines = _midi(path)
    for name, value in lines:
        click.echo(f"{name:12s} {value}")


def _corpus(path: str) -> Iterable[tuple[str, Any]]:
    corpus = open_corpus(path)
    statistics = corpus.statistics
    yield "corpus", path
    yield (
        "pieces",
        f"{statistics['pieces']} ({', '.join(f'{n} {s}' for s, n in statistics['splits'].items())})",
    )
    yield "notes", statistics["notes"]
    yield "meters", _counts(statistics["meters"])
    yield "keys", _counts(statistics["keys"])
    yield "tempo", f"{statistics['tempo']:g} quarter notes per minute (median)"
    yield from _vocabulary(corpus.vocabulary)


def _model(path: str) -> Iterable[tuple[str, Any]]:
    metadata = load_metadata(path)
    network, training, corpus = metadata.network, metadata.training, metadata.corpus
    yield "model", f"{path} ({Path(path).stat().st_size / 2**20:.1f} MiB)"
    yield (
        "network",
        f"{network['num_layers']} {network.get('cell', 'lstm')} layers of {network['units']} units, "
        f"dropout {network['dropout']}",
    )
    yield "corpus", f"{corpus.get('pieces', '?')} pieces, {corpus.get('notes', '?')} notes"
    if training:
        yield "training", f"{training['epochs']} epochs in {training['seconds']:.0f} s"
        if training["validation_bits_per_note"] is not None:
            yield "validation", f"{training['validation_bits_per_note']:.3f} bits per note"
            yield "markov", f"{training['baseline_bits_per_note']:.3f} bits per note (order 2, same pieces)"
    if corpus:
        yield "meters", _counts(corpus["meters"])
        yield "keys", _counts(corpus["keys"])
    index = load_index(path)
    yield "novelty", f"index of {len(index.names)} training tunes" if index else "no index of the training tunes"
    yield from _vocabulary(metadata.vocabulary)


def _vocabulary(vocabulary: Any) -> Iterable[tuple[str, Any]]:
    sizes = ", ".join(f"{name} {len(values)}" for name, values in vocabulary.values.items())
    yield "vocabulary", f"{sizes} (values)"
    if vocabulary.forms:
        back = returning_share(vocabulary.forms)
        yield (
            "forms",
            f"{len(vocabulary.forms)} different, of its tunes; in them {back:.0%} of bars repeat an earlier one",
        )
    else:
        yield "forms", "none: --form is not for it"


def _midi(path: str) -> Iterable[tuple[str, Any]]:
    from ..midi.read import read_piece

    piece = read_piece(path)
    yield "MIDI", path
    for text in piece.texts:
        yield "written by", text
    try:
        yield "length", f"{piece.end / piece.bar_ticks:g} bars to the end of the last note"
    except ValueError:
        yield "length", f"{piece.end} ticks to the end of the last note"
    yield "resolution", f"{piece.ticks_per_quarter} ticks per quarter"
    yield "meter", ", ".join(str(m) for m in piece.meters)
    yield "tempo", ", ".join(f"{60e6 / t.microseconds_per_quarter:g}" for t in piece.tempos[:8])
    if piece.keys:
        yield "key", ", ".join(str(k.key) for k in piece.keys)
    for number, track in enumerate(piece.tracks):
        drums = ", drums" if track.is_drums else ""
        yield (
            f"track {number}",
            f"{track.name or '(no name)'}: {len(track.notes)} notes, program {track.program}{drums}",
        )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({n})" for name, n in list(counts.items())[:6])
