"""The words of the commands as keyword arguments: types and documentation, declared once, and what they stand for.

A function takes such words as `**words`; `takes` writes them into its signature and its docstring. A word may have the
form that the command line takes ("C4:C6") or a Python value ((60, 84)); errors are those of the command.
"""

import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from numbers import Integral, Real
from typing import TypedDict, TypeVar, get_type_hints

from ..errors import SettingError
from ..generation.primer import PrimerLike
from ..generation.request import Request
from ..generation.scales import ModalKey
from ..music.keys import Key
from ..music.meter import Meter
from ..music.notation import parse_bars, parse_range, pitch_of
from ..music.piece import Piece
from ..music.programs import PROGRAMS, parse_program
from ..score.score import Score
from ..tasks.paths import StrPath

MeterLike = Meter | tuple[int, int] | str
RangeLike = tuple[int | str, int | str] | str
BarsLike = tuple[int, int] | int | str

_MARK = "**words:"
_Function = TypeVar("_Function", bound=Callable[..., object])


class GenerateWords(TypedDict, total=False):
    """What can be asked of `generate`.

    Attributes:
        num: number of pieces.
        bars: bars of each piece, exactly; the bars of a primer come before them.
        seed: the same seed gives the same pieces; None draws a seed.
        temperature: 1 samples as the network predicts; a lower one favours probable values, a higher one improbable
            ones; 0 always takes the most probable value.
        rhythm_temperature: temperature of onsets and durations; None for `temperature`.
        top_k: draw among this many most probable values; None for all.
        top_p: draw among the most probable values whose probabilities sum to this, 0..1; None for all.
        min_p: leave out values less probable than this share, 0..1, of the most probable one; None for none.
        form: sections of equal length, such as "AABA", which the piece mostly follows; "free"; or None for the form
            of a tune of the corpus.
        form_weight: how strongly the form is followed in bars that repeat an earlier one, 0 or more.
        meter: "6/8", a `Meter`, or a pair such as (6, 8); None for the primer's, else 4/4.
        tempo: quarter notes per minute, 4..1000; None for the primer's, else the corpus's.
        key: a name such as "D minor" or "E dorian", or a `Key`: all notes are of its scale, and the piece ends on its
            tonic; None for the primer's or the corpus's most common one, which then restricts no note.
        scale: the allowed notes: a name such as "minor-pentatonic", or pitch classes above the tonic, "0,2,4,7,9" or
            [0, 2, 4, 7, 9]; None for those of `key`.
        range: lowest and highest pitch, both included: "C4:C6", or two names or MIDI numbers such as (60, 84).
        max_interval: largest interval between successive notes, in semitones.
        density: notes per bar.
        end: "tonic", "open" (not the tonic) or "any"; None for the tonic where the other arguments allow it.
        primer: the beginning: a `Score`, a `Piece`, a file of music, or notes such as "C4 E4 G4:2 r C5".
        primer_bars: bars of the primer that are used, counted from 1: "1-8", (1, 8), or 1 for one; None for all.
        given_part: name or number of the track of a primer file that is continued, varied or filled, while all
            other tracks are kept as they are; None for the likeliest melody.
        include_primer: whether the primer is part of the piece that is returned.
        vary: return variations of the primer instead: this share of its pitches, 0..1, is drawn anew.
        infill: return the primer with these bars drawn anew, counted from 1: "3-4", (3, 4), or 3 for one.
        rank: draw this many times as many pieces, and return the best.
        max_copy: longest passage, in bars, that a piece may share with a training tune; None for no limit.
        program: General MIDI program, a name such as "violin" or a number 0..127; None for that of a primer file,
            else 0.
        swing: where the second of two eighth notes falls, 0.5 (straight) to 0.75.
        humanize: how much timing and velocity vary, 0..1.
        guard: whether to limit repetitions of one note or one bar in a row.
    """

    num: int
    bars: int
    seed: int | None
    temperature: float
    rhythm_temperature: float | None
    top_k: int | None
    top_p: float | None
    min_p: float | None
    form: str | None
    form_weight: float
    meter: MeterLike | None
    tempo: float | None
    key: Key | str | None
    scale: str | Sequence[int] | None
    range: RangeLike | None
    max_interval: int | None
    density: float | None
    end: str | None
    primer: Score | Piece | StrPath | None
    primer_bars: BarsLike | None
    given_part: str | int | None
    include_primer: bool
    vary: float | None
    infill: BarsLike | None
    rank: int
    max_copy: float | None
    program: int | str | None
    swing: float
    humanize: float
    guard: bool


GENERATE_DEFAULTS: Mapping[str, object] = {field.name: field.default for field in fields(Request)}


def request_of(words: GenerateWords) -> Request:
    """Return the request of some words.

    Raises:
        SettingError, NotationError: for a wrong value.
        TypeError: for a word that does not exist.
    """
    check_words("generate", words, GenerateWords)
    values: dict[str, object] = {**words}
    for name, convert in _CONVERSIONS.items():
        if values.get(name) is not None:
            values[name] = convert(values[name])
    return Request(**values)  # type: ignore[arg-type]  # the types of the words are those of the request


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


_CONVERSIONS: Mapping[str, Callable[[object], object]] = {
    "meter": as_meter,
    "key": _as_key,
    "scale": _as_scale,
    "range": as_range,
    "primer": _as_primer,
    "primer_bars": as_bars,
    "infill": as_bars,
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


def check_words(function: str, words: Mapping[str, object], known: type) -> None:
    """Raise an error for a word that a function does not take, and for numbers and text where the other is needed.

    Args:
        known: a TypedDict of the words that the function takes.

    Raises:
        TypeError: for another word; the message names the nearest one.
        SettingError: for a value of another type.
    """
    hints = get_type_hints(known)
    for word, value in words.items():
        if word not in hints:
            near = get_close_matches(word, hints, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{function}() got an unexpected keyword argument {word!r}{hint}")
        kind, rule = _KINDS.get(hints[word], (object, ""))
        if value is not None and not isinstance(value, kind):
            raise SettingError(f"{word} must be {rule}. Received: {value!r}")


_WHOLE, _NUMBER, _TEXT = (Integral, "a whole number"), (Real, "a number"), (str, "text")
_KINDS: Mapping[object, tuple[type, str]] = {
    **{int: _WHOLE, int | None: _WHOLE},
    **{float: _NUMBER, float | None: _NUMBER},
    **{str: _TEXT, str | None: _TEXT},
}


def takes(*words: type, defaults: Mapping[str, object]) -> Callable[[_Function], _Function]:
    """Return a decorator that writes words into the signature and the docstring of a function with `**words`.

    Args:
        words: TypedDicts; what their docstrings say after "Attributes:" takes the place of the line of the function's
            docstring that begins with "**words:".
        defaults: the default of each word.
    """

    def document(function: _Function) -> _Function:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=hint)
            for one in words
            for name, hint in get_type_hints(one).items()
        ]
        vars(function)["__signature__"] = signature.replace(parameters=[*own, *added])
        function.__doc__ = _with_words(inspect.getdoc(function) or "", [inspect.getdoc(one) or "" for one in words])
        return function

    return document


def _with_words(text: str, of_words: Iterable[str]) -> str:
    """Return a docstring with the descriptions of words in the place of its line about `**words`."""
    described = "\n".join(one.partition("Attributes:\n")[2].rstrip() for one in of_words)
    return "\n".join(described if line.strip().startswith(_MARK) else line for line in text.splitlines())
