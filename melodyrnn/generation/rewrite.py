"""Writing a given melody anew: variations of its pitches, or some of its bars between those that stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..conditions.outline import Outline
from ..errors import SettingError
from ..evaluation.bits import bits_of_batch
from ..events.context import context_of
from ..events.past import Past
from ..events.rows import SHIFT, encode
from ..events.vocabulary import Vocabulary
from ..music.keys import tonic_offset
from ..network.network import Network
from ..score.score import Score, concat
from .control import Control
from .loop import Plan, generate_melodies
from .sampling import draw, streams

CANDIDATES = 16  # ways to fill a gap, from which the one is chosen that makes what follows likeliest


def infill(network: Network, vocabulary: Vocabulary, plan: Plan, bars: tuple[int, int]) -> list[Score]:
    """Write bars `bars` (first and last, from 1) of the primer anew, `plan.num` times; every other note stays.

    Raises SettingError where there are no such bars, or a note reaches into them so far that nothing fits.
    """
    primer = plan.primer
    assert primer is not None
    first, last = bars
    if not 1 <= first <= last <= primer.num_bars:
        raise SettingError(
            f"infill must name bars of the primer, 1-{primer.num_bars}, the first before the last. "
            f"Received: {first}-{last}"
        )
    start, end = (first - 1) * primer.bar, last * primer.bar
    before, after = primer[primer.onset < start], primer[primer.onset >= end]
    assert plan.control is not None
    whole = last == primer.num_bars
    control = plan.control if whole else replace(plan.control, keep_key=False, end=None)
    gap = replace(
        plan,
        num=plan.num * CANDIDATES,
        num_bars=primer.num_bars,
        primer=before if len(before) else None,
        start=start,
        end=end,
        control=control,
    )
    candidates = [concat(melody, after) for melody in generate_melodies(network, vocabulary, gap)]
    cost = _bits_from(network, vocabulary, candidates, end if len(after) else start)
    groups = np.array(cost).reshape(plan.num, CANDIDATES)
    return [candidates[group * CANDIDATES + int(best)] for group, best in enumerate(groups.argmin(axis=1))]


def vary(network: Network, vocabulary: Vocabulary, plan: Plan, share: float) -> list[Score]:
    """Variations of the primer, `plan.num` of them: its rhythm, with this share of its pitches drawn anew.

    Pitches are drawn in order, each knowing all before it, among those that the wishes allow.
    """
    primer = plan.primer
    assert primer is not None
    control = plan.control or Control(plan.key)
    control.check()
    return [_variation(network, vocabulary, plan, control, share, piece) for piece in range(plan.num)]


def _variation(
    network: Network, vocabulary: Vocabulary, plan: Plan, control: Control, share: float, piece: int
) -> Score:
    primer = plan.primer
    assert primer is not None
    numbers = streams(plan.seed, [piece], 2 * len(primer)).reshape(len(primer), 2)
    sounding = vocabulary.sorted_values["pitch"] + tonic_offset(plan.key)
    pitch = primer.pitch.copy()
    place = list(vocabulary.values).index("pitch")
    lstm = network.initial_state(1)
    past = Past(vocabulary, [Outline.of(primer)], len(primer))
    rows = encode(primer)
    indices, _ = vocabulary.encode(rows)
    for n in range(len(primer)):
        before = past.before()
        output, lstm = network.step(before, lstm)
        index = indices[n : n + 1]
        values = vocabulary.decode(index)
        values[0, SHIFT] = rows[n, SHIFT]
        context = np.concatenate([before, past.at(values[:, 0])], axis=1)
        if numbers[n, 0] < share:
            allowed = control.pitches[np.clip(sounding, 0, 127)] & (sounding >= 0) & (sounding <= 127)
            if n and control.max_interval is not None:
                allowed = allowed & (np.abs(sounding - pitch[n - 1]) <= control.max_interval)
            if n == len(primer) - 1:
                allowed = allowed & control.endings[np.clip(sounding, 0, 127)]
            if allowed.any():
                p = network.head("pitch", output, context, index).probabilities()
                chosen = int(draw(plan.sampling.shape("pitch", p, allowed[None]), numbers[n : n + 1, 1])[0])
                values[0, place] = vocabulary.sorted_values["pitch"][chosen]
                pitch[n] = sounding[chosen]
        past.append(values)
    return replace(primer, pitch=pitch, microseconds_per_quarter=plan.microseconds_per_quarter)


def _bits_from(network: Network, vocabulary: Vocabulary, melodies: list[Score], step: int) -> list[float]:
    """Bits of the notes of each melody from `step` on."""
    contexts, targets = context_of(melodies, vocabulary)
    tables = bits_of_batch(network, contexts, targets)
    return [float(table[:-1][melody.onset >= step].sum()) for table, melody in zip(tables, melodies, strict=True)]
