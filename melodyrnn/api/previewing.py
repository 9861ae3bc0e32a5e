"""`melodyrnn.preview`: the page that shows and plays music."""

from __future__ import annotations

from collections.abc import Sequence

from ..midi.file import MidiFile
from ..music import piece as music
from ..score import score as scores
from ..view.preview import preview as page_of
from .page import Page
from .piece import Score

Shown = music.Piece | scores.Score | MidiFile


def preview(pieces: Shown | Sequence[Shown], title: str = "melodyrnn") -> Page:
    """Return a page with piano rolls that can be played, looped, and saved as MIDI files; a notebook shows it.

    Args:
        pieces: one or several pieces, scores (such as the melodies of a corpus) and files.
        title: of the page.
    """
    several = [pieces] if isinstance(pieces, Shown) else pieces
    return Page(page_of([Score.of(p).to_piece() if isinstance(p, scores.Score) else p for p in several], title))
