"""A loaded model: `load()` returns it, and its `generate()` may be called any number of times.

Modules that only some requests need (ranking, rewriting, copies) are imported when called: they take 8 ms.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
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
from .drawn_note import OnDrawn, OnNew, OnNote, go_on
from .loop import generate_melodies
from .looping import with_loop
from .performance import perform
from .plan import Plan, plan_of
from .request import Request, refuse_parts
from .view import View

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
        tunes: Sequence[Score] = (),
    ) -> None:
        """Use a loaded network; recipes name the model by `path` (None: the default one), `file` is its model file.

        `tunes` are those that it was trained on, where there is no file that holds an index of them.
        """
        self.metadata = metadata
        self._file = file
        self._tunes = tunes
        self.name = name
        self._network = network
        self._path = path

    def __repr__(self) -> str:
        return f"Generator({self.name!r})"

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
        from ..evaluation.index_file import load_index
        from ..evaluation.novelty import Index

        if self._file is not None:
            return load_index(self._file)
        return Index.of(self._tunes) if self._tunes else None

    def generate(self, request: Request, on_note: OnNote = go_on, on_drawn: OnDrawn | None = None) -> list[Piece]:
        """Return new pieces. Where the request has no seed, one is drawn; the recipe in each piece names it.

        Args:
            on_note: called before each note; an exception that it raises ends the generation.
            on_drawn: called with each new note, right after it is drawn. Of the drafts that a critic judges these are
                the notes of the first; where another is chosen, its notes come all at once, as another attempt. So do
                those of a piece that is chosen among candidates (vary, infill and new_ending of melodies, a requested
                rank, max_copy), as the only attempt. Given notes and chord symbols, also rendered ones, are not told.
                The pieces are the same with and without. For more than 128 melodies both functions are called from
                several threads.

        Raises:
            SettingError: where a wish is outside its rule, or two cannot be met together.
        """
        if request.seed is None:
            request = replace(request, seed=secrets.randbelow(2**31))
        if self.vocabulary.parts:
            from .parts.pieces import generate_pieces

            return generate_pieces(self._network, self.metadata, request, self.name, self._path, on_note, on_drawn)
        plan = self.plan(request)
        if on_drawn is None:
            return self._pieces(request, plan, self._melodies(request, plan, on_note))
        from .listening import is_told_live, told_live, told_when_chosen

        if is_told_live(request, plan):
            return self._pieces(
                request, plan, self._melodies(request, plan, on_note, told_live(request, plan, on_drawn))
            )
        melodies = self._melodies(request, plan, on_note)
        pieces = self._pieces(request, plan, melodies)
        told_when_chosen(request, plan, melodies, pieces, on_drawn)
        return pieces

    def _pieces(self, request: Request, plan: Plan, melodies: Sequence[Score]) -> list[Piece]:
        return [self._piece(request, plan, melody, number) for number, melody in enumerate(melodies, start=1)]

    def _piece(self, request: Request, plan: Plan, melody: Score, number: int) -> Piece:
        """Return a melody as piece `number` of a request, within the given file where there is one."""
        texts = (request.recipe(self._path, number), *self._copied(request, melody, plan))
        seed = (request.seed or 0, number)
        if plan.source is not None and plan.source.given is not None and request.include_primer:
            from .insertion import piece_in_file

            return piece_in_file(request, plan, plan.source.given, melody, texts, seed)
        if plan.view is not None and request.include_primer:
            melody = melody.shifted(plan.view.bars_before * melody.bar)
        melody = replace(melody, name=f"{self.name} {number}")
        has_pickup = plan.layout is not None and int(melody.onset[0]) > 0
        num_bars = self._num_bars(request, plan) + has_pickup
        piece = to_piece(melody, num_bars, _program(request, plan), texts)
        if has_pickup:
            piece = with_loop(piece, plan.num_bars)
        return perform(piece, request.swing, request.humanize, seed)

    def plan(self, request: Request) -> Plan:
        """Return the plan that `generate` follows for a request. Raises SettingError as `generate` does.

        A model of several parts has plans of its own, see `parts.pieces.plan_of_pieces`.
        """
        self.must_draw_melodies("such a plan")
        refuse_parts(request, self.name)
        return plan_of(request, self.metadata)

    def must_draw_melodies(self, what: str) -> None:
        """Raise SettingError, which says what needs a model of melodies, for a model of several parts."""
        if self.vocabulary.parts:
            raise SettingError(f"{what} needs a model of melodies. Received: {self.name}, which draws several parts")

    def _melodies(self, request: Request, plan: Plan, on_note: OnNote, on_new: OnNew | None = None) -> list[Score]:
        """Return the melodies of a request: from the view of the primer on where it is included, else new bars only."""
        if request.vary is not None:
            from .variation import vary

            melodies = vary(self._network, self.vocabulary, plan, request.vary, on_note)
        elif request.fills:
            from .filling import infill

            melodies = infill(self._network, self.vocabulary, plan, on_note)
        else:
            melodies = self._draw(request, plan, on_note, on_new)
            if plan.view is not None and not request.include_primer:
                return [_without(melody, plan.view) for melody in melodies]
        return melodies

    def _draw(self, request: Request, plan: Plan, on_note: OnNote, on_new: OnNew | None) -> list[Score]:
        def draw_all(plan: Plan, on_new: OnNew | None = on_new) -> list[Score]:
            return generate_melodies(self._network, self.vocabulary, plan, on_note, on_new)

        draw: Callable[[Plan], list[Score]] = draw_all
        if plan.rank > 1:
            from .rank import draw_best

            draw = partial(draw_best, draw_all, network=self._network, metadata=self.metadata, on_new=on_new)
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
        if plan.view is None:
            return plan.num_bars
        is_continued = not request.rewriting
        if is_continued and not request.include_primer:
            return request.bars
        return plan.view.bars_before + (plan.num_bars if is_continued else plan.view.num_bars)


def _program(request: Request, plan: Plan) -> int:
    """Return the General MIDI program of new music: that of the request, else of a given file, else 0."""
    if request.program is not None:
        return request.program
    return 0 if plan.source is None or plan.source.given is None else plan.source.given.track.program


def _without(melody: Score, view: View) -> Score:
    """Return the notes after the last bar line of the primer. Raises SettingError where there are none."""
    line = view.num_bars * melody.bar
    new = melody[melody.onset >= line].shifted(-line)
    if not len(new):
        raise SettingError(
            "bars without the primer must have new notes. Received: none after the primer (another seed, or more bars)"
        )
    return new


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
