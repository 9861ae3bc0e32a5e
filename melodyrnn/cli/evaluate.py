"""`melodyrnn evaluate`: a model and music → bits per note."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ..checkpoint import load_checkpoint
from ..corpus.ingest import Filters, find_files, read_melodies
from ..corpus.store import SPLITS, is_corpus, open_corpus
from ..errors import CorpusError
from ..evaluation.bits import evaluate
from ..inference.network import Network
from .options import json_option

if TYPE_CHECKING:
    from ..events.melody import Melody


@click.command("evaluate")
@click.argument("model", metavar="MODEL.keras")
@click.argument("music", metavar="CORPUS_OR_FOLDER")
@click.option(
    "--split",
    type=click.Choice([*SPLITS, "all"]),
    help="Which pieces of a corpus [default: test; of a folder of MIDI: all].",
)
@json_option
def command(model: str, music: str, split: str | None, as_json: bool) -> None:
    """Measure how well a model predicts melodies it is shown, in bits per note: the fewer, the better."""
    metadata, weights = load_checkpoint(model)
    melodies = _melodies(music, split)
    result = evaluate(Network(metadata, weights), metadata.vocabulary, melodies).to_json()
    if as_json:
        click.echo(json.dumps(result))
    else:
        _say(result)


def _melodies(music: str, split: str | None) -> list[Melody]:
    if is_corpus(music):
        melodies = open_corpus(music).melodies(split or "test")
        if not melodies:
            raise CorpusError(
                f"a split must hold pieces to be evaluated. Received: {split or 'test'} of {music}, empty"
            )
        return melodies
    if split not in (None, "all"):
        raise click.UsageError(f"--split is for a corpus; of a folder of MIDI all is evaluated. Received: {split}")
    files = find_files([music])
    # All of it counts: no melody is too short or heard too often to be evaluated.
    melodies, _ = read_melodies(files, Filters(min_notes=1, min_pitches=1, keep_duplicates=True, keep_generated=True))
    if not melodies:
        raise CorpusError(f"there must be a corpus or MIDI files with melodies to evaluate. Received: {music}")
    return melodies


def _say(result: dict[str, Any]) -> None:
    click.echo(f"{result['bits_per_note']:.3f} bits per note over {result['notes']} notes of {result['pieces']} pieces")
    for name, bits in result["fields"].items():
        click.echo(f"  {name:10s} {bits:.3f}")
    click.echo(f"  {'key':10s} {result['key']:.3f}  (guessed from the piece: paid for once a piece)")
    click.echo(f"  {'length':10s} {result['length']:.3f}  (in bars, known from the start: paid for once a piece)")
    click.echo("by how long a run of notes had been heard before:")
    for label, row in result["by_match"].items():
        if row["notes"]:
            click.echo(f"  {label:10s} {row['bits_per_note']:.3f}  ({row['notes']} notes)")
    if result["rounded_values"]:
        click.echo(
            f"{result['rounded_values']} values stood outside the model's vocabulary and were rounded to the nearest"
        )
