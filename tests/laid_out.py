"""A model whose vocabulary has layouts, those of the tunes that come with melodyrnn, with random weights."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from networks import random_network

from melodyrnn.checkpoint import Metadata
from melodyrnn.conditions.laid_out import layouts_of
from melodyrnn.conditions.layouts import Layouts
from melodyrnn.conditions.table import OF_LAYOUT
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.melodies import read_melodies
from melodyrnn.generation.generator import Generator, load
from melodyrnn.score.score import Score
from melodyrnn.shipped import data_folder


@cache
def sample_tunes() -> tuple[Score, ...]:
    """The tunes that come with melodyrnn."""
    return tuple(read_melodies(find_files([data_folder("samples")]), IngestConfig())[0])


@cache
def laid_out_model() -> Generator:
    """A model of `folk`'s vocabulary with random weights that reads layouts."""
    known = load("folk").vocabulary
    conditions = tuple(dict.fromkeys((*known.conditions, *OF_LAYOUT)))
    layouts = Layouts.pack(layout for layout in layouts_of(sample_tunes()) if layout is not None)
    vocabulary = replace(known, conditions=conditions, layouts=layouts)
    metadata = Metadata(vocabulary, {"units": 4, "num_layers": 1}, {"keys": {"G major": 1}})
    return Generator(metadata, random_network(vocabulary, scale=0.1), "laid-out")
