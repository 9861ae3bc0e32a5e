"""Corpora as a version without forms and layouts wrote them: a network on one has half as many inputs to trace."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from melodyrnn.conditions.layouts import Layouts
from melodyrnn.conditions.table import ALWAYS
from melodyrnn.events.vocabulary import Vocabulary


def plain(vocabulary: Vocabulary) -> Vocabulary:
    """Return a vocabulary without forms and layouts."""
    return replace(vocabulary, conditions=ALWAYS, forms={}, layouts=Layouts())


def make_plain(folder: Path) -> Path:
    """Make the corpus in a folder one without forms and layouts, and return the folder."""
    path = folder / "corpus.json"
    document = json.loads(path.read_text("utf-8"))
    document["vocabulary"] = plain(Vocabulary.from_json(document["vocabulary"])).to_json()
    path.write_text(json.dumps(document), "utf-8")
    return folder
