"""All conditions, by name, in the order of their columns. A new condition is a file of its own and a line here."""

from __future__ import annotations

from .base import Condition
from .form import FormCondition
from .length import LengthCondition
from .meter import MeterCondition
from .mode import ModeCondition

CONDITIONS: dict[str, Condition] = {
    condition.name: condition for condition in (MeterCondition(), ModeCondition(), LengthCondition(), FormCondition())
}
# Those that every network reads; a vocabulary names its further ones.
ALWAYS = ("meter", "mode", "length")
