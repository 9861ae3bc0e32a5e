"""What an ingest and each of its workers must know: which music is kept, how it is extracted, and the limits.

A configuration is JSON on the way to a worker, so an extractor and an examine function are named, not passed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

from ...extract.extractor import ExtractionSettings
from ...extract.registry import DEFAULT_EXTRACTOR
from .sources import Limits

DEFAULT_VALIDATION, DEFAULT_TEST = 0.05, 0.1  # shares of the pieces
EXAMINE = "melodyrnn.corpus.ingest.examine:examine"

_Values = dict[str, bool | int | float | str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a score must be to be kept.

    Attributes:
        min_notes: fewest notes.
        min_pitches: fewest distinct pitches.
        keep_duplicates: whether a melody that was found before, in whatever key, is kept.
        keep_generated: whether files that melodyrnn wrote are read (a network trained on its own output gets worse).
        min_bars: fewest bars.
    """

    min_notes: int = 16
    min_pitches: int = 3
    keep_duplicates: bool = False
    keep_generated: bool = False
    min_bars: int = 2


class ConfigJson(TypedDict):
    """An `IngestConfig` as an object."""

    filters: _Values
    extraction: _Values
    limits: _Values
    extractor: str
    cache: str | None
    examine: str


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """What an ingest and each of its workers must know.

    Attributes:
        filters: what a score must be to be kept.
        extraction: the settings of the extractor.
        limits: what a file may take of the machine.
        extractor: a name that `extract.registry.find_extractor` knows.
        cache: results of an earlier ingest, see `cache`; None for none.
        examine: what is called on the bytes of a file, "module:function"; its signature is that of `examine.examine`.
    """

    filters: Filters = field(default_factory=Filters)
    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    limits: Limits = field(default_factory=Limits)
    extractor: str = DEFAULT_EXTRACTOR
    cache: Path | None = None
    examine: str = EXAMINE

    def to_json(self) -> ConfigJson:
        """Return the configuration as an object, which `from_json` reads."""
        return {
            "filters": asdict(self.filters),
            "extraction": asdict(self.extraction),
            "limits": asdict(self.limits),
            "extractor": self.extractor,
            "cache": None if self.cache is None else str(self.cache),
            "examine": self.examine,
        }

    @classmethod
    def from_json(cls, data: ConfigJson) -> IngestConfig:
        """Return the configuration that `to_json` wrote."""
        return cls(
            Filters(**data["filters"]),  # type: ignore[arg-type]  # the fields have several types
            ExtractionSettings(**data["extraction"]),  # type: ignore[arg-type]
            Limits(**data["limits"]),  # type: ignore[arg-type]
            data["extractor"],
            None if data["cache"] is None else Path(data["cache"]),
            data["examine"],
        )

    def settings(self) -> _Values:
        """Return the settings as corpus.json holds them; an extractor other than the default is named."""
        named: _Values = {} if self.extractor == DEFAULT_EXTRACTOR else {"extractor": self.extractor}
        return {**asdict(self.filters), **asdict(self.extraction), **named}
