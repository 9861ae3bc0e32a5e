"""Generates pieces of the lengths, meters and modes of given melodies, so that two sets are comparable."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..conditions.outline import Outline
from ..errors import SettingError
from ..music.meter import Meter
from ..score.score import Score
from .generator import Generator
from .loop import generate_melodies
from .request import Request


class _Shape(NamedTuple):
    """The meter, length and mode of a melody, which a generated piece shares; `bars` counts full bars."""

    meter: Meter
    bars: int
    mode: str


class _Group(NamedTuple):
    """Pieces of one shape, which are drawn together: their indices among all pieces, and the melodies of that shape."""

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
    """Generate `num` melodies that have the meter, the number of full bars and the mode of given ones.

    The given melodies are used in a random order, repeatedly where `num` is larger than their number. A pick-up does
    not count as a bar, because a piece without a primer begins on its first bar line. Pieces of one shape are drawn
    together, in one key; no feature depends on the key.

    Args:
        seed: of the random order and of the pieces.
        request: all other settings; its num, bars, meter and seed are not used.
        on_piece: called with the number of finished pieces, whenever it has grown.

    Raises:
        SettingError: where there is no melody, and for a model of several parts or one that cannot generate in a meter.
    """
    if not melodies:
        raise SettingError("there must be melodies to take outlines from. Received: none")
    model.must_draw_melodies("drawing pieces to compare")
    groups = _groups(melodies, num, np.random.default_rng(seed))
    out: list[Score | None] = [None] * num
    done = 0

    def run(number: int) -> list[Score]:
        shape, places, sources = groups[number]
        stream = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        asked = replace(request, num=len(places), bars=shape.bars, meter=shape.meter, seed=stream)
        plan = model.plan(asked)
        if not plan.wishes.keep_key:
            plan = replace(plan, wishes=replace(plan.wishes, key=melodies[sources[0]].key))
        return generate_melodies(model.network, model.vocabulary, plan)

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy releases the interpreter lock in products
        for group, found in zip(groups, threads.map(run, range(len(groups))), strict=True):
            for place, melody in zip(group.places, found, strict=True):
                out[place] = replace(melody, name=f"{model.name} {place + 1}")
            done += len(found)
            if on_piece is not None:
                on_piece(done)
    return [melody for melody in out if melody is not None]


def _groups(melodies: Sequence[Score], num: int, rng: np.random.Generator) -> list[_Group]:
    """Return the groups of `num` pieces, those of the most bars first."""
    orders = [rng.permutation(len(melodies)) for _ in range(-(-num // len(melodies)))]
    groups: dict[_Shape, _Group] = {}
    for place, source in enumerate(np.concatenate(orders)[:num].tolist()):
        outline = Outline.of(melodies[source])
        shape = _Shape(outline.meter, outline.full_bars, outline.mode)
        group = groups.setdefault(shape, _Group(shape, [], []))
        group.places.append(place)
        group.sources.append(source)
    return sorted(groups.values(), key=lambda group: -group.shape.bars)
