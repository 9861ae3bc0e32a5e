"""All conditions, by name, in the order of their columns. A new condition needs a file and an entry here."""

from __future__ import annotations

from .base import Condition
from .form import FormCondition
from .length import LengthCondition
from .meter import MeterCondition
from .mode import ModeCondition

CONDITIONS: dict[str, Condition] = {
    condition.name: condition for condition in (MeterCondition(), ModeCondition(), LengthCondition(), FormCondition())
}
# The conditions that every network reads; a vocabulary names these and any others.
ALWAYS = ("meter", "mode", "length")


def usual_conditions(has_forms: bool) -> tuple[str, ...]:
    """Return the conditions of a network for which none are named: the form is one where forms were seen."""
    return (*ALWAYS, "form") if has_forms else ALWAYS
