"""A small network on the tunes that come with melodyrnn, for whatever backend Keras runs on."""

import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.melodies import read_melodies
from melodyrnn.corpus.ingest.sources import find_files
from melodyrnn.corpus.store import open_corpus, split_pieces, write_corpus
from melodyrnn.shipped import data_folder


@pytest.fixture(scope="session")
def sample_corpus(tmp_path_factory):
    melodies, _ = read_melodies(find_files([data_folder("samples")]), IngestConfig())
    path = tmp_path_factory.mktemp("corpus") / "samples"
    write_corpus(path, melodies, split_pieces(len(melodies), 0.1, 0.1, 0))
    return open_corpus(path)
