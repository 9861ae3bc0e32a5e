"""What callers may write for a value of a request, and its conversion."""

import os
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral

from ..errors import SettingError
from ..generation.locked import LockedNote
from ..generation.part_wishes import PartWishes
from ..generation.primer import PrimerLike
from ..generation.scales import ModalKey
from ..music.keys import Key
from ..music.meter import Meter
from ..music.notation import parse_bars, parse_range, pitch_of
from ..music.programs import PROGRAMS, parse_program

MeterLike = Meter | tuple[int, int] | str
RangeLike = tuple[int | str, int | str] | str
LockedLike = tuple[int, int | str] | tuple[int, int | str, int | None] | str
BarsLike = tuple[int, int] | int | str


def as_meter(meter: object) -> Meter:
    """Return a meter given as text or as a pair. Raises SettingError for anything else."""
    if isinstance(meter, str):
        return Meter.parse(meter)
    return Meter(*_pair_of_numbers(meter, "a meter must be like 4/4 or 6/8"))


def as_range(value: object) -> tuple[int, int]:
    """Return the lowest and the highest pitch of "C4:C6", or of a pair of names or numbers.

    Raises SettingError for anything else, NotationError for a wrong name.
    """
    if isinstance(value, str):
        return parse_range(value)
    rule = "a range must be two notes, like C4:C6"
    low, high = _pair(value, rule)
    return _pitch(low, value, rule), _pitch(high, value, rule)


def as_bars(bars: object) -> tuple[int, int]:
    """Return the first and the last bar of "3-4", of a pair, or of one bar. Raises SettingError for anything else."""
    if isinstance(bars, str):
        return parse_bars(bars)
    return (bars, bars) if isinstance(bars, int) else _pair_of_numbers(bars, "bars must be like 3-4")


def as_program(program: object) -> int:
    """Return a General MIDI program given by name or number. Raises SettingError for anything else."""
    if isinstance(program, str):
        return parse_program(program)
    if not isinstance(program, Integral) or not 0 <= int(program) < len(PROGRAMS):
        raise SettingError(f"program must be 0..127. Received: {program!r}")
    return int(program)


def as_locked(notes: object) -> tuple[LockedNote, ...]:
    """Return locked notes, each given as text or as its onset, its pitch and perhaps its track.

    Raises SettingError for anything else, NotationError for a wrong name of a pitch.
    """
    rule = 'locked notes must be like (3840, "C5"), (3840, "C5", 2) or "3840=C5"'
    return tuple(_locked(note, rule) for note in ([notes] if isinstance(notes, str) else _several(notes, rule)))


def _locked(note: object, rule: str) -> LockedNote:
    if isinstance(note, str):
        return LockedNote.parse(note)
    found = _several(note, rule)
    track = found[2] if len(found) == 3 else None
    if len(found) not in (2, 3) or not isinstance(found[0], int) or not isinstance(track, int | None):
        raise SettingError(f"{rule}. Received: {note!r}")
    return LockedNote(found[0], _pitch(found[1], note, rule), track)


def _as_scale(scale: object) -> str:
    return scale if isinstance(scale, str) else ",".join(map(str, _several(scale, "a scale must be like 0,2,4,7,9")))


def _as_key(key: object) -> ModalKey:
    if isinstance(key, ModalKey):
        return key
    return ModalKey.of(key) if isinstance(key, Key) else ModalKey.parse(str(key))


def _as_primer(primer: object) -> PrimerLike:
    if isinstance(primer, os.PathLike):
        return os.fspath(primer)
    if not isinstance(primer, PrimerLike):
        raise SettingError(f"primer must be a score, a piece, a file of music or notes. Received: {primer!r}")
    return primer


def as_names(names: object) -> tuple[str, ...]:
    """Return names given as text with commas between them, or as several. Raises SettingError for anything else."""
    several = names.split(",") if isinstance(names, str) else _several(names, "names must be like melody,bass")
    return tuple(str(name).strip() for name in several)


def _pairs_of(value: object, word: str) -> list[tuple[object, object]]:
    if not isinstance(value, Mapping):
        raise SettingError(f'{word} must be a dictionary by name, such as {{"bass": ...}}. Received: {value!r}')
    return list(value.items())


def _as_wishes(value: object) -> PartWishes:
    """Return the wishes for a part. Raises SettingError for a word that is none."""
    words = dict(_pairs_of(value, "the wishes for a part"))
    limits = words.pop("range", None)
    found: dict[str, object] = {} if limits is None else dict(zip(("low", "high"), as_range(limits), strict=True))
    for word, own in words.items():
        if word not in ("max_interval", "density", "polyphony", "program"):
            raise SettingError(
                f"the wishes for a part must be range, max_interval, density, polyphony or program. Received: {word!r}"
            )
        found[str(word)] = as_program(own) if word == "program" else own
    return PartWishes(**found)  # type: ignore[arg-type]  # checked by itself


CONVERSIONS: Mapping[str, Callable[[object], object]] = {
    "meter": as_meter,
    "key": _as_key,
    "scale": _as_scale,
    "range": as_range,
    "register": lambda pitch: _pitch(pitch, pitch, "register must be a note, like D5 or 74"),
    "primer": _as_primer,
    "given": _as_primer,
    "draw": as_names,
    "parts": as_names,
    "roles": lambda roles: tuple((str(track), str(role)) for track, role in _pairs_of(roles, "roles")),
    "of_parts": lambda wishes: tuple((str(part), _as_wishes(own)) for part, own in _pairs_of(wishes, "of_parts")),
    "primer_bars": as_bars,
    "infill": as_bars,
    "locked": as_locked,
    "given_part": str,
    "program": as_program,
}


def _several(value: object, rule: str) -> list[object]:
    if not isinstance(value, Iterable):
        raise SettingError(f"{rule}. Received: {value!r}")
    return list(value)


def _pair(value: object, rule: str) -> tuple[object, object]:
    found = _several(value, rule)
    if len(found) != 2:
        raise SettingError(f"{rule}. Received: {value!r}")
    return found[0], found[1]


def _pair_of_numbers(value: object, rule: str) -> tuple[int, int]:
    first, second = _pair(value, rule)
    if not isinstance(first, int) or not isinstance(second, int):
        raise SettingError(f"{rule}. Received: {value!r}")
    return first, second


def _pitch(value: object, whole: object, rule: str) -> int:
    if isinstance(value, str):
        return pitch_of(value)
    if not isinstance(value, int):
        raise SettingError(f"{rule}. Received: {whole!r}")
    return value
