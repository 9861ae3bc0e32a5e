"""A loaded model: `load()` returns it, and its `generate()` may be called any number of times.

Modules that only some requests need (ranking, rewriting, copies) are imported when called: they take 8 ms.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoint import Metadata, load_checkpoint
from ..errors import SettingError
from ..music.piece import Piece
from ..network.network import Network
from ..score.convert import to_piece
from ..score.score import Score
from ..shipped import model_path
from .loop import OnNote, generate_melodies, go_on
from .performance import perform
from .plan import Plan, plan_of
from .request import Request

if TYPE_CHECKING:
    from ..evaluation.novelty import Index
    from ..events.vocabulary import Vocabulary


class Generator:
    """A trained network with its vocabulary.

    Attributes:
        name: the stem of the model's file.
        metadata: the contents of the model file except the weights.
    """

    def __init__(
        self,
        metadata: Metadata,
        network: Network,
        name: str,
        path: str | None = None,
        file: Path | None = None,
    ) -> None:
        """Use a loaded network; recipes name the model by `path` (None: the default one), `file` is its model file."""
        self.metadata = metadata
        self._file = file
        self.name = name
        self._network = network
        self._path = path

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the model."""
        return self.metadata.vocabulary

    @property
    def network(self) -> Network:
        """The network in NumPy."""
        return self._network

    @cached_property
    def index(self) -> Index | None:
        """The index of the tunes that the model was trained on, read at first use; None for a model without one."""
        from ..evaluation.novelty import load_index

        return load_index(self._file) if self._file is not None else None

    def generate(self, request: Request, on_note: OnNote = go_on) -> list[Piece]:
        """Return new pieces. Where the request has no seed, one is drawn; the recipe in each piece names it.

        Args:
            on_note: called before each note; an exception that it raises ends the generation.

        Raises:
            SettingError: where a wish is outside its rule, or two cannot be met together.
        """
        if request.seed is None:
            request = replace(request, seed=secrets.randbelow(2**31))
        plan = self.plan(request)
        pieces = []
        for number, melody in enumerate(self._melodies(request, plan, on_note), start=1):
            named = replace(melody, name=f"{self.name} {number}")
            texts = (request.recipe(self._path, number), *self._copied(request, melody, plan))
            piece = to_piece(named, self._num_bars(request, plan), request.program, texts)
            pieces.append(perform(piece, request.swing, request.humanize, (request.seed or 0, number)))
        return pieces

    def plan(self, request: Request) -> Plan:
        """Return the plan that `generate` follows for a request. Raises SettingError as `generate` does."""
        return plan_of(request, self.metadata)

    def _melodies(self, request: Request, plan: Plan, on_note: OnNote) -> list[Score]:
        if request.vary is not None:
            from .rewrite import vary

            return vary(self._network, self.vocabulary, plan, request.vary, on_note)
        if request.infill is not None:
            from .rewrite import infill

            return infill(self._network, self.vocabulary, plan, request.infill, on_note)
        melodies = self._draw(request, plan, on_note)
        if request.rank > 1:
            from .rank import best

            melodies = best(self._network, self.metadata, melodies, request.num)
        if plan.primer is not None and not request.include_primer:
            melodies = [_without(melody, plan.primer) for melody in melodies]
        return melodies

    def _draw(self, request: Request, plan: Plan, on_note: OnNote) -> list[Score]:
        draw = partial(generate_melodies, self._network, self.vocabulary, on_note=on_note)
        if request.max_copy is None:
            return draw(plan)
        if self.index is None:
            raise SettingError(
                "max_copy needs a model that knows its training tunes, as those that melodyrnn train writes do. "
                f"Received: {self.name}, which has no index of them"
            )
        from .novel import draw_novel

        return draw_novel(draw, plan, self.index, request.max_copy)

    def _copied(self, request: Request, melody: Score, plan: Plan) -> tuple[str, ...]:
        """Return the text about the longest copied passage of a melody where the request limits it, else nothing."""
        if request.max_copy is None or self.index is None:
            return ()
        from .novel import copied, words

        return (words(copied(self.index, melody, plan if request.include_primer else replace(plan, primer=None))),)

    def _num_bars(self, request: Request, plan: Plan) -> int:
        if plan.primer is None:
            return plan.num_bars
        if request.vary is not None or request.infill is not None:
            return plan.primer.num_bars
        return plan.num_bars if request.include_primer else request.bars


def _without(melody: Score, primer: Score) -> Score:
    """Return the notes after the last bar line of the primer."""
    line = primer.num_bars * primer.bar
    return melody[melody.onset >= line].shifted(-line)


def load(path: str | os.PathLike[str] | None = None) -> Generator:
    """Return the model of a file, or of a shipped checkpoint by name; None is the default. Raises CheckpointError."""
    found = model_path(path)
    metadata, weights = load_checkpoint(found)
    return Generator(
        metadata,
        Network(metadata, weights, batch_invariant=True),
        found.stem,
        None if path is None else str(path),
        found,
    )
