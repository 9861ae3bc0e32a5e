"""The table of extractors by name. A new one needs a file and an entry here.

An extractor of another package is named "package.module:attribute", so that worker processes can import it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from ..errors import SettingError
from .extractor import Extractor
from .leadsheet import LeadSheetExtractor
from .melody import MelodyExtractor
from .parts import ALL, PIANO, TRACKS, Choose, all_tracks, likeliest_melody

DEFAULT_EXTRACTOR = "melody"
EXTRACTORS: Mapping[str, Extractor] = {
    extractor.name: extractor for extractor in (MelodyExtractor(), ALL, PIANO, TRACKS, LeadSheetExtractor())
}  # fmt: skip
_OF_MELODIES: Mapping[str, Choose] = dict.fromkeys(("melody", "leadsheet"), likeliest_melody)


def finds_roles(extractor: Extractor) -> bool:
    """Return whether an extractor finds roles of tracks, and takes those of the settings."""
    return bool(getattr(extractor, "finds_roles", False))


def has_parts(extractor: Extractor) -> bool:
    """Return whether the scores of an extractor have several parts; false where it does not say."""
    return bool(getattr(extractor, "has_parts", False))


def chooser(name: str) -> Choose:
    """Return how the extractor of a name chooses the tracks that are parts; as "all" does where it does not say.

    Of a lead sheet the melody alone is a track. Raises SettingError where there is no such extractor.
    """
    if name in _OF_MELODIES:
        return _OF_MELODIES[name]
    return getattr(find_extractor(name), "choose", all_tracks)


def find_extractor(name: str) -> Extractor:
    """Return the extractor of a name in `EXTRACTORS`, or the one that "package.module:attribute" names.

    Raises SettingError where there is none.
    """
    if name in EXTRACTORS:
        return EXTRACTORS[name]
    module, separator, attribute = name.partition(":")
    if not separator:
        raise SettingError(
            f"an extractor must be one of {', '.join(EXTRACTORS)}, or package.module:attribute. Received: {name!r}"
        )
    try:
        extractor: Extractor = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingError(f"an extractor must be importable. Received: {name!r} ({error})") from error
    if not callable(getattr(extractor, "extract", None)):
        raise SettingError(f"an extractor must have a method extract(piece, settings). Received: {name!r}")
    return extractor


def is_external(name: str) -> bool:
    """Return whether the extractor of this name belongs to another package, whose version is unknown."""
    return name not in EXTRACTORS
