"""Everything that can be asked of `generate`: one table, read by the API, the command line and the recipe in the file.

A `Request` holds what was asked, blanks included; plan.py fills the blanks.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields

from ..errors import SettingError
from ..music.keys import Key
from ..music.meter import Meter
from ..music.notation import pitch_name
from ..score.score import Score
from .scales import ModalKey

DEFAULT_BARS = 16
DEFAULT_TEMPO = 120.0  # quarter notes per minute, where neither a user nor a corpus says another
DEFAULT_TEMPERATURE = 0.85  # where all that must hold does, for both checkpoints (docs/decisions.md)
DEFAULT_FORM_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to generate. None leaves a choice to the primer, else to the model's corpus.

    `meter` may be given as a pair of numbers, `key` as a `Key` or as text: "D minor", "E dorian".

    Attributes:
        num: how many pieces.
        bars: bars generated, exact; a primer's come before them.
        seed: pieces of one seed are the same.
        temperature, rhythm_temperature, top_k, top_p, min_p: see `Sampling`.
        form: sections such as "AABA", "free", or None: one that a tune of the corpus has.
        form_weight: how strongly the form is followed, 0 or more (network/guidance.py).
        meter: of the pieces.
        tempo: quarter notes per minute, 4..1000.
        key: of the pieces: their notes are of its scale, they begin on its triad and end on its tonic.
        scale: a name of `scales.SCALES`, or pitch classes above the tonic: "0,2,4,7,9".
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
        humanize: how much timing and velocity deviate, 0..1.
        guard: whether to keep melodies from getting stuck on one note or one bar.

    Raises:
        SettingError: where a value is outside its rule.
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
    key: ModalKey | None = None
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
        self._check_ranges()
        self._check_together()
        object.__setattr__(self, "key", _modal_key(self.key))

    def _check_ranges(self) -> None:
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

    def _check_together(self) -> None:
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


def _modal_key(key: object) -> ModalKey | None:
    """A key in any of the forms that it may be given in. Raises SettingError for text that names none."""
    if isinstance(key, Key):
        return ModalKey.of(key)
    if key is None or isinstance(key, ModalKey):
        return key
    return ModalKey.parse(str(key))


def _as_option(name: str, value: object) -> list[str]:
    """A field as the words of the command line that set it."""
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option if value else option.replace("--", "--no-", 1)]
    if isinstance(value, tuple) and name == "range":
        return [option, ":".join(map(pitch_name, value))]
    if isinstance(value, tuple) and name == "infill":
        return [option, "-".join(map(str, value))]
    if isinstance(value, Score):
        return [option, value.name or "(a melody given in Python)"]
    return [option, _exactly(value) if isinstance(value, float) else str(value)]


def _exactly(value: float) -> str:
    """Return the shortest text that reads as the same number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
