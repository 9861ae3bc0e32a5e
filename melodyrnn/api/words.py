"""The words of the commands as keyword arguments: types and documentation, declared once, and what they stand for.

A function takes such words as `**words`; `takes` writes them into its signature and its docstring. A word may have the
form that the command line takes ("C4:C6") or a Python value ((60, 84)); errors are those of the command.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from numbers import Integral, Real
from typing import TypedDict, TypeVar, get_type_hints

from ..errors import SettingError
from ..generation.request import Request
from ..music.keys import Key
from ..music.piece import Piece
from ..score.score import Score
from ..tasks.paths import StrPath
from .conversions import CONVERSIONS, BarsLike, LockedLike, MeterLike, RangeLike

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
        form_weight: how strongly the form is followed in bars that repeat an earlier one, 0 or more; None is 1, but 0
            where melodies have layouts and no form is requested.
        meter: "6/8", a `Meter`, or a pair such as (6, 8); None for the primer's, else 4/4.
        tempo: quarter notes per minute, 4..1000; None for the primer's, else the corpus's.
        key: a name such as "D minor" or "E dorian", or a `Key`: all notes are of its scale, and the piece ends on its
            tonic; None for the primer's or the corpus's most common one, which then restricts no note.
        scale: the allowed notes: a name such as "minor-pentatonic", or pitch classes above the tonic, "0,2,4,7,9" or
            [0, 2, 4, 7, 9]; None for those of `key`.
        range: lowest and highest pitch, both included: "C4:C6", or two names or MIDI numbers such as (60, 84).
        max_interval: largest interval between successive notes, in semitones.
        register: the median pitch that melodies are drawn around, a name such as "D5" or a MIDI number; None as in
            the corpus.
        density: notes per bar: exactly in the mean over a new piece of a model with layouts, whose bars vary as those
            of real tunes do, else as nearly as whole notes can be in each bar.
        pickup: length of the pick-up in beats of the meter's denominator, under a bar; 0 for none; None as often and
            as long as in the corpus. A piece with one has one bar more.
        end: "tonic"; "close", a full close: the tonic on a strong beat, for a third of a bar at least, by step or from
            the dominant; "open" (not the tonic); or "any". None for an end like those of the corpus, mostly
            on the tonic; with `key` always on the tonic.
        primer: the beginning: a `Score`, a `Piece`, a file of music, or notes such as "C4 E4 G4:2 r C5".
        primer_bars: bars of the primer that are used, counted from 1: "1-8", (1, 8), or 1 for one; None for all.
        given_part: name or number of the track of a primer file that is continued, varied or filled, while all
            other tracks are kept as they are; None for the likeliest melody.
        given: a file, a `Piece` or a `Score` whose parts are kept; a model of several parts draws the others.
        draw: names of the parts to draw, beside those of `given`; None for all that the model knows and it lacks.
        parts: names of the parts to draw, such as ["melody", "bass"]; None for all.
        roles: roles of tracks of the given file, by name or number, where the guess is wrong: {"Strings": "harmony"}.
        of_parts: wishes for parts by name: {"bass": {"range": "E1:G2", "density": 4, "program": 33}}; with the words
            range, max_interval, density, polyphony (most notes that begin together) and program.
        chords: chord symbols to draw to, such as "C:2 G:2 | Am F" (lengths in beats), repeated until the end.
        render_chords: whether chord symbols also sound, as a part of their own.
        include_primer: whether the primer is part of the piece that is returned.
        vary: return variations of the primer instead: this share of its pitches, 0..1, gets other ones.
        infill: return the primer with these bars drawn anew, counted from 1: "3-4", (3, 4), or 3 for one.
        new_ending: return the primer with this many bars, up to that of its last note, drawn anew so that it closes.
        locked: notes of the primer that stay as they are where bars or pitches are drawn anew: (tick, pitch) or
            (tick, pitch, track), such as (3840, "C5"), or "3840=C5".
        rank: number of drafts of each piece, of which the best is returned; None is 4 for new melodies of 8
            bars and more of a model with a critic, else 1.
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
    form_weight: float | None
    meter: MeterLike | None
    tempo: float | None
    key: Key | str | None
    scale: str | Sequence[int] | None
    range: RangeLike | None
    max_interval: int | None
    register: int | str | None
    density: float | None
    pickup: float | None
    end: str | None
    primer: Score | Piece | StrPath | None
    primer_bars: BarsLike | None
    given_part: str | int | None
    given: Score | Piece | StrPath | None
    draw: Sequence[str] | None
    parts: Sequence[str] | None
    roles: Mapping[str, str]
    of_parts: Mapping[str, Mapping[str, object]]
    chords: str | None
    render_chords: bool
    include_primer: bool
    vary: float | None
    infill: BarsLike | None
    new_ending: int | None
    locked: Sequence[LockedLike]
    rank: int | None
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
    for name, convert in CONVERSIONS.items():
        if values.get(name) is not None:
            values[name] = convert(values[name])
    return Request(**values)  # type: ignore[arg-type]  # the types of the words are those of the request


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
