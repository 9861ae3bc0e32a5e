"""The options of an ingest that may get a melody out of a file, as refusals name them, and their settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .config import IngestConfig

Options = frozenset[str]  # as on the command line, each with its value, such as "--voices skyline"


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that an option changes: the part of the configuration, the field, and the type of its value.

    `part` is None for a field of the configuration itself.

    Of a bound, "min" or "max", one value is tried for all files; a lower one than half a "min" is no remedy, because
    it would keep what is no melody.
    """

    part: Literal["filters", "extraction", "limits"] | None
    field: str
    kind: type[bool] | type[int] | type[float] | type[str]
    bound: Literal["min", "max"] | None = None


WHOLE = "--parts all"
LAST_RESORT = "--voices all"
# In the order of preference, where two options keep as many files.
SETTINGS = {
    "--voices skyline": Setting("extraction", "voices", str),
    "--off-grid snap": Setting("extraction", "off_grid", str),
    "--min-notes": Setting("filters", "min_notes", int, "min"),
    "--min-bars": Setting("filters", "min_bars", int, "min"),
    "--min-pitches": Setting("filters", "min_pitches", int, "min"),
    WHOLE: Setting(None, "extractor", str),
    LAST_RESORT: Setting("extraction", "voices", str),
    "--max-notes": Setting("limits", "file_notes", int, "max"),
    "--max-file-mb": Setting("limits", "file_megabytes", float, "max"),
    "--max-archive-mb": Setting("limits", "archive_megabytes", float, "max"),
    "--any-names": Setting("limits", "any_names", bool),
}
_ORDER = list(SETTINGS)
_EITHER = {"--voices", "--parts"}  # of whole pieces no voices are chosen


def split_options(options: Sequence[str]) -> Iterator[str]:
    """Yield each option of texts such as "--min-notes 9 --min-bars 1"."""
    for text in options:
        yield from (f"--{part}".strip() for part in text.split("--") if part.strip())


def option_key(option: str) -> str:
    """Return the key of an option in `SETTINGS`: with its value where that is a word."""
    return option if option in SETTINGS else option.split()[0]


def rank(option: str) -> int:
    return _ORDER.index(option_key(option))


def union_of(one: Options, other: Options) -> Options:
    """Return both sets of options; empty where they set one option to different values, or exclude each other."""
    union = one | other
    names = {option.split()[0] for option in union}
    return union if other and len(names) == len(union) and not names >= _EITHER else Options()


def united(options: Options, named: str) -> Options:
    """Return the options and those of a refusal; empty where they set one option to different values, or add none."""
    union = union_of(options, Options(split_options([named])))
    return union if union != options and all(option_key(option) in SETTINGS for option in union) else Options()


def config_with(config: IngestConfig, options: Options) -> IngestConfig:
    """Return the configuration with the settings of some options; those that are no settings of a trial change nothing.

    Args:
        options: each with its value, such as {"--min-notes 8", "--voices skyline"}.
    """
    for option in options:
        if option_key(option) not in SETTINGS:
            continue
        setting = SETTINGS[option_key(option)]
        value = setting.kind(option.partition(" ")[2] or True)
        if setting.part is None:
            config = replace(config, **{setting.field: value})  # type: ignore[arg-type]  # the fields have several types
            continue
        part = replace(getattr(config, setting.part), **{setting.field: value})
        config = replace(config, **{setting.part: part})
    return config
