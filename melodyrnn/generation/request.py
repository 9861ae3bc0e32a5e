"""The request: all settings of a generation, used by the API, the command line and the recipe in generated files.

A `Request` holds what the caller set, None where nothing was set; plan.py resolves the rest.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace

from ..errors import SettingError
from ..music.keys import Key
from ..music.meter import Meter
from ..music.notation import pitch_name
from .locked import LockedNote
from .part_wishes import PartWishes
from .primer import PrimerLike
from .recipe import as_option
from .scales import ModalKey

DEFAULT_BARS = 16
MAX_BARS = 20_000  # that a command draws without --yes: about two minutes (180 bars a second on one core)
DEFAULT_TEMPO = 120.0  # quarter notes per minute, where neither a user nor a corpus sets another
DEFAULT_TEMPERATURE = 0.85  # at which both checkpoints pass all checks of `compare` (docs/decisions.md)
DEFAULT_FORM_WEIGHT = 1.0
DEFAULT_DRAFTS = 4  # of a new melody that the critic of the model can judge (rank.py)
_REWRITING = ("vary", "infill", "new_ending")
COPIED = "longest passage in the training corpus"  # begins the text about copies in a generated file


@dataclass(frozen=True, slots=True)
class Request:
    """The settings of a generation. None leaves a choice to the primer, else to the model's corpus.

    `meter` may be given as a pair of numbers, `key` as a `Key` or as text: "D minor", "E dorian".

    Attributes:
        num: number of pieces.
        bars: exact number of new bars; the bars of a primer come before them.
        seed: of the random numbers; None draws one. The same seed gives the same pieces.
        temperature, rhythm_temperature, top_k, top_p, min_p: see `Sampling`.
        form: sections such as "AABA", or "free"; None for the form of a tune of the corpus.
        form_weight: how strongly the form is followed, 0 or more (network/guidance.py); None is 1, but 0 where melodies
            have layouts, which tell the form too, and none is requested.
        meter: of the pieces.
        tempo: quarter notes per minute, 4..1000.
        key: of the pieces; notes are in its scale, the first is in its tonic triad and the last is its tonic.
        scale: a name of `scales.SCALES`, or pitch classes above the tonic: "0,2,4,7,9".
        range: lowest and highest pitch, inclusive, MIDI numbers.
        max_interval: largest interval between successive notes, in semitones.
        register: the median pitch that melodies are drawn around, a MIDI number; None as in the corpus.
        density: notes per bar.
        pickup: length of the pick-up in beats of the meter's denominator, under a bar; 0 for none; None as often and as
            long as in the corpus.
        end: "tonic", "close" (a full close, see constraints/close.py), "open" (not the tonic) or "any"; None is an end
            like those of the corpus, without layouts and in a requested key the tonic where the other wishes allow it.
        primer: music to continue: a path of a MIDI file, typed notes, a `Score`, a `Piece` (as its file), or a `Primer`
            that is read already.
        primer_bars: first and last bar (counted from 1) of the primer that are used; None for all.
        given_part: name or number of the track of a primer file that is continued; None for the likeliest melody.
        include_primer: whether the primer is part of the piece.
        vary: share of the primer's pitches to draw anew, 0..1, instead of continuing it.
        infill: first and last bar (counted from 1) of the primer to draw anew, instead of continuing it.
        new_ending: number of bars, up to that of the last note of the primer, to draw anew so that it closes.
        locked: notes of the primer that stay as they are, also in bars that are drawn anew and in variations.
        rank: number of drafts of each piece, of which the best is kept (rank.py); None is 4 for new melodies of
            8 bars and more of a model with a critic, else 1.
        max_copy: longest passage, in bars, that a piece may share with a training tune; pieces with a longer one are
            drawn again.
        program: General MIDI program, 0..127; None for that of a primer file, else 0.
        swing: where the second of two eighths falls, 0.5 (straight) to 0.75.
        humanize: how much timing and velocity deviate, 0..1.
        guard: whether to keep melodies from getting stuck on one note or one bar.
        given: with a model of several parts, a file whose parts are kept while others are drawn; see `primer`.
        draw: with `given`, names of the parts that are drawn; None for all that the model knows and the file lacks.
        parts: names of the parts that are drawn; None for all.
        roles: pairs of a track of the given file, by name or number, and its role, where the guess is wrong.
        of_parts: pairs of the name of a part and the wishes for it, where they differ from those for all parts.
        chords: typed chord symbols to draw to, such as "C:2 G:2 | Am F"; they repeat until the end.
        render_chords: whether chord symbols also sound, as a part of their own.

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
    form_weight: float | None = None
    meter: Meter | None = None
    tempo: float | None = None
    key: ModalKey | None = None
    scale: str | None = None
    range: tuple[int, int] | None = None
    max_interval: int | None = None
    register: int | None = None
    density: float | None = None
    pickup: float | None = None
    end: str | None = None
    primer: PrimerLike | None = None
    primer_bars: tuple[int, int] | None = None
    given_part: str | None = None
    given: PrimerLike | None = None
    draw: tuple[str, ...] | None = None
    parts: tuple[str, ...] | None = None
    roles: tuple[tuple[str, str], ...] = ()
    of_parts: tuple[tuple[str, PartWishes], ...] = ()
    chords: str | None = None
    render_chords: bool = False
    include_primer: bool = True
    vary: float | None = None
    infill: tuple[int, int] | None = None
    new_ending: int | None = None
    locked: tuple[LockedNote, ...] = ()
    rank: int | None = None
    max_copy: float | None = None
    program: int | None = None
    swing: float = 0.5
    humanize: float = 0.0
    guard: bool = True

    def __post_init__(self) -> None:
        if self.meter is not None:
            object.__setattr__(self, "meter", Meter(*self.meter))
        object.__setattr__(self, "locked", tuple(LockedNote(*note) for note in self.locked))
        self._check_ranges()
        self._check_together()
        object.__setattr__(self, "key", _modal_key(self.key))

    def _check_ranges(self) -> None:
        rules = [
            ("num", self.num >= 1, ">= 1"),
            ("bars", self.bars >= 1, ">= 1"),
            ("seed", self.seed is None or self.seed >= 0, ">= 0"),
            ("tempo", self.tempo is None or 4 <= self.tempo <= 1000, "4..1000 quarter notes per minute"),
            ("register", self.register is None or 0 <= self.register <= 127, "0..127 (C-1 to G9)"),
            ("pickup", self.pickup is None or self.pickup >= 0, ">= 0"),
            ("rank", self.rank is None or self.rank >= 1, ">= 1"),
            ("program", self.program is None or 0 <= self.program <= 127, "0..127"),
            ("swing", 0.5 <= self.swing <= 0.75, "0.5..0.75"),
            ("humanize", 0 <= self.humanize <= 1, "0..1"),
            ("max_copy", self.max_copy is None or self.max_copy > 0, "> 0"),
            ("form_weight", self.form_weight is None or self.form_weight >= 0, ">= 0"),
            ("vary", self.vary is None or 0 <= self.vary <= 1, "0..1"),
            ("new_ending", self.new_ending is None or self.new_ending >= 1, ">= 1"),
        ]
        for name, holds, rule in rules:
            if not holds:
                raise SettingError(f"{name} must be {rule}. Received: {getattr(self, name)}")

    def _check_together(self) -> None:
        for name in ("vary", "infill", "new_ending", "primer_bars", "given_part"):
            if getattr(self, name) is not None and self.primer is None:
                raise SettingError(f"{name} needs a primer to work on. Received: none")
        rewriting = self.rewriting
        if len(rewriting) > 1:
            both = " and ".join(rewriting[:2])
            raise SettingError(f"{both} cannot be met together: choose one. Received: both")
        if self.end == "close" and self.vary is not None:
            raise SettingError("end close is for new notes, not for a variation. Received: both")
        if self.max_copy is not None and rewriting:
            raise SettingError(f"max_copy is for pieces drawn anew, not for rewriting. Received: it and {rewriting[0]}")
        if self.register is not None and self.range is not None and not self.range[0] <= self.register <= self.range[1]:
            low, high = map(pitch_name, self.range)
            raise SettingError(f"register must be within range. Received: {pitch_name(self.register)}, {low}:{high}")
        if self.locked and not rewriting:
            raise SettingError(f"locked notes are for rewriting: {', '.join(_REWRITING)}. Received: none of them")
        if self.locked and self.primer_bars is not None:
            raise SettingError("locked notes are those of a whole primer. Received: them and primer_bars")

    @property
    def fills(self) -> bool:
        """Whether bars of the primer are drawn anew."""
        return self.infill is not None or self.new_ending is not None

    @property
    def rewriting(self) -> list[str]:
        """The fields by which the primer is rewritten; none where it is continued."""
        return [name for name in _REWRITING if getattr(self, name) is not None]

    @property
    def num_drawn_bars(self) -> int:
        """The number of bars of all pieces that are drawn; those that a requested `rank` leaves out are among them."""
        return self.num * self.bars * (self.rank or 1)

    def recipe(self, checkpoint: str | None, number: int) -> str:
        """Return the command that generates piece `number` again, as its last piece.

        Like the piece, it does not depend on the number of pieces of the request.
        """
        words = ["melodyrnn", "generate"]
        if checkpoint is not None:
            words += ["--checkpoint", checkpoint]
        defaults = Request(seed=None)
        for own in fields(self):
            value = number if own.name == "num" else getattr(self, own.name)
            if value == getattr(defaults, own.name) and own.name not in ("num", "bars", "temperature"):
                continue
            words += as_option(own.name, value)
        if replace(self, num=number).num_drawn_bars > MAX_BARS:
            words.append("--yes")
        return shlex.join(words) + f" # piece {number}"


_PART_WORDS = {
    "given": "a given file",
    "draw": "draw",
    "parts": "naming parts",
    "roles": "a role",
    "of_parts": "a wish for a part",
    "chords": "drawing to chords",
    "render_chords": "rendering chords",
}


def refuse_parts(request: Request, model: str) -> None:
    """Raise SettingError for a setting that needs a model of several parts."""
    defaults = Request()
    for name, words in _PART_WORDS.items():
        if getattr(request, name) != getattr(defaults, name):
            raise SettingError(
                f"{words} needs a model of several parts, such as one trained on a corpus of "
                f"`ingest --parts all`. Received: {model}, which draws one melody"
            )


def _modal_key(key: object) -> ModalKey | None:
    """Return a key that was given as a `ModalKey`, a `Key` or text. Raises SettingError for text that names none."""
    if isinstance(key, Key):
        return ModalKey.of(key)
    if key is None or isinstance(key, ModalKey):
        return key
    return ModalKey.parse(str(key))
