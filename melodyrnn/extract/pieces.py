"""Turns the chosen parts of a piece into scores: cut by meter, put on one grid, cut at silences and by length.

Simultaneous notes, chords and overlaps stay as they are. A note is lost only where another of its part has its onset
and pitch on the grid; the longest of them stays. A note held beyond the cut stays whole where the piece has room for it
within its largest number of bars. Times are ticks before the grid, steps on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ..arrays import AnyInts, Bools, IntArray
from ..music.bars import Bars, with_grouped_beats
from ..music.chords import tones_of_codes
from ..music.keys import Key, guess_key
from ..music.piece import Notes, Piece, last_at
from ..music.units import STEPS_PER_QUARTER
from ..score.quantize import Voice, exact_steps, find_pickup
from ..score.rhythm import snap_ends, snap_onsets
from ..score.score import Score
from ..score.slots import SLOTS, slots_of
from .barlines import with_bar_line
from .cuts import Stretch, stretches
from .extractor import Details, Extracted, ExtractionSettings, Refusal
from .grid import GridFit, fit_grid
from .pickups import with_pickup
from .sections import Section, sections, voice_in
from .slotting import ChosenPart

_ROWS = ("onset", "end", "pitch", "velocity", "part", "tick")
ONSET, END, PITCH, VELOCITY, PART, TICK = range(len(_ROWS))


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the parts of a piece give: scores and refusals, and how many notes each part lost."""

    found: list[Extracted]
    num_lost: AnyInts


@dataclass(frozen=True, slots=True)
class _OnGrid:
    """The notes of a section on the grid, int64 (6, num_notes) in the order of scores; the rows are `_ROWS`.

    Onsets and ends are steps from the line that begins the first bar; `tick` is the onset in the file.
    """

    notes: IntArray
    voice: Voice
    double_bars: frozenset[int]
    details: Details = field(default_factory=dict)


def pieces_of(piece: Piece, parts: Sequence[ChosenPart], settings: ExtractionSettings) -> Pieces:
    """Return the scores of a piece, or refusals, with their places in the file.

    Args:
        parts: one or more, in the order of their slots.
    """
    notes = _columns(piece, parts)
    lost = np.zeros(len(parts), dtype=np.int64)
    found: list[Extracted] = []
    bars = Bars.of(with_grouped_beats(piece).meters, piece.ticks_per_quarter)
    for section in sections(piece):
        inside = notes[:, (notes[ONSET] >= section.start) & (notes[ONSET] < section.stop)]
        if not _is_played(parts)[inside[PART]].any():
            continue
        placed = _placed(piece, parts, inside, section, settings)
        if isinstance(placed, Extracted):
            found.append(replace(placed, voice=_bars(bars, inside[ONSET])))
            continue
        lost += np.bincount(inside[PART], minlength=len(parts)) - np.bincount(placed.notes[PART], minlength=len(parts))
        found += _scores(piece, parts, placed, settings, bars)
    return Pieces(_named(found), lost)


def _columns(piece: Piece, parts: Sequence[ChosenPart]) -> IntArray:
    """Return the notes of all parts in the order of onset, part and pitch, as `_OnGrid.notes` in ticks."""
    tracks = [(piece.tracks[number].notes, place) for place, one in enumerate(parts) for number in one.tracks]
    onset, duration, pitch, velocity = (
        np.concatenate([getattr(notes, name) for notes, _ in tracks])
        for name in ("onset", "duration", "pitch", "velocity")
    )
    part = np.repeat([place for _, place in tracks], [len(notes) for notes, _ in tracks])
    return np.stack([onset, onset + duration, pitch, velocity, part, onset])[:, np.lexsort((pitch, part, onset))]


