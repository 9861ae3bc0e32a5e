"""Configurations on the way to a worker, and the settings in corpus.json."""

from __future__ import annotations

import json

import pytest

from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.extract.extractor import ExtractionSettings

OTHER = IngestConfig(
    Filters(1, 2, True, True, 3),
    ExtractionSettings("track:2", "keep", 0.5, 7.0, "file"),
    Limits(1.5, 4, 6.0, True, 8.0),
    "readers:BASS",
    "readers:refuse",
)


@pytest.mark.parametrize("config", [IngestConfig(), OTHER])
def test_there_and_back(config: IngestConfig) -> None:
    assert IngestConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_settings_name_an_extractor_that_is_not_the_default() -> None:
    assert "extractor" not in IngestConfig().settings()
    assert OTHER.settings() == {
        "min_notes": 1,
        "min_pitches": 2,
        "keep_duplicates": True,
        "keep_generated": True,
        "min_bars": 3,
        "voices": "track:2",
        "off_grid": "keep",
        "max_grid_error": 0.5,
        "max_rest_quarters": 7.0,
        "bar_lines": "file",
        "extractor": "readers:BASS",
    }
