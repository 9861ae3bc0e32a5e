"""A request and a model of several parts → the plan of a generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...checkpoint import Metadata
from ...conditions.meter import check_meter
from ...conditions.sections import parse_sections
from ...errors import SettingError
from ...events.parts.names import find_parts, part_name
from ...events.vocabulary import Vocabulary
from ...json_types import JsonObject
from ...music.keys import Key
from ...music.meter import Meter
from ...music.units import STEPS_PER_QUARTER
from ...score.progression import score_of_progression
from ...score.score import Score, concat, in_parts
from ..part_wishes import PartWishes
from ..request import Request
from ..sampling import Sampling
from ..settled import key_and_scale, tempo_of, usual_meter
from .asked import wishes_of
from .leading import avoided, registers
from .plan import PartsPlan, index_of_slots

if TYPE_CHECKING:
    from ..given_ensemble import GivenEnsemble

_LINE_SHARE = 0.005  # largest share of a line's notes that begin together with another of the part
_OF_MELODIES = (
    *("max_copy", "primer_bars", "given_part", "include_primer", "rank", "form_weight", "guard"),
    *("pickup", "register"),
)


def check_request(request: Request) -> None:
    """Raise SettingError for a setting that is for melodies alone, or that has nothing to work on."""
    defaults = Request()
    for name in _OF_MELODIES:
        value = getattr(request, name)
        if value != getattr(defaults, name):
            raise SettingError(f"{name} is for models of melodies; this one draws several parts. Received: {value}")
    if request.draw is not None and request.parts is not None:
        raise SettingError("draw and parts both name the parts to draw: choose one. Received: both")
    if request.roles and request.given is None and request.primer is None:
        raise SettingError("a role is that of a track of a given file. Received: no file")


def plan_in_parts(
    request: Request,
    metadata: Metadata,
    given: Score | None = None,
    num_bars: int | None = None,
    drawn: tuple[int, ...] = (),
) -> PartsPlan:
    """Return the plan of a request.

    Args:
        given: the notes that stay, of parts that the model knows, in steps of the piece.
        num_bars: bars of the piece; None for those of `given`, else of the request.
        drawn: the parts that are drawn; where empty, those that the request names, else all that are not given.

    Raises:
        SettingError: where a wish is outside its rule or two of them clash.
        NotationError: where chords cannot be read.
    """
    check_request(request)
    vocabulary = metadata.vocabulary
    meter = given.meter if given is not None else request.meter or usual_meter(metadata)
    check_meter(meter, vocabulary.max_bar, vocabulary.meters)
    key, scale = key_and_scale(request, given, metadata)
    if num_bars is None:
        num_bars = request.bars if given is None else given.num_bars
    tempo = tempo_of(request, given, metadata)
    if request.chords is not None:
        given = with_chords(request.chords, given, vocabulary, meter, key, num_bars)
    drawn = drawn or _drawn(request, vocabulary, given)
    is_asked_form = request.form is not None and "form" in vocabulary.conditions
    return PartsPlan(
        num=request.num,
        num_bars=num_bars,
        meter=meter,
        key=key,
        microseconds_per_quarter=tempo,
        seed=request.seed or 0,
        drawn=drawn,
        sampling=Sampling(request.temperature, request.rhythm_temperature, request.top_k, request.top_p, request.min_p),
        wishes=in_usual_ranges(wishes_of(request, vocabulary, drawn), vocabulary, metadata.corpus),
        lines=lines_of(vocabulary, metadata.corpus),
        avoids=avoided(metadata.corpus),
        registers=registers(vocabulary, metadata.corpus),
        given=None if given is None else replace(given, key=key, microseconds_per_quarter=tempo),
        start=0,
        stop=num_bars * meter.bar(STEPS_PER_QUARTER),
        scale=scale,
        end=_end(request, given),
        conditions=_form(request, num_bars) if is_asked_form else {},
    )


def filled(request: Request, metadata: Metadata, given: GivenEnsemble) -> PartsPlan:
    """Return the plan of bars of a file that are drawn anew in the parts that are drawn. Raises as `plan_in_parts`.

    A new ending closes as a new piece does, with the bars in which it stands.
    """
    start, stop = given.span or (0, 0)
    score = given.score
    inside = (score.onset >= start) & (score.onset < stop) & ~given.is_locked
    drawn = _named(request, metadata.vocabulary) or _present(metadata.vocabulary, score)
    is_drawn = np.isin(index_of_slots(metadata.vocabulary, score.parts), drawn)[score.part]
    closes = request.new_ending is not None
    num_bars = stop // score.bar if closes else given.num_bars
    plan = plan_in_parts(_without_names(request), metadata, score, num_bars, drawn)
    end = "tonic" if closes and request.end != "any" else None
    return replace(plan, given=plan.given and plan.given[~(inside & is_drawn)], start=start, stop=stop, end=end)


def varied(request: Request, metadata: Metadata, given: GivenEnsemble) -> PartsPlan:
    """Return the plan of a variation of a file in the parts that are named, else in all with pitches.

    Raises as `plan_in_parts`, and SettingError for a part that is not there or has no pitches.
    """
    vocabulary = metadata.vocabulary
    melodic = [part for part in _present(vocabulary, given.score) if vocabulary.kinds[part] == "melodic"]
    drawn = _named(request, vocabulary) or tuple(melodic)
    if request.chords is not None:
        raise SettingError("chords are for new notes, not for a variation. Received: both")
    if not drawn or not set(drawn) <= set(melodic):
        names = ", ".join(part_name(vocabulary, part) for part in melodic) or "none"
        raise SettingError(
            f"a variation is of parts of the given file that have pitches: {names}. "
            f"Received: {', '.join(part_name(vocabulary, part) for part in drawn) or 'none'}"
        )
    return replace(plan_in_parts(_without_names(request), metadata, given.score, given.num_bars, drawn), end=None)


def continued(request: Request, metadata: Metadata, given: GivenEnsemble) -> PartsPlan:
    """Return the plan of new bars after a file, in the parts that are drawn. Raises as `plan_in_parts`."""
    vocabulary, bar = metadata.vocabulary, given.score.bar
    num_bars = given.num_bars + request.bars
    drawn = _named(request, vocabulary) or _present(vocabulary, given.score)
    plan = plan_in_parts(_without_names(request), metadata, given.score, num_bars, drawn)
    start = -(-given.end // bar) * bar
    return replace(plan, start=start, stop=num_bars * bar, end=None if request.end == "any" else "tonic")


def _without_names(request: Request) -> Request:
    return replace(request, draw=None, parts=None)


def _named(request: Request, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return the parts that the request names; none where it names none."""
    if request.draw is not None:
        return tuple(sorted(find_parts(request.draw, vocabulary, "draw")))
    return () if request.parts is None else tuple(sorted(find_parts(request.parts, vocabulary, "parts")))


