"""Everything that can be asked of `generate`: one table, read by the API, the command line and the recipe in the file.

A `Request` holds what was asked, blanks included; `settle` fills the blanks from the primer and from what the model
knows of its corpus, and gives the `Plan` that the loop runs.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from typing import Any

from ..checkpoint import Metadata
from ..conditions.form import is_free, parse_form
from ..errors import SettingError
from ..events.vocabulary import Vocabulary
from ..music.keys import Key
from ..music.meter import Meter
from ..music.notation import pitch_name
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score, from_its_first_bar
from .control import SCALES, Control, parse_scale
from .loop import Plan
from .primer import read_primer
from .sampling import Sampling

DEFAULT_BARS = 16
DEFAULT_TEMPO = 120.0
DEFAULT_TEMPERATURE = 0.85  # where all that must hold does, for both checkpoints (docs/decisions.md)
DEFAULT_FORM_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to generate. None leaves a choice to the primer, else to the model's corpus.

    Attributes:
        num: how many pieces.
        bars: bars generated, exact; a primer's come before them.
        seed: pieces of one seed are the same.
        temperature, rhythm_temperature, top_k, top_p, min_p: see `Sampling`.
        form: sections such as "AABA", "free", or None: one that a tune of the corpus has.
        form_weight: how hard to lean on the form, 0 or more (inference/guidance.py).
        meter: (numerator, denominator).
        tempo: quarter notes per minute, 4..1000.
        key: a `Key`, or its name with a mode: "D minor", "E dorian". The piece is in it: its notes are of its scale, it
            begins on its triad and ends on its tonic.
        scale: a name of `control.SCALES`, or pitch classes above the tonic: "0,2,4,7,9".
        range: lowest and highest pitch, inclusive, MIDI numbers.
        max_interval: largest interval between successive notes, in semitones.
        density: notes per bar.
        end: "tonic", "open" (not the tonic) or "any"; None is the tonic where the other wishes allow it.
        primer: a melody to go on from: a `Score`, a path of a MIDI file, or typed notes.
        include_primer: whether the primer is part of what is written.
        vary: share of the primer's pitches to draw anew, 0..1, instead of going on from it.
        infill: first and last bar (counted from 1) to write anew within the primer, instead of going on from it.
        rank: draw this many times as many pieces and keep the best.
        max_copy: longest passage, in bars, that may stand in a tune the model was trained on; pieces with a longer one
            are drawn again.
        program: General MIDI program, 0..127.
        swing: where the second of two eighths falls, 0.5 (straight) to 0.75.
        humanize: 0..1: how much timing and loudness stray.
        guard: whether to keep melodies from getting stuck on one note or one bar.
    """

    num: int = 1
    bars: int = DEFAULT_BARS
    seed: int | None = None
    temperature: float = DEFAULT_TEMPERATURE
    rhythm_temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    form: str | None = None
    form_weight: float = DEFAULT_FORM_WEIGHT
    meter: Meter | None = None
    tempo: float | None = None
    key: Key | str | None = None
    scale: str | None = None
    range: tuple[int, int] | None = None
    max_interval: int | None = None
    density: float | None = None
    end: str | None = None
    primer: Score | str | None = None
    include_primer: bool = True
    vary: float | None = None
    infill: tuple[int, int] | None = None
    rank: int = 1
    max_copy: float | None = None
    program: int = 0
    swing: float = 0.5
    humanize: float = 0.0
    guard: bool = True

    def __post_init__(self) -> None:
        if self.meter is not None:
            object.__setattr__(self, "meter", Meter(*self.meter))
        rules = [
            ("num", self.num >= 1, ">= 1"),
            ("bars", self.bars >= 1, ">= 1"),
            ("seed", self.seed is None or self.seed >= 0, ">= 0"),
            ("tempo", self.tempo is None or 4 <= self.tempo <= 1000, "4..1000 quarter notes per minute"),
            ("rank", self.rank >= 1, ">= 1"),
            ("program", 0 <= self.program <= 127, "0..127"),
            ("swing", 0.5 <= self.swing <= 0.75, "0.5..0.75"),
            ("humanize", 0 <= self.humanize <= 1, "0..1"),
            ("max_copy", self.max_copy is None or self.max_copy > 0, "> 0"),
            ("form_weight", self.form_weight >= 0, ">= 0"),
            ("vary", self.vary is None or 0 <= self.vary <= 1, "0..1"),
        ]
        for name, holds, rule in rules:
            if not holds:
                raise SettingError(f"{name} must be {rule}. Received: {getattr(self, name)}")
        for name in ("vary", "infill"):
            if getattr(self, name) is not None and self.primer is None:
                raise SettingError(f"{name} needs a primer to work on. Received: none")
        if self.vary is not None and self.infill is not None:
            raise SettingError("vary and infill cannot be met together: choose one. Received: both")
        if self.max_copy is not None and (self.vary is not None or self.infill is not None):
            rewriting = "vary" if self.vary is not None else "infill"
            raise SettingError(f"max_copy is for pieces drawn anew, not for rewriting. Received: it and {rewriting}")

    def recipe(self, checkpoint: str | None, number: int) -> str:
        """The command that makes piece `number` again, as the last of the pieces it writes.

        It is the same however many pieces were asked for, as the piece itself is.
        """
        words = ["melodyrnn", "generate"]
        if checkpoint is not None:
            words += ["--checkpoint", checkpoint]
        defaults = Request(seed=None)
        for field in fields(self):
            value = number if field.name == "num" else getattr(self, field.name)
            if value == getattr(defaults, field.name) and field.name not in ("num", "bars", "temperature"):
                continue
            words += _as_option(field.name, value)
        return shlex.join(words) + f" # piece {number}"


