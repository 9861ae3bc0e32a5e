"""The plan of a generation: all values resolved from a `Request` and the corpus statistics of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..checkpoint import Metadata
from ..conditions.bar_repeats import Labels
from ..conditions.form import is_free
from ..conditions.layouts import candidates
from ..conditions.meter import check_meter
from ..conditions.sections import parse_sections
from ..errors import SettingError
from ..events.vocabulary import Vocabulary
from ..music.keys import Key
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .constraints.base import Constraint, Preference
from .constraints.clashes import check
from .layout_wishes import LayoutWishes, pickup_steps
from .locked import with_locked
from .primer import Primer, read_primer
from .request import DEFAULT_DRAFTS, DEFAULT_FORM_WEIGHT, Request
from .sampling import Sampling
from .settled import key_and_scale, tempo_of, usual_meter
from .view import View, last_bars
from .wishes import Wishes


@dataclass(frozen=True, slots=True)
class Plan:
    """The melodies to generate, with every setting resolved.

    Attributes:
        num: number of melodies.
        rank: number of drafts of each, of which the best is kept (rank.py). A plan of drafts has this number of streams
            for each melody, one after another.
        num_bars: bars of the whole piece, those of the view of the primer included.
        meter, microseconds_per_quarter: of the melodies.
        wishes: the wishes for the notes, with the key of the melodies.
        seed: of the random numbers; melody i of a seed does not depend on `num`.
        sampling: how values are drawn.
        primer: the beginning that all melodies continue, or None; the score of `view`.
        view: what the network reads of the given music; None without a primer.
        source: the primer as it was read; None without one.
        start: step from which new notes may begin.
        end: step by which they end; the last bar line where None.
        guard: whether to keep melodies from getting stuck on one note or one bar.
        conditions: values of conditions by name (conditions/table.py), for all melodies; where one is missing, each
            melody draws its own.
        form_weight: how strongly the form is followed (network/guidance.py), 0 or more.
        min_notes: fewest new notes of a melody.
        streams: number of the stream of random numbers of each melody; 0, 1, 2 ... where None.
        constraints: further constraints, besides those that the wishes require.
        layout: wishes for the layouts, of which each melody draws its own; None where the melodies have none.
    """

    num: int
    num_bars: int
    meter: Meter
    microseconds_per_quarter: int
    wishes: Wishes
    seed: int
    sampling: Sampling = field(default_factory=Sampling)
    primer: Score | None = None
    view: View | None = None
    source: Primer | None = None
    start: int = 0
    end: int | None = None
    guard: bool = True
    conditions: Mapping[str, object] = field(default_factory=dict)
    form_weight: float = 0.0
    min_notes: int = 1
    streams: tuple[int, ...] | None = None
    constraints: tuple[Constraint | Preference, ...] = ()
    layout: LayoutWishes | None = None
    rank: int = 1

    @property
    def key(self) -> Key:
        """The key of the melodies."""
        return self.wishes.key

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def length(self) -> int:
        """The step of the last bar line."""
        return self.num_bars * self.bar

    @property
    def stop(self) -> int:
        """The step by which new notes end; one bar later for melodies with a pick-up."""
        return self.length if self.end is None else self.end


def plan_of(request: Request, metadata: Metadata) -> Plan:
    """Return the plan of a request. Raises SettingError where a wish is outside its rule or two of them clash."""
    vocabulary = metadata.vocabulary
    given = read_given_music(request)
    view = None if given is None else _view(given, request)
    meter = view.score.meter if view is not None else request.meter or usual_meter(metadata)
    check_meter(meter, vocabulary.max_bar, vocabulary.meters)
    layout = _layout(request, view, meter, metadata)
    wishes = _wishes(request, view, metadata, layout is not None)
    if view is not None:
        view = replace(view, score=replace(view.score, key=wishes.key))
    form = _form(request, view, vocabulary)
    start, end, num_bars = _span(request, view, meter.bar(STEPS_PER_QUARTER))
    return Plan(
        num=request.num,
        num_bars=num_bars,
        meter=meter,
        microseconds_per_quarter=tempo_of(request, None if view is None else view.score, metadata),
        wishes=wishes,
        seed=request.seed or 0,
        sampling=Sampling(request.temperature, request.rhythm_temperature, request.top_k, request.top_p, request.min_p),
        primer=view.score if view is not None and len(view.score) else None,
        view=view,
        source=given,
        start=start,
        end=end,
        guard=request.guard,
        conditions={} if form is None else {"form": form},
        form_weight=_form_weight(request, layout is not None),
        layout=layout,
        rank=_rank(request, view is None and metadata.critic.judge_of(request.bars) is not None),
    )


def _form_weight(request: Request, has_layout: bool) -> float:
    """Return how strongly the form is followed: a layout tells as much, unless a form is requested."""
    if request.form_weight is not None:
        return request.form_weight
    return 0.0 if has_layout and request.form is None else DEFAULT_FORM_WEIGHT


def _rank(request: Request, has_judge: bool) -> int:
    """Return the number of drafts of each melody: several where the critic of the model can judge them."""
    if request.rank is not None:
        return request.rank
    return DEFAULT_DRAFTS if has_judge else 1


def read_given_music(request: Request) -> Primer | None:
    """Return the primer of a request, read; None where it has none. Raises as `read_primer` does."""
    if request.primer is None:
        return None
    return read_primer(request.primer, request.meter, request.given_part, request.primer_bars)


def notices_of(plan: Plan) -> tuple[str, ...]:
    """Return what was guessed about the primer of a plan, and what the network does not read of it, a line each."""
    if plan.source is None or plan.view is None:
        return ()
    file = plan.source.given
    return plan.source.notices if file is None else (*plan.source.notices, *file.notice(plan.view))


def _view(given: Primer, request: Request) -> View:
    """Return what the network reads of given music."""
    if request.vary is not None:
        view = given.whole()
    elif request.new_ending is not None:
        view = given.view(last_bars(_last_bar(given.view(None)), request.new_ending))
    else:
        view = given.view(request.infill)
    return with_locked(view, given.given, request.locked) if request.locked else view


def _last_bar(view: View) -> int:
    """Return the bar in which the last note of given music begins, counted from 1, from its view for a continuation."""
    onset = view.score.onset
    return view.bars_before + (int(onset[-1]) // view.score.bar + 1 if len(onset) else view.num_bars)


def _span(request: Request, view: View | None, bar: int) -> tuple[int, int | None, int]:
    """Return the steps from which and by which new notes stand (None: by the last bar line), and the number of bars."""
    if view is None:
        return 0, None, request.bars
    if view.span is not None:
        return (*view.span, view.num_bars if request.new_ending is None else view.span[1] // bar)
    is_by_bar = request.density is not None or not len(view.score)
    return view.num_bars * bar if is_by_bar else view.end, None, view.num_bars + request.bars


def _wishes(request: Request, view: View | None, metadata: Metadata, has_layout: bool) -> Wishes:
    """Return the wishes for the notes.

    A layout tells the network how the piece ends, so no end is the default with one, unless a key is requested. Else
    the default is the tonic, where the other wishes allow it.
    """
    key, scale = key_and_scale(request, None if view is None else view.score, metadata)
    low, high = request.range or (None, None)
    end = None if request.end == "any" else request.end
    wishes = Wishes(key, scale, request.key is not None, low, high, request.max_interval, request.density, end)
    if request.end is not None or (has_layout and request.key is None):
        return wishes
    with_tonic = replace(wishes, end="tonic")
    try:
        check(with_tonic)
    except SettingError:
        return wishes
    return with_tonic


def _layout(request: Request, view: View | None, meter: Meter, metadata: Metadata) -> LayoutWishes | None:
    """Return the wishes for layouts; None where melodies have none: after a primer, or with a model without.

    Raises SettingError for such a wish where there are none, or outside its rule.
    """
    vocabulary = metadata.vocabulary
    suits = len(vocabulary.layouts) and len(candidates(vocabulary.layouts, meter, Key(0, "major"), request.bars))
    if view is None and suits:
        pickup = None if request.pickup is None else pickup_steps(request.pickup, meter)
        form = None if request.form is None else parse_sections(request.form, request.bars)
        return LayoutWishes(pickup, request.register, form)
    why = "a primer" if view is not None else f"a model that knows none in {meter}"
    for name in ("pickup", "register"):
        value = getattr(request, name)
        if value is not None and not (name == "pickup" and value == 0):
            raise SettingError(
                f"{name} needs a model with layouts of tunes, and no primer. Received: {value:g} and {why}"
            )
    return None


def _form(request: Request, view: View | None, vocabulary: Vocabulary) -> Labels | None:
    """Return the requested labels of all bars; all are unknown in a primer; None where a form is to be drawn."""
    before = np.zeros(0 if view is None else view.num_bars, dtype=np.uint8)
    if request.form is None:
        return None if view is None else before[:0]
    if request.rewriting and not is_free(request.form):
        raise SettingError(
            f"form is for new bars, not for rewriting. Received: {request.form!r} and {request.rewriting[0]}"
        )
    if "form" not in vocabulary.conditions and not is_free(request.form):
        raise SettingError(f"form needs a model trained to follow one: train it anew. Received: {request.form!r}")
    sections = parse_sections(request.form, request.bars)
    if sections.has_kinds and (view is not None or not vocabulary.layouts):
        raise SettingError(
            "form may say how a section returns (A', A2) for new pieces of a model with layouts of tunes. "
            f"Received: {request.form!r}"
        )
    return np.concatenate([before, np.array(sections.labels, dtype=np.uint8)])
