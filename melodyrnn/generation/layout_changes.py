"""Changes of a layout that make it fit wishes which the piece that it is of does not meet.

A layout that meets a wish stays as it is. Steps count from a bar line, `bar` is the steps of a bar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import floor

from ..conditions.bar_repeats import NEW
from ..conditions.layout import TONIC, UNKNOWN, Layout
from ..conditions.returns import EXACT, NEW_BAR, OTHER_ENDING, SAME_RHYTHM, VARIED
from ..conditions.sections import Sections, source_of
from ..music.units import STEPS_PER_QUARTER
from .constraints.density import no_room, too_few
from .counts import scaled
from .strong_beats import strong_places

_DOMINANT = 7  # semitones above the tonic
_FROM_ABOVE = -2  # the commonest approach to the tonic
_SIXTEENTH = STEPS_PER_QUARTER // 4
_APPROACHES = (-2, -1, 1, 2, -7, 5)  # of a full close, by step or from the dominant


def bar_of(layout: Layout) -> int:
    """Return the steps of a bar."""
    return layout.meter.bar(STEPS_PER_QUARTER)


def closes(layout: Layout) -> bool:
    """Return whether a piece ends with a full close, in the last bar."""
    bar, last = bar_of(layout), layout.last[-1]
    return (
        layout.cadences[-1] == TONIC
        and layout.notes[-1] > 0
        and last in strong_places(layout.meter)
        and 3 * layout.final >= bar
        and last + layout.final <= bar
        and layout.approach in _APPROACHES
    )


def placed(layout: Layout, register: int | None, low: int | None, high: int | None) -> Layout:
    """Return the layout with its compass around a median pitch and within limits, as far as it fits between these."""
    if register is not None:
        layout = layout.moved(register - layout.compass[1])
    lowest, highest = low or 0, 127 if high is None else high
    bottom, middle, top = layout.compass
    if lowest <= bottom and top <= highest:
        return layout
    width, room = top - bottom, highest - lowest
    if register is None and width > room:
        return replace(layout, compass=(lowest, lowest + round((middle - bottom) * room / width), highest))
    if register is None:
        return layout.moved(max(0, lowest - bottom) - max(0, top - highest))
    bottom, middle, top = (max(lowest, min(highest, pitch)) for pitch in layout.compass)
    return replace(layout, compass=(bottom, middle, top))


def with_pickup(layout: Layout, pickup: int | None) -> Layout:
    """Return the layout with a pick-up of so many steps, for which its last note leaves room; None for its own."""
    if pickup is None or pickup == layout.pickup:
        return layout
    layout, end = replace(layout, pickup=pickup), bar_of(layout) - pickup
    if layout.notes[-1] < 1 or layout.last[-1] + layout.final <= end or not pickup:
        return layout
    if layout.last[-1] < end:
        return replace(layout, final=end - layout.last[-1])
    return _ending_at(layout, 0, end)


def ended(layout: Layout, end: str | None) -> Layout:
    """Return the layout with an ending as it is asked for."""
    if layout.notes[-1] == 0 and layout.notes[-2:-1] in ((), (UNKNOWN,)):  # it is not known where the last note begins
        layout = _ending_at(layout, 0, min(layout.final, bar_of(layout)))
    last = layout.cadences[-1]
    if end == "close" and not closes(layout):
        return _closed(layout)
    if (end in ("tonic", "close") and last != TONIC) or (end == "open" and last == TONIC):
        return replace(layout, cadences=(*layout.cadences[:-1], _DOMINANT if end == "open" else TONIC))
    return layout


def _closed(layout: Layout) -> Layout:
    """Return the layout with the full close that is nearest to its ending, with room for its pick-up where there is."""
    bar = bar_of(layout)
    end = bar - layout.pickup if 3 * layout.pickup <= 2 * bar else bar
    places = [place for place in strong_places(layout.meter) if 3 * (end - place) >= bar]
    if layout.num_bars == 1 and not layout.pickup:  # a note goes before the last
        places = [place for place in places if place] or places
    place = min(places, key=lambda one: abs(one - layout.last[-1]))
    final = layout.final if bar <= 3 * layout.final and place + layout.final <= end else end - place
    approach = layout.approach if layout.approach in _APPROACHES else _FROM_ABOVE
    cadences = (*layout.cadences[:-1], TONIC)
    return replace(_ending_at(layout, place, final), cadences=cadences, approach=approach)


def _ending_at(layout: Layout, place: int, final: int) -> Layout:
    """Return the layout with its last note at a place of the last bar, so long."""
    notes = max(1, layout.notes[-1]) if place else 1
    return replace(layout, notes=(*layout.notes[:-1], notes), last=(*layout.last[:-1], place), final=final)


def with_form(layout: Layout, form: Sections | None) -> Layout:
    """Return the layout with other sections; bars that return get the number of notes of those that they return to.

    The last bar keeps its ending, so it does not return exactly where that differs.
    """
    if form is None:
        return layout
    notes, last, cadences = map(list, (layout.notes, layout.last, layout.cadences))
    returns, sources = list(form.returns), list(form.sources)
    for bar, source in enumerate(source_of(form.sources, bar) for bar in range(layout.num_bars)):
        if returns[bar] == NEW_BAR and layout.form[bar] == str(NEW) and layout.returns[bar] == SAME_RHYTHM:
            returns[bar], sources[bar] = layout.returns[bar], layout.sources[bar]
        if source is None or returns[bar] not in (EXACT, VARIED):
            continue
        if bar == layout.num_bars - 1:
            if returns[bar] == EXACT and (notes[bar], last[bar]) != (notes[source], last[source]):
                returns[bar] = OTHER_ENDING
        elif returns[bar] == EXACT or layout.sources[bar] != sources[bar]:
            notes[bar], last[bar], cadences[bar] = notes[source], last[source], cadences[source]
    return replace(
        layout,
        form="".join(map(str, form.labels)),
        returns=tuple(returns),
        sources=tuple(sources),
        notes=tuple(notes),
        last=tuple(last),
        cadences=tuple(cadences),
    )


def mean_notes(layout: Layout) -> float:
    """Return the mean number of notes of the bars of which it is known, above 0."""
    known = [notes for notes in layout.notes if notes != UNKNOWN]
    return max(sum(known), 0.5) / max(len(known), 1)


def typical_places(layouts: Iterable[Layout]) -> dict[int, int]:
    """Return where in the bar the last note of a bar begins most often, by the number of notes in the bar."""
    counted: dict[int, Counter[int]] = {}
    for layout in layouts:
        for notes, last in zip(layout.notes, layout.last, strict=True):
            if notes > 0:
                counted.setdefault(notes, Counter())[last] += 1
    return {notes: min(places, key=lambda one: (-places[one], one)) for notes, places in counted.items()}


def with_density(layout: Layout, density: float | None, usual: dict[int, int]) -> Layout:
    """Return the layout with `density` notes a bar in the mean, rounded to whole notes of the piece.

    Bars that return keep the number of those that they return to as far as the sum allows. The notes of a pick-up do
    not count.

    Args:
        usual: see `typical_places`.

    Raises:
        SettingError: where the notes do not fit.
    """
    if density is None:
        return layout
    total = max(1, floor(density * layout.num_bars + 0.5))
    known = [notes for notes in layout.notes if notes != UNKNOWN]
    notes = [own if own != UNKNOWN else known[bar % len(known)] for bar, own in enumerate(layout.notes)]
    if not sum(notes):
        notes = [1] * len(notes)
    high, bar = _most(layout, notes), bar_of(layout)
    for low in (_least(layout, notes), _least(layout, [0] * len(notes))):
        found = scaled(notes, total, low, high, _joined(layout, notes))
        if found is not None:
            break
    else:
        if total < sum(low):
            raise too_few(sum(low), layout.num_bars, density)
        raise no_room(min(bar, sum(high) // len(high)), density)
    last = [
        own if (count, own) != (was, UNKNOWN) and count == was else _place(count, own, was, bar, usual)
        for count, was, own in zip(found, layout.notes, layout.last, strict=True)
    ]
    last[-1] = layout.last[-1]
    return replace(layout, notes=tuple(found), last=tuple(last))


def _least(layout: Layout, notes: Sequence[int]) -> list[int]:
    """Return the fewest notes of each bar: one where there are some, or where the first or the last note is."""
    least = [min(own, 1) for own in notes]
    if not layout.pickup:
        least[0] = 1
    least[-1] = min(1, layout.notes[-1])
    return least


def _most(layout: Layout, notes: Sequence[int]) -> list[int]:
    """Return the most notes of each bar: no two in a step, in the last bar none after the last note."""
    most = [bar_of(layout)] * len(notes)
    most[-1] = layout.last[-1] + 1 if layout.notes[-1] else 0
    return most


def _joined(layout: Layout, notes: Sequence[int]) -> list[list[int]]:
    """Return the bars that belong together: with as many notes as the bar that they return to."""
    groups: dict[int, list[int]] = {}
    first = list(range(len(notes)))
    for bar in range(len(notes)):
        source = source_of(layout.sources, bar)
        if source is not None and notes[source] == notes[bar]:
            first[bar] = first[source]
        groups.setdefault(first[bar], []).append(bar)
    return list(groups.values())


def _place(count: int, own: int, was: int, bar: int, usual: dict[int, int]) -> int:
    """Return where the last note begins in a bar that has another number of notes than it had."""
    if count <= 1:
        return 0
    if was > 1 and own >= _SIXTEENTH * (count - 1):
        return own
    return usual.get(count, max(bar * (count - 1) // count // _SIXTEENTH * _SIXTEENTH, count - 1))
