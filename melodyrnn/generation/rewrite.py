"""Rewrites a given melody: variations of its pitches, or new bars between given ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Bools, IntArray
from ..conditions.outline import Outline
from ..errors import SettingError
from ..evaluation.bits import bits_of_batch
from ..events.context import context_of
from ..events.past import Past
from ..events.rows import SHIFT
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..score.score import Score, concat
from .constraints.clashes import check
from .constraints.ending import ending_pitches
from .constraints.pitches import sounding_pitches
from .drawn_note import OnNote, go_on
from .loop import generate_melodies
from .plan import Plan
from .sampling import draw, streams

CANDIDATES = 16  # drawn for each gap; the one after which the rest of the melody is likeliest is chosen


def infill(network: Network, vocabulary: Vocabulary, plan: Plan, on_note: OnNote = go_on) -> list[Score]:
    """Return the primer with new notes between `plan.start` and `plan.stop`, `plan.num` times; every other note stays.

    Raises:
        SettingError: where the plan has no primer, or no new note fits.
    """
    score, start, end = _given(plan, "infill"), plan.start, plan.stop
    before, after = score[score.onset < start], score[score.onset >= end]
    at_the_end = end >= plan.length and not len(after)
    gap = replace(
        plan,
        num=plan.num * CANDIDATES,
        primer=before if len(before) else None,
        wishes=plan.wishes if at_the_end else replace(plan.wishes, keep_key=False, end=None),
    )
    _check_room(before, gap)
    candidates = [concat(melody, after) for melody in generate_melodies(network, vocabulary, gap, on_note)]
    cost = _bits_from(network, vocabulary, candidates, end if len(after) else start)
    groups = np.array(cost).reshape(plan.num, CANDIDATES)
    return [candidates[group * CANDIDATES + int(best)] for group, best in enumerate(groups.argmin(axis=1))]


def _check_room(before: Score, gap: Plan) -> None:
    """Raise SettingError where a note before the bars to fill sounds until their end."""
    held = int((before.onset + before.duration).max(initial=0))
    if held >= gap.stop:
        raise SettingError(
            "infill must name bars with room for new notes. Received: bars through which a note before them is held"
        )


def vary(network: Network, vocabulary: Vocabulary, plan: Plan, share: float, on_note: OnNote = go_on) -> list[Score]:
    """Return `plan.num` variations of the primer with its rhythm, in which a share of its pitches is drawn anew.

    Pitches are drawn in order among those that the wishes allow, each given all pitches before it.

    Raises:
        SettingError: where wishes clash, or the plan has no primer.
    """
    primer = _given(plan, "vary")
    check(plan.wishes)
    return [_variation(network, vocabulary, plan, primer, share, piece, on_note) for piece in range(plan.num)]


def _given(plan: Plan, command: str) -> Score:
    """Return the notes that the plan's view has; they may be none. Raises SettingError where the plan has no primer."""
    if plan.view is None:
        raise SettingError(f"{command} needs a primer to work on. Received: none")
    return plan.view.score


def _variation(
    network: Network, vocabulary: Vocabulary, plan: Plan, primer: Score, share: float, piece: int, on_note: OnNote
) -> Score:
    """Return one variation. A note has two random numbers: whether its pitch is drawn, and the draw itself."""
    numbers = streams(plan.seed, [piece], 2 * len(primer)).reshape(len(primer), 2)
    sounding = vocabulary.sorted_values["pitch"] + vocabulary.events.transposition(plan.key)
    pitch = primer.pitch.copy()
    place = list(vocabulary.values).index("pitch")
    memory = network.initial_state(1)
    past = Past(vocabulary, [Outline.of(primer)], len(primer))
    rows = vocabulary.events.encode(primer)
    indices, _ = vocabulary.encode(rows)
    for n in range(len(primer)):
        on_note()
        before = past.before()
        output, memory = network.step(before, memory)
        values = vocabulary.decode(indices[n : n + 1])
        values[0, SHIFT] = rows[n, SHIFT]
        context = np.concatenate([before, past.at(values[:, 0])], axis=1)
        allowed = _pitches_allowed(plan, sounding, pitch, n)
        if numbers[n, 0] < share and allowed.any():
            p = network.head("pitch", output, context, indices[n : n + 1]).probabilities()
            chosen = int(draw(plan.sampling.shape("pitch", p, allowed[None]), numbers[n : n + 1, 1])[0])
            values[0, place] = vocabulary.sorted_values["pitch"][chosen]
            pitch[n] = sounding[chosen]
        past.append(values)
    return replace(primer, pitch=pitch, microseconds_per_quarter=plan.microseconds_per_quarter)


def _pitches_allowed(plan: Plan, sounding: IntArray, pitch: IntArray, n: int) -> Bools:
    """Return which of the `sounding` pitches note n may have, (V,), given the pitches of all notes, (num_notes,)."""
    wishes, inside = plan.wishes, np.clip(sounding, 0, 127)
    allowed = sounding_pitches(wishes)[inside] & (sounding == inside)
    if n and wishes.max_interval is not None:
        allowed &= np.abs(sounding - pitch[n - 1]) <= wishes.max_interval
    if n == len(pitch) - 1:
        allowed &= ending_pitches(wishes)[inside]
    return allowed


def _bits_from(network: Network, vocabulary: Vocabulary, melodies: list[Score], step: int) -> list[float]:
    """Return the bits of the notes of each melody from `step` on."""
    contexts, targets = context_of(melodies, vocabulary)
    tables = bits_of_batch(network, contexts, targets)
    return [float(table[:-1][melody.onset >= step].sum()) for table, melody in zip(tables, melodies, strict=True)]
