"""The error of an ingest that found no melody at all, with what the ingest had learned about the files."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ...errors import CorpusError
from ...extract.registry import find_extractor, has_parts
from .builder import CorpusBuilder
from .config import IngestConfig
from .remedy import Remedy, find_remedy, to_try
from .remote.urls import shown


class NothingKept(CorpusError):  # noqa: N818 -- the words of an ingest: files are kept or dropped
    """No file gave a melody, so that no corpus is written.

    Attributes:
        report: what report.jsonl would have held, the reasons of every file.
        remedy: the options that get melodies out of most files; None where none does, or none was tried.
    """

    def __init__(self, message: str, report: str, remedy: Remedy | None) -> None:
        super().__init__(message)
        self.report, self.remedy = report, remedy


def nothing_kept(
    places: Sequence[str | os.PathLike[str]], builder: CorpusBuilder, config: IngestConfig, tries_options: bool
) -> NothingKept:
    """Return the error of an ingest without any melody; it names the options that would give some."""
    received = f"Received {len(builder.lost)} in {names_of(places)}: " + ", ".join(
        f"{one.reason} ({one.count})" for one in builder.lost_reasons.most_common()
    )
    remedy = find_remedy(to_try(builder.lost), config, ()) if tries_options else None
    usable = "a usable piece" if has_parts(find_extractor(config.extractor)) else "a usable melody"
    rule = f"at least one file must hold {usable}"
    if remedy is not None:
        tried = len(builder.lost) if remedy.num_tried == len(builder.lost) else f"{remedy.num_tried} tried"
        rule += f"; {' '.join(remedy.options)} gets one out of {remedy.num_kept} of {tried}"
    return NothingKept(f"{rule}. {received}", builder.report_text(), remedy)


def names_of(places: Sequence[str | os.PathLike[str]]) -> str:
    """Return the places of an ingest, for a message: without credentials."""
    return ", ".join(shown(str(place)) for place in places)