def _as_option(name: str, value: Any) -> list[str]:
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option if value else option.replace("--", "--no-", 1)]
    if name == "meter":
        return [option, f"{value[0]}/{value[1]}"]
    if name == "range":
        return [option, f"{pitch_name(value[0])}:{pitch_name(value[1])}"]
    if name == "infill":
        return [option, f"{value[0]}-{value[1]}"]
    if isinstance(value, Score):
        return [option, value.name or "(a melody given in Python)"]
    return [option, f"{value:g}" if isinstance(value, float) else str(value)]


def settle(request: Request, metadata: Metadata) -> Plan:
    """Fill the blanks. Raises SettingError where a wish is outside its rule or two of them clash."""
    vocabulary = metadata.vocabulary
    primer = read_primer(request.primer, request.meter) if isinstance(request.primer, str) else request.primer
    meter = request.meter or (primer.meter if primer else _usual_meter(metadata))
    check_meter(meter, vocabulary)
    wished, scale = _key_and_scale(request)
    key = wished or (primer.key if primer else Key.parse(next(iter(metadata.corpus.get("keys", {"C major": 1})))))
    if primer is not None:
        primer = _fitted(primer, meter, key)
    control = _control(request, key, scale, wished is not None)
    opening = primer.num_bars if primer else 0
    return Plan(
        num=request.num * request.rank,
        num_bars=opening + request.bars,
        meter=meter,
        key=key,
        microseconds_per_quarter=_tempo(request, primer, metadata),
        seed=request.seed or 0,
        sampling=Sampling(request.temperature, request.rhythm_temperature, request.top_k, request.top_p, request.min_p),
        control=control,
        primer=primer,
        start=opening * meter.bar(STEPS_PER_QUARTER) if request.density is not None else 0,
        guard=request.guard,
        form=_form(request, primer is not None, vocabulary),
        form_weight=request.form_weight,
    )


def _form(request: Request, has_primer: bool, vocabulary: Vocabulary) -> tuple[int, ...] | None:
    """The labels asked for; unknown ones where a primer sets out on a form of its own; None where one is drawn."""
    if request.form is None:
        return () if has_primer else None
    if has_primer and not is_free(request.form):
        raise SettingError(f"form is for pieces without a primer. Received: {request.form!r} and a primer")
    if not vocabulary.forms and not is_free(request.form):
        raise SettingError(f"form needs a model trained to follow one: train it anew. Received: {request.form!r}")
    return tuple(parse_form(request.form, request.bars).tolist())


def _control(request: Request, key: Key, scale: tuple[int, ...] | None, keep_key: bool) -> Control:
    """The wishes; where nothing is said of the end, the tonic if that can be met."""
    low, high = request.range or (None, None)
    end = None if request.end == "any" else request.end
    control = Control(key, scale, keep_key, low, high, request.max_interval, request.density, end)
    if request.end is not None:
        return control
    closed = replace(control, end="tonic")
    try:
        closed.check()
    except SettingError:
        return control
    return closed


def check_meter(meter: Meter, vocabulary: Vocabulary) -> None:
    """Raise SettingError for a meter that is none, or whose bar is longer than any the model has seen."""
    numerator, denominator = meter
    if denominator not in (1, 2, 4, 8, 16) or not 1 <= numerator <= 64:
        raise SettingError(
            f"meter must be like 4/4: 1..64 beats of a 1st, 2nd, 4th, 8th or 16th. Received: {numerator}/{denominator}"
        )
    if meter.bar(STEPS_PER_QUARTER) > vocabulary.max_bar:
        known = ", ".join("{}/{}".format(*m) for m in vocabulary.meters)
        raise SettingError(
            f"meter must have a bar no longer than those this model has seen ({known}). "
            f"Received: {numerator}/{denominator}"
        )


def _key_and_scale(request: Request) -> tuple[Key | None, tuple[int, ...] | None]:
    """The key wished for, and the scale: the one named, else that of the key's mode."""
    scale = parse_scale(request.scale) if request.scale is not None else None
    if request.key is None:
        return None, scale
    if isinstance(request.key, Key):
        key, mode = request.key, request.key.mode
    else:
        key, mode = parse_key(request.key)
    return key, scale or SCALES[mode]


def parse_key(text: str) -> tuple[Key, str]:
    """A key with any mode: the `Key`, major or minor by its third, and the name of its scale."""
    tonic, _, mode = text.strip().partition(" ")
    mode = mode.strip().lower()
    if mode in SCALES and mode not in ("major", "minor"):
        major = 4 in SCALES[mode] and 3 not in SCALES[mode]
        return Key.parse(f"{tonic} {'major' if major else 'minor'}"), mode
    key = Key.parse(text)
    return key, key.mode


def _usual_meter(metadata: Metadata) -> Meter:
    if (4, 4) in metadata.vocabulary.meters:
        return Meter(4, 4)
    return Meter.parse(next(iter(metadata.corpus.get("meters", {"4/4": 1}))))


def _tempo(request: Request, primer: Score | None, metadata: Metadata) -> int:
    """Microseconds per quarter note."""
    if request.tempo is None and primer is not None:
        return primer.microseconds_per_quarter
    return round(60e6 / (request.tempo or metadata.corpus.get("tempo", DEFAULT_TEMPO)))


def _fitted(primer: Score, meter: Meter, key: Key) -> Score:
    """The primer read in the meter and key of the piece, as it sounds, from its first bar on."""
    if not len(primer):
        raise SettingError("primer must hold at least one note. Received: none")
    return from_its_first_bar(replace(primer, meter=meter, key=key))
