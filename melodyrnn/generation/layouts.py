"""The layouts of new melodies: drawn among those of training pieces that suit the wishes, and changed where none does.

Each melody has a stream of random numbers of its own, so its layout does not depend on the other melodies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..conditions.layout import TONIC, Layout
from ..conditions.layouts import NEAR, Layouts, candidates, fit
from ..events.vocabulary import Vocabulary
from ..music.modes import MODE
from ..music.units import NUM_PITCHES
from .constraints.compass import Compass
from .layout_changes import (
    closes,
    ended,
    mean_notes,
    placed,
    typical_places,
    with_density,
    with_form,
    with_pickup,
)
from .layout_wishes import LayoutWishes
from .plan import Plan

_STREAM = 1002  # of the layout; the conditions that a plan leaves open use those from 1 on
_WIDER = 400  # layouts to choose among where wishes narrow the choice
_FEW = 8  # layouts at least, to which a wish may narrow the choice; else one of all is changed
_NEAR = 24  # layouts that are nearest to a form or a density
_NEAR_SHARE = 0.1  # of a density, by which such layouts may be off, however many they are


def layouts_of_plan(vocabulary: Vocabulary, plan: Plan, numbers: Sequence[int]) -> list[Layout] | None:
    """Return the layouts of the melodies with these numbers; None where they have none.

    Raises SettingError where a density has no room.
    """
    if plan.layout is None:
        return None
    suitable = _suitable(vocabulary, plan)
    if not suitable:
        return None
    usual = typical_places(suitable) if plan.wishes.density is not None else {}
    rngs = (np.random.default_rng(np.random.SeedSequence([plan.seed, number, _STREAM])) for number in numbers)
    drawn = (suitable[int(rng.random() * len(suitable))] for rng in rngs)
    return [_changed(layout, plan, plan.layout, usual) for layout in drawn]


def in_register(vocabulary: Vocabulary, plan: Plan, layouts: Sequence[Layout]) -> Plan:
    """Return the plan of melodies with these layouts, whose compass they keep where the network may not follow it.

    That is where a register is asked for, and in a key of which the corpus has no tune.
    """
    found = vocabulary.layouts
    is_minor = MODE[plan.key.mode].basis == "minor"
    is_known = bool(((found.tonics() == plan.key.tonic) & (found.are_minor() == is_minor)).any())
    if plan.layout is None or (plan.layout.register is None and is_known):
        return plan
    return replace(plan, constraints=(*plan.constraints, Compass(layouts)))


class _Fitted(Sequence[Layout]):
    """Layouts by their numbers, each fitted to a plan when it is asked for."""

    def __init__(self, layouts: Layouts, numbers: Sequence[int], plan: Plan) -> None:
        self._layouts, self._numbers, self._plan = layouts, numbers, plan

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> Layout:  # type: ignore[override]  # slices are not needed
        return fit(self._layouts[self._numbers[index]], self._plan.num_bars).in_key(self._plan.key)


def _suitable(vocabulary: Vocabulary, plan: Plan) -> Sequence[Layout]:
    """Return the layouts to draw from: those of the meter, length and key that suit the wishes, else all of these."""
    narrowed = _narrowings(plan)
    least = _WIDER if len(narrowed) > 1 else NEAR
    any_density = plan.wishes.density is not None
    chosen = candidates(vocabulary.layouts, plan.meter, plan.key, plan.num_bars, least, are_typical=not any_density)
    fitted = _Fitted(vocabulary.layouts, chosen.tolist(), plan)
    if not narrowed:
        return fitted
    found = [*fitted]
    for narrow in narrowed:
        fewer = narrow(found)
        found = fewer if len(fewer) >= min(_FEW, len(found)) else found
    return found


_Narrow = Callable[[list[Layout]], list[Layout]]


def _narrowings(plan: Plan) -> list[_Narrow]:
    """Return what leaves of some layouts those that suit the wishes, the firm ones first."""
    found = [_that(_ENDS[plan.wishes.end])] if plan.wishes.end in _ENDS else []
    wishes, density, room = plan.layout, plan.wishes.density, plan.wishes.highest - plan.wishes.lowest
    if wishes is None:
        return found
    if room < NUM_PITCHES - 1:
        found.append(_that(lambda layout: layout.compass[2] - layout.compass[0] <= room))
    if (pickup := wishes.pickup) is not None:
        found += [_that(lambda layout: (layout.pickup > 0) == (pickup > 0)), _that(lambda own: own.pickup == pickup)]
    if (form := wishes.form) is not None and any(form.labels):
        text = "".join(map(str, form.labels))
        found.append(_nearest(lambda layout: sum(a != b for a, b in zip(layout.form, text, strict=True))))
    if density is not None:
        found.append(_nearest(lambda layout: abs(np.log(mean_notes(layout) / density)), _NEAR_SHARE))
    return found


def _that(suits: Callable[[Layout], bool]) -> _Narrow:
    return lambda layouts: [layout for layout in layouts if suits(layout)]


def _nearest(distance: Callable[[Layout], float], near: float = 0.0) -> _Narrow:
    """Return what leaves the nearest layouts, and all that are at most `near` away."""

    def narrow(layouts: list[Layout]) -> list[Layout]:
        ranked = sorted(layouts, key=distance)
        return [layout for place, layout in enumerate(ranked) if place < _NEAR or distance(layout) <= near]

    return narrow


_ENDS: dict[str | None, Callable[[Layout], bool]] = {
    "tonic": lambda layout: layout.cadences[-1] == TONIC,
    "open": lambda layout: layout.cadences[-1] != TONIC,
    "close": closes,
}


def _changed(layout: Layout, plan: Plan, wishes: LayoutWishes, usual: dict[int, int]) -> Layout:
    """Return a layout that fits the wishes as it is, else changed as little as they need."""
    layout = replace(layout, meter=plan.meter)
    layout = placed(layout, wishes.register, plan.wishes.low, plan.wishes.high)
    layout = ended(with_pickup(layout, wishes.pickup), plan.wishes.end)
    layout = with_form(layout, wishes.form)
    return with_density(layout, plan.wishes.density, usual)