def _present(vocabulary: Vocabulary, score: Score) -> tuple[int, ...]:
    """Return the parts of the vocabulary that have notes in a score."""
    found = index_of_slots(vocabulary, score.parts)[np.unique(score.part)]
    return tuple(sorted(found[found >= 0].tolist()))


def in_usual_ranges(
    wishes: Mapping[int, PartWishes], vocabulary: Vocabulary, statistics: JsonObject
) -> Mapping[int, PartWishes]:
    """Return the wishes with the range of each part in the corpus of a model, where they name none."""
    known = statistics.get("parts", {})
    found = {}
    for part, own in wishes.items():
        usual = known.get(part_name(vocabulary, part), {})
        low, high = usual.get("lowest_pitch"), usual.get("highest_pitch")
        if own.low is None and own.high is None and low is not None and vocabulary.kinds[part] == "melodic":
            own = replace(own, low=low, high=high)
        found[part] = own
    return found


def lines_of(vocabulary: Vocabulary, statistics: JsonObject) -> tuple[int, ...]:
    """Return the parts of which no two notes begin together in the corpus of a model, but for a few."""
    known = statistics.get("parts", {})
    found = []
    for number, part in enumerate(vocabulary.parts):
        share = float(known.get(part_name(vocabulary, number), {}).get("chord_share", 0))
        if part.kind == "chords" or (share <= _LINE_SHARE and part.kind != "drums"):
            found.append(number)
    return tuple(found)


def _drawn(request: Request, vocabulary: Vocabulary, given: Score | None) -> tuple[int, ...]:
    """Return the parts to draw: those that are named, else all that the model has and that are not given."""
    present = () if given is None else _present(vocabulary, given)
    every = range(len(vocabulary.parts))
    chosen = _named(request, vocabulary)
    both = [part_name(vocabulary, part) for part in chosen if part in present]
    if both:
        raise SettingError(f"a part is either given or drawn. Received: {', '.join(both)} as both")
    chosen = chosen or tuple(part for part in every if part not in present)
    if not chosen:
        known = ", ".join(part_name(vocabulary, part) for part in every)
        raise SettingError(f"there must be a part to draw. Received: every part of this model ({known}) is given")
    return chosen


def with_chords(text: str, given: Score | None, vocabulary: Vocabulary, meter: Meter, key: Key, num_bars: int) -> Score:
    """Return the given notes with typed chord symbols beside them, which repeat until the end of the piece.

    Raises:
        SettingError: where the model knows no chord symbols.
        NotationError: where the text cannot be read, or has more bars than the piece.
    """
    if "chords" not in vocabulary.kinds:
        raise SettingError(f"chords need a model that knows chord symbols, such as leadsheets. Received: {text!r}")
    chords = score_of_progression(text, meter, key, max_bars=num_bars)
    end = num_bars * chords.bar
    again = [chords.shifted(start) for start in range(0, end, chords.num_bars * chords.bar)]
    whole = concat(again[0], *again[1:])
    whole = whole[whole.onset < end]
    whole = replace(whole, duration=np.minimum(whole.duration, end - whole.onset))
    return whole if given is None else in_parts(given, whole)


def _end(request: Request, given: Score | None) -> str | None:
    if request.end not in (None, "tonic", "any"):
        raise SettingError(f"end must be tonic or any with several parts. Received: {request.end}")
    is_free = request.end == "any" or (request.end is None and given is not None)
    return None if is_free else "tonic"


def _form(request: Request, num_bars: int) -> Mapping[str, object]:
    sections = parse_sections(request.form or "free", num_bars)
    if sections.has_kinds:
        raise SettingError(f"form must be plain letters with several parts, such as AABA. Received: {request.form!r}")
    return {"form": np.array(sections.labels, dtype=np.uint8)}
