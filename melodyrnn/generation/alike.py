"""Pieces of the lengths, meters and modes of given melodies, so that two sets can be compared fairly."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import SettingError
from ..music.meter import Meter
from ..score.score import Score
from .generator import Generator
from .loop import generate_melodies
from .request import Request

_Outline = tuple[Meter, int, str]  # meter, full bars, mode


def generate_alike(
    model: Generator,
    melodies: Sequence[Score],
    num: int,
    seed: int = 0,
    on_piece: Callable[[int], None] | None = None,
    **wishes: Any,
) -> list[Score]:
    """Generate `num` melodies with the outlines of the given ones: meter, number of full bars, mode.

    The given melodies are taken in a random order, again and again until there are enough. A pick-up is no bar of an
    outline, for a piece without a primer begins on its first bar line. Pieces of one outline are drawn together, in
    one key, which no feature sees. `wishes` are fields of `Request`; else everything is as by default.

    Args:
        on_piece: told how many pieces are done, as they are.

    Raises:
        SettingError: where there is no melody, or a meter is one that the model cannot write.
    """
    if not melodies:
        raise SettingError("there must be melodies to take outlines from. Received: none")
    groups = _groups(melodies, num, np.random.default_rng(seed))
    out: list[Score | None] = [None] * num
    done = 0

    def run(number: int) -> list[Score]:
        (meter, bars, _), chosen = groups[number]
        stream = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        plan = model.plan(Request(**{**wishes, "num": len(chosen), "bars": bars, "meter": meter, "seed": stream}))
        if plan.control is not None and not plan.control.keep_key:
            key = melodies[chosen[0][1]].key
            plan = replace(plan, key=key, control=replace(plan.control, key=key))
        return generate_melodies(model.network, model.vocabulary, plan)

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy lets others run while it multiplies
        for (_, chosen), found in zip(groups, threads.map(run, range(len(groups))), strict=True):
            for (place, _), melody in zip(chosen, found, strict=True):
                out[place] = replace(melody, name=f"{model.name} {place + 1}")
            done += len(chosen)
            if on_piece is not None:
                on_piece(done)
    return [melody for melody in out if melody is not None]


def _groups(
    melodies: Sequence[Score], num: int, rng: np.random.Generator
) -> list[tuple[_Outline, list[tuple[int, int]]]]:
    """Outlines, the longest first, each with its pieces: their place among the `num`, and a melody of the outline."""
    orders = [rng.permutation(len(melodies)) for _ in range(-(-num // len(melodies)))]
    groups: dict[_Outline, list[tuple[int, int]]] = {}
    for place, source in enumerate(np.concatenate(orders)[:num].tolist()):
        melody = melodies[source]
        outline = (melody.meter, max(1, melody.num_bars - melody.pickup_bars), melody.key.mode)
        groups.setdefault(outline, []).append((place, source))
    return sorted(groups.items(), key=lambda group: -group[0][1])
