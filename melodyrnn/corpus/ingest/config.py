"""The configuration of an ingest and of each of its workers: what is kept, how it is extracted, and the limits.

A configuration is sent to a worker as JSON, so it holds the names of an extractor and of an examine function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TypedDict

from ...extract.extractor import ExtractionSettings, Fewest
from ...extract.registry import DEFAULT_EXTRACTOR, find_extractor, has_parts
from .sources import Limits

DEFAULT_VALIDATION, DEFAULT_TEST = 0.05, 0.1  # shares of the pieces
EXAMINE = "melodyrnn.corpus.ingest.examine:examine"

_Values = dict[str, bool | int | float | str | Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions that a score must meet to be kept.

    Attributes:
        min_notes: fewest notes.
        min_pitches: fewest distinct pitches.
        keep_duplicates: whether a melody that equals an earlier one, in any key, is kept.
        keep_generated: whether files that melodyrnn wrote are read (a network trained on its own output gets worse).
        min_bars: fewest bars.
    """

    min_notes: int = 16
    min_pitches: int = 3
    keep_duplicates: bool = False
    keep_generated: bool = False
    min_bars: int = 2

    @property
    def fewest(self) -> Fewest:
        """The fewest notes, bars and pitches, as extractors read them."""
        return Fewest(self.min_notes, self.min_bars, self.min_pitches)


class ConfigJson(TypedDict):
    """An `IngestConfig` as a JSON object."""

    filters: _Values
    extraction: _Values
    limits: _Values
    extractor: str
    examine: str


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """The configuration of an ingest and of each of its workers.

    Attributes:
        filters: the conditions that a score must meet to be kept.
        extraction: the settings of the extractor.
        limits: limits of size and time for each file.
        extractor: a name that `extract.registry.find_extractor` knows.
        examine: "module:function", called with the bytes of a file; it has the signature of `examine.examine`.
    """

    filters: Filters = field(default_factory=Filters)
    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    limits: Limits = field(default_factory=Limits)
    extractor: str = DEFAULT_EXTRACTOR
    examine: str = EXAMINE

    def to_json(self) -> ConfigJson:
        """Return the configuration as a JSON object, which `from_json` reads."""
        return {
            "filters": asdict(self.filters),
            "extraction": _values(self.extraction),
            "limits": asdict(self.limits),
            "extractor": self.extractor,
            "examine": self.examine,
        }

    @classmethod
    def from_json(cls, data: ConfigJson) -> IngestConfig:
        """Return the configuration that `to_json` wrote."""
        return cls(
            Filters(**data["filters"]),  # type: ignore[arg-type]  # the fields have several types
            _extraction(data["extraction"]),
            Limits(**data["limits"]),  # type: ignore[arg-type]
            data["extractor"],
            data["examine"],
        )

    def settings(self) -> _Values:
        """Return the settings as corpus.json holds them; an extractor other than the default is named."""
        named: _Values = {} if self.extractor == DEFAULT_EXTRACTOR else {"extractor": self.extractor}
        return {**asdict(self.filters), **self.extraction_settings(), **named}

    def extraction_settings(self) -> _Values:
        """Return the settings of extraction that the extractor reads; some are only for scores of several parts."""
        settings = _values(self.extraction)
        unread = () if has_parts(find_extractor(self.extractor)) else ("max_bars", "roles")
        return {name: value for name, value in settings.items() if name not in unread}


def _values(extraction: ExtractionSettings) -> _Values:
    """Return the settings of extraction as JSON, without those that the filters give."""
    values = asdict(extraction)
    del values["fewest"]
    return values


def _extraction(values: _Values) -> ExtractionSettings:
    """Return the settings of extraction from JSON, which has lists for tuples."""
    roles = values.get("roles", ())
    pairs = tuple((str(track), str(role)) for track, role in roles)  # type: ignore[union-attr, str-unpack]
    return ExtractionSettings(**{**values, "roles": pairs})  # type: ignore[arg-type]
