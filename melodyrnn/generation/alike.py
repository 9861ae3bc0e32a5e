"""Generates pieces of the lengths, meters, modes and parts of given ones, so that two sets are comparable."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..conditions.outline import Outline
from ..errors import SettingError
from ..events.parts.names import part_name
from ..events.vocabulary import Vocabulary
from ..music.keys import Key
from ..music.meter import Meter
from ..score.score import Score
from ..score.slots import SLOTS, slots_of
from .drawn_note import OnNew, go_on
from .generator import Generator
from .loop import generate_melodies
from .plan import Plan
from .rank import draw_best
from .request import Request


class _Shape(NamedTuple):
    """The meter, length, mode and parts of a piece, which a generated piece shares.

    `bars` counts full bars; `parts` names those that the model knows, none for a model of melodies.
    """

    meter: Meter
    bars: int
    mode: str
    parts: tuple[str, ...]


class _Group(NamedTuple):
    """Pieces of one shape, which are drawn together: their places among all, and the given ones of that shape."""

    shape: _Shape
    places: list[int]
    sources: list[int]


def generate_alike(
    model: Generator,
    melodies: Sequence[Score],
    num: int,
    seed: int = 0,
    request: Request = Request(),  # noqa: B008  (it is frozen)
    on_piece: Callable[[int], None] | None = None,
) -> list[Score]:
    """Generate `num` pieces that have the meter, the number of full bars, the mode and the parts of given ones.

    The given pieces are used in a random order, repeatedly where `num` is larger than their number. A pick-up does
    not count as a bar: melodies of a model with layouts have pick-ups as these say, others none. Pieces of one shape
    are drawn together, in one key; no feature depends on the key.

    Args:
        seed: of the random order and of the pieces.
        request: all other settings; its num, bars, meter and seed are not used, nor its parts by a model of several.
        on_piece: called with the number of finished pieces, whenever it has grown.

    Raises:
        SettingError: where there is no piece, or a model cannot generate in a meter or has none of the parts.
    """
    if not melodies:
        raise SettingError("there must be melodies to take outlines from. Received: none")
    groups = _groups(melodies, num, np.random.default_rng(seed), model.vocabulary)
    draw = _draw_parts if model.vocabulary.parts else _draw_melodies
    out: list[Score | None] = [None] * num
    done = 0

    def run(number: int) -> list[Score]:
        shape, places, sources = groups[number]
        stream = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        asked = replace(request, num=len(places), bars=shape.bars, meter=shape.meter, seed=stream)
        return draw(model, asked, shape, melodies[sources[0]].key)

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy releases the interpreter lock in products
        for group, found in zip(groups, threads.map(run, range(len(groups))), strict=True):
            for place, melody in zip(group.places, found, strict=True):
                out[place] = replace(melody, name=f"{model.name} {place + 1}")
            done += len(found)
            if on_piece is not None:
                on_piece(done)
    return [melody for melody in out if melody is not None]


def _draw_melodies(model: Generator, asked: Request, shape: _Shape, key: Key) -> list[Score]:
    """Return the melodies of a request, in a key unless it has one."""
    plan = model.plan(asked)
    if not plan.wishes.keep_key:
        plan = replace(plan, wishes=replace(plan.wishes, key=key))

    def draw(plan: Plan, on_new: OnNew | None) -> list[Score]:
        return generate_melodies(model.network, model.vocabulary, plan, on_new=on_new)

    return draw_best(draw, plan, model.network, model.metadata)


def _draw_parts(model: Generator, asked: Request, shape: _Shape, key: Key) -> list[Score]:
    """Return the pieces of several parts of a request, in a key unless it has one."""
    from .parts.loop import generate_parts
    from .parts.planning import plan_in_parts

    if not shape.parts:
        vocabulary = model.vocabulary
        known = ", ".join(part_name(vocabulary, part) for part in range(len(vocabulary.parts)))
        raise SettingError(f"real pieces must have parts of {model.name} ({known}). Received: one with none of them")
    plan = plan_in_parts(replace(asked, parts=shape.parts), model.metadata)
    if asked.key is None:
        plan = replace(plan, key=key)
    return generate_parts(model.network, model.vocabulary, plan, go_on)


def _groups(melodies: Sequence[Score], num: int, rng: np.random.Generator, vocabulary: Vocabulary) -> list[_Group]:
    """Return the groups of `num` pieces, those of the most bars first."""
    orders = [rng.permutation(len(melodies)) for _ in range(-(-num // len(melodies)))]
    groups: dict[_Shape, _Group] = {}
    for place, source in enumerate(np.concatenate(orders)[:num].tolist()):
        outline = Outline.of(melodies[source])
        shape = _Shape(outline.meter, outline.full_bars, outline.mode, _parts_of(melodies[source], vocabulary))
        group = groups.setdefault(shape, _Group(shape, [], []))
        group.places.append(place)
        group.sources.append(source)
    return sorted(groups.values(), key=lambda group: -group.shape.bars)


def _parts_of(score: Score, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the names of the parts with notes in a score that a vocabulary has; none for one of melodies."""
    if not vocabulary.parts:
        return ()
    slots = np.array(slots_of(score.parts))[np.unique(score.part)]
    return tuple(SLOTS[slot].name for slot in sorted(slots.tolist()) if slot in vocabulary.values["part"])
