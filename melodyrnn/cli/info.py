"""`melodyrnn info`: a model, a corpus or a MIDI file → its contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ..errors import MelodyRNNError
from ..json_types import JsonObject
from ..music.units import GENERATED_MARK
from ..text import counted
from .options import json_option, quiet_option
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..tasks.info import CorpusInfo, Counts, MidiInfo, ModelInfo, VocabularyInfo

_Line = tuple[str, str | int]  # label and value
_SHOWN = 6  # counts shown, and
_SHOWN_TEMPOS = 8


@click.command("info")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@json_option
@quiet_option
def command(paths: tuple[str, ...], as_json: bool) -> int:
    """Show the contents of models (.keras), corpora (folders) or MIDI files."""
    from ..tasks.info import describe, to_json

    num_shown = 0
    found: list[JsonObject] = []
    for number, path in enumerate(paths):
        try:
            info = describe(path)
        except MelodyRNNError as error:
            if number == len(paths) - 1 and not num_shown:
                raise
            echo(f"left out: {error}", err=True)
            continue
        num_shown += 1
        found.append(to_json(info))
        if not as_json:
            if num_shown > 1:
                echo()
            _say(info)
    if as_json:
        echo_json(found)
    return 0


def _say(info: CorpusInfo | ModelInfo | MidiInfo) -> None:
    from ..tasks.info import CorpusInfo, ModelInfo

    if isinstance(info, CorpusInfo):
        lines = _corpus(info)
    elif isinstance(info, ModelInfo):
        lines = _model(info)
    else:
        lines = _midi(info)
    for name, value in lines:
        echo(f"{name:12s} {value}")


def _corpus(info: CorpusInfo) -> Iterator[_Line]:
    yield "corpus", info.path
    yield "pieces", f"{info.pieces} ({', '.join(f'{n} {split}' for split, n in info.splits.items())})"
    yield "notes", info.notes
    yield "meters", _counts(info.meters)
    yield "keys", _counts(info.keys)
    yield "tempo", f"{info.tempo:g} quarter notes per minute (median)"
    for slot, part in info.parts.items():
        yield slot, _part(slot, part)
    yield from _vocabulary(info.vocabulary)


def _part(slot: str, part: JsonObject) -> str:
    """Return the usual name and instrument of a slot, and its notes in how many training pieces."""
    from ..music.notation import pitch_name
    from ..music.programs import PROGRAMS

    name = "" if part["name"] == slot else f"{part['name']}, "
    counts = f"{counted(part['notes'], 'note')} in {counted(part['pieces'], 'piece')}"
    if "lowest_pitch" not in part:
        return f"{name}{counts}"
    ends = f"{pitch_name(part['lowest_pitch'])} to {pitch_name(part['highest_pitch'])}"
    return f"{name}{PROGRAMS[part['program']]}, {counts}, {ends}"


def _model(info: ModelInfo) -> Iterator[_Line]:
    yield "model", f"{info.path} ({info.size / 2**20:.1f} MiB)"
    yield "network", f"{counted(info.num_layers, f'{info.cell} layer')} of {info.units} units, dropout {info.dropout}"
    pieces, notes = ("?" if count is None else count for count in (info.pieces, info.notes))
    yield "corpus", f"{pieces} pieces, {notes} notes"
    if info.training is not None:
        yield "training", f"{info.training.epochs} epochs in {info.training.seconds:.0f} s"
        if info.training.validation_bits_per_note is not None:
            yield "validation", f"{info.training.validation_bits_per_note:.3f} bits per note"
            yield "markov", f"{info.training.baseline_bits_per_note:.3f} bits per note (order 2, same pieces)"
    if info.meters or info.keys:
        yield "meters", _counts(info.meters)
        yield "keys", _counts(info.keys)
    for slot, part in info.parts.items():
        yield slot, _part(slot, part)
    yield (
        "novelty",
        "no index of the training tunes" if info.num_indexed is None else f"index of {info.num_indexed} training tunes",
    )
    if info.has_critic:
        yield "critic", "chooses among the drafts of each new piece of 8 bars and more"
    yield from _vocabulary(info.vocabulary)


def _vocabulary(info: VocabularyInfo) -> Iterator[_Line]:
    yield "vocabulary", f"{', '.join(f'{name} {size}' for name, size in info.sizes.items())} (values)"
    if info.num_forms:
        share = f"{info.repeating_bars:.0%}"
        yield "forms", f"{info.num_forms} different; {share} of their bars repeat an earlier one"
    else:
        yield "forms", "none; `melodyrnn generate --form` cannot be used with this model"


def _midi(info: MidiInfo) -> Iterator[_Line]:
    from ..music.tracks import instrument

    piece = info.piece
    yield "MIDI", info.path
    for text in piece.texts:
        yield "written by" if text.startswith(GENERATED_MARK) else "text", text
    length = f"{piece.end} ticks" if info.bars is None else f"{round(info.bars, 2):g} bars"
    yield "length", f"{length} to the end of the last note"
    yield "resolution", f"{piece.ticks_per_quarter} ticks per quarter"
    yield "meter", ", ".join(str(m) for m in piece.meters)
    yield "tempo", ", ".join(f"{t.quarters_per_minute:.5g}" for t in piece.tempos[:_SHOWN_TEMPOS])
    if piece.keys:
        yield "key", ", ".join(str(k.key) for k in piece.keys)
    for number, track in enumerate(piece.tracks):
        sound = ", drums" if track.is_drums else f" ({instrument(track)})"
        bars = info.bars_of(track)
        where = "" if bars is None else f"bars {bars[0]}-{bars[1]}, "
        yield (
            f"track {number}",
            f"{track.name or '(no name)'}: {len(track.notes)} notes, {where}program {track.program}{sound}",
        )


def _counts(counts: Counts) -> str:
    return ", ".join(f"{name} ({n})" for name, n in list(counts.items())[:_SHOWN])
