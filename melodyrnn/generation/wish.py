"""A wish: what a user may set of a generation, as command line and studio offer it."""

from __future__ import annotations

from dataclasses import dataclass

from .request import Request

_DEFAULTS = Request()


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish.

    Attributes:
        name: of the field.
        kind: of its value: "number", "integer", "flag", "choice"; "range", two pitches; "bars", the first and the last;
            "text"; "names", several texts; "music", a piece; "notes", some of a piece.
        help: what it does, a sentence.
        unset: what happens where nothing is wished; empty where the default says it or there is no such wish.
        low, high: limits, inclusive; None for none.
        is_above: whether the value must be above `low`.
        choices: the values of a choice.
        form: what a text is: "key", "meter", "program", "pitch" or empty for a text that `Request` reads.
        suggestions: some of the values that a text may have.
        metavar: its value in the help of the command line; None for that of the kind.
        is_common: whether most users look for it.
        model: the kind of models that know it, "melody" or "parts"; empty for both.
        is_given: whether it is or concerns the music that is given.
        per_part: whether it can be wished for a single part.
    """

    name: str
    kind: str
    help: str
    unset: str = ""
    low: float | None = None
    high: float | None = None
    is_above: bool = False
    choices: tuple[str, ...] = ()
    form: str = ""
    suggestions: tuple[str, ...] = ()
    metavar: str | None = None
    is_common: bool = False
    model: str = ""
    is_given: bool = False
    per_part: bool = False

    @property
    def default(self) -> object:
        """The default of `Request`; None leaves a choice to the given music, else to the corpus of the model."""
        return getattr(_DEFAULTS, self.name, None)

    @property
    def words(self) -> str:
        """What it does and what happens without it, as the help of the command line says."""
        return f"{self.help} [default: {self.unset}]." if self.unset else self.help
