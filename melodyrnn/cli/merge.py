"""`melodyrnn merge`: the shards of an ingest → a corpus."""

from __future__ import annotations

import click

from .ingest import say, with_bar
from .options import force_option, json_option, quiet_option
from .terminal import echo_json


@click.command("merge")
@click.argument("shards", nargs=-1, required=True, metavar="SHARD...")
@click.option("-o", "--output", required=True, metavar="CORPUS", help="Folder to write the corpus to.")
@json_option
@quiet_option
@force_option
@click.pass_context
def command(ctx: click.Context, shards: tuple[str, ...], output: str, as_json: bool, force: bool) -> None:
    """Make a corpus of all shards that `melodyrnn ingest --shard I/N` wrote of the same files, with the same settings.

    It is the corpus that one ingest would have written, byte for byte; duplicates in different shards are dropped here.
    """
    from ..tasks.ingest import merge

    result = with_bar(lambda listener: merge(shards, output, force, listener))
    if as_json:
        echo_json(result.to_json())
    else:
        say(result, ctx)
