"""All conditions, by name, in the order of their columns. A new condition needs a file and an entry here."""

from __future__ import annotations

from .base import Condition
from .beat import BeatCondition
from .form import FormCondition
from .length import LengthCondition
from .meter import MeterCondition
from .mode import ModeCondition
from .tonic import TonicCondition

_ALL: tuple[Condition, ...] = (
    MeterCondition(),
    ModeCondition(),
    LengthCondition(),
    FormCondition(),
    BeatCondition(),
    TonicCondition(),
)
CONDITIONS = {condition.name: condition for condition in _ALL}
# The conditions that every network reads; a vocabulary names these and any others.
ALWAYS = ("meter", "mode", "length")
# Those that a network of several parts reads besides the usual ones.
OF_PARTS = ("beat", "tonic")


def usual_conditions(has_forms: bool) -> tuple[str, ...]:
    """Return the conditions of a network for which none are named: the form is one where forms were seen."""
    return (*ALWAYS, "form") if has_forms else ALWAYS