def _placed(
    piece: Piece, parts: Sequence[ChosenPart], notes: IntArray, section: Section, settings: ExtractionSettings
) -> _OnGrid | Extracted:
    """Return the notes of a section on the grid, or the refusal of the section."""
    is_played = _is_played(parts)[notes[PART]]
    together = _notes_of(notes[:, is_played])
    voice = voice_in(piece, together, parts[0].tracks[0], "", section)
    if isinstance(voice, Refusal):
        return Extracted(None, voice, {"notes": notes.shape[1]})
    lead = notes[PART] == notes[PART][is_played].min()  # the foremost part
    has_pitches = any(one.part.kind == "melodic" for one in parts)
    moved = (
        _moved(piece, parts, voice, _notes_of(notes[:, lead])) if settings.bar_lines == "auto" and has_pitches else None
    )
    voice = moved or voice
    fit, details = fit_grid(voice, settings, rounds_halves=True)
    if moved is not None:
        details["bar_line"] = moved.bar_line
    if isinstance(fit, Refusal):
        return Extracted(None, fit, {"notes": notes.shape[1], **details})
    onset, end = _quantized(replace(voice, notes=_notes_of(notes)), fit)
    bar = voice.meter.bar(STEPS_PER_QUARTER)
    late = 0
    if settings.bar_lines == "auto":
        late = find_pickup(onset[lead], notes[VELOCITY][lead], bar)
    if late:
        details["downbeat_by_accents"] = late
    shift = (bar - late) % bar
    shift -= (int(onset.min()) + shift) // bar * bar
    placed = without_doubles(np.stack([onset + shift, end + shift, *notes[2:]]))
    changes = [round((k.tick - voice.bar_line) * STEPS_PER_QUARTER / piece.ticks_per_quarter) for k in piece.keys]
    doubles = frozenset((step + shift) // bar for step in changes if (step + shift) % bar == 0)
    return _OnGrid(placed, voice, doubles, details)


def _moved(piece: Piece, parts: Sequence[ChosenPart], voice: Voice, melody: Notes) -> Voice | None:
    """Return the voice of a section with other bar lines than those of the file; None where those are kept.

    Args:
        melody: the notes of its foremost part.
    """
    moved = with_bar_line(piece, voice)
    if moved is not None:
        return moved
    symbols = {number for one in parts if one.part.kind == "chords" for number in one.tracks}
    played = replace(piece, tracks=tuple(track for n, track in enumerate(piece.tracks) if n not in symbols))
    lead = with_pickup(played, replace(voice, notes=melody))
    return None if lead is None else replace(voice, bar_line=lead.bar_line)


def _is_played(parts: Sequence[ChosenPart]) -> Bools:
    """Return which parts hold notes rather than chord symbols, which follow the grid of the notes."""
    return np.array([one.part.kind != "chords" for one in parts])


def _notes_of(columns: IntArray) -> Notes:
    """Return columns, see `_columns`, as notes."""
    return Notes.ordered(*(np.array(row) for row in (columns[ONSET], columns[END] - columns[ONSET], *columns[2:4])))


def _quantized(voice: Voice, fit: GridFit) -> tuple[IntArray, IntArray]:
    """Return onsets and ends in steps from the bar line; a note lasts at least one step."""
    exact = exact_steps(voice) - fit.offset
    end = exact_steps(voice, of_ends=True) - fit.offset
    onset = snap_onsets(exact, swung=True) if fit.snap else np.rint(exact).astype(np.int64)
    if fit.snap_ends:
        return onset, onset + snap_ends(onset, end)
    return onset, np.maximum(onset + 1, np.rint(end).astype(np.int64))


def without_doubles(notes: IntArray) -> IntArray:
    """Return notes in the order of scores; of those of one onset, part and pitch the longest."""
    notes = notes[:, np.lexsort((-notes[END], notes[PITCH], notes[PART], notes[ONSET]))]
    places = notes[[ONSET, PART, PITCH]]
    is_new = np.append(True, (places[:, 1:] != places[:, :-1]).any(axis=0))
    return notes if is_new.all() else notes[:, is_new]


def _scores(
    piece: Piece, parts: Sequence[ChosenPart], placed: _OnGrid, settings: ExtractionSettings, bars: Bars
) -> Iterator[Extracted]:
    """Yield the scores of a section."""
    notes, bar = placed.notes, placed.voice.meter.bar(STEPS_PER_QUARTER)
    max_rest = round(settings.max_rest_quarters * STEPS_PER_QUARTER)
    for stretch in stretches(notes[ONSET], notes[END], bar, settings.max_bars, max_rest, placed.double_bars):
        own = notes[:, stretch.start : stretch.stop]
        score, num_cut = _score(piece, parts, own, stretch, placed.voice, settings.max_bars)
        cut: Details = {"notes_cut": num_cut} if num_cut else {}
        slots: Details = {"parts": [SLOTS[slot].name for slot in slots_of(score.parts)]}
        yield Extracted(_bars(bars, own[TICK]), score, {**placed.details, **slots, **cut})


def _score(
    piece: Piece, parts: Sequence[ChosenPart], notes: IntArray, stretch: Stretch, voice: Voice, max_bars: int
) -> tuple[Score, int]:
    """Return the score of a stretch, and how many of its notes end at its last bar line instead of later."""
    bar = voice.meter.bar(STEPS_PER_QUARTER)
    start = stretch.first_bar * bar
    end = np.minimum(notes[END], start + max_bars * bar)
    present = np.bincount(notes[PART], minlength=len(parts)) > 0
    own = tuple(one.part for one, is_present in zip(parts, present, strict=True) if is_present)
    part = (np.cumsum(present) - 1)[notes[PART]]
    tick = int(notes[TICK].min())
    hint = last_at(piece.keys, tick).key if piece.keys else None
    duration = end - notes[ONSET]
    kind = np.array([one.kind for one in own])[part]
    score = Score(
        notes[ONSET] - start,
        duration,
        notes[PITCH],
        notes[VELOCITY],
        part,
        voice.meter,
        key_of_parts(notes[ONSET], duration, notes[PITCH], kind, hint),
        last_at(piece.tempos, tick).microseconds_per_quarter,
        "",
        own,
    )
    return score, int(np.count_nonzero(end < notes[END]))


def key_of_parts(
    onset: IntArray, duration: IntArray, pitch: IntArray, kind: npt.NDArray[np.str_], hint: Key | None
) -> Key:
    """Return the key of the melodic parts, whose last note counts as that of the lowest voice; of drums C major.

    The tones of chord symbols count as notes beside those of melodic parts.

    Args:
        onset, duration, pitch: of the notes of all parts, shape (num_notes,).
        kind: the kind of the part of each, shape (num_notes,).
        hint: the key of the key signature; None where there is none.
    """
    is_melodic = kind == "melodic"
    if not is_melodic.any():
        return Key(0, "major") if hint is None else hint.basis
    is_symbol = kind == "chords"
    place, tone = np.nonzero(tones_of_codes(pitch[is_symbol]))
    tone_duration = duration[is_symbol][place]
    onset, duration, pitch = onset[is_melodic], duration[is_melodic], pitch[is_melodic]
    order = np.lexsort((-pitch, onset))
    return guess_key(np.append(tone, pitch[order]), np.append(tone_duration, duration[order]), hint)


def _bars(bars: Bars, ticks: IntArray) -> str:
    """Return the name of a stretch in the report, by the bars of the file in which its notes begin."""
    return f"bars {bars.number_at(int(ticks.min()))}-{bars.number_at(int(ticks.max()))}"


def _named(found: Sequence[Extracted]) -> list[Extracted]:
    """Return the scores with numbers in their names; what is alone in its file has neither number nor place."""
    if len(found) == 1:
        return [replace(found[0], voice=None)]
    numbered = []
    for number, one in enumerate(found, start=1):
        result = replace(one.result, name=f" ({number})") if isinstance(one.result, Score) else one.result
        numbered.append(replace(one, result=result))
    return numbered
