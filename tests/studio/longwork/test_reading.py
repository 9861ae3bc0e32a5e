"""The options with which a corpus is read."""

from __future__ import annotations

import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.errors import SettingError
from melodyrnn.studio.longwork.reading import config_of


def test_options_change_the_configuration() -> None:
    assert config_of([]) == IngestConfig()
    config = config_of(["--voices skyline", "--min-notes 8 --min-bars 1", "--any-names", "--max-file-mb 32"])
    assert config.extraction.voices == "skyline"
    assert (config.filters.min_notes, config.filters.min_bars) == (8, 1)
    assert (config.limits.any_names, config.limits.file_megabytes) == (True, 32.0)
    assert config_of(["--parts all"]).extractor == "all"


@pytest.mark.parametrize("option", ["--workers 3", "--voices other", "--force", "-o /tmp", "rm", "--parts leadsheet"])
def test_others_are_refused(option: str) -> None:
    with pytest.raises(SettingError, match=r"^an option must be one of --voices skyline, .*\. Received: "):
        config_of([option])


@pytest.mark.parametrize("option", ["--min-notes", "--min-notes x", "--max-file-mb 1 2"])
def test_a_value_must_be_there(option: str) -> None:
    with pytest.raises(SettingError, match=r"^an option must have its value\. Received: "):
        config_of([option])
