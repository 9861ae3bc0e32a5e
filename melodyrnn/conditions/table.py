"""All conditions, by name, in the order of their columns. A new condition needs a file and an entry here."""

from __future__ import annotations

from .bar_notes import BarNotesCondition
from .base import Condition
from .beat import BeatCondition
from .cadence import CadenceCondition
from .character import CharacterCondition
from .compass import CompassCondition
from .final import FinalCondition
from .form import FormCondition
from .join import JoinCondition
from .left import LeftCondition
from .length import LengthCondition
from .meter import MeterCondition
from .mode import ModeCondition
from .notes_left import NotesLeftCondition
from .returns import ReturnsCondition
from .tonic import TonicCondition

_ALL: tuple[Condition, ...] = (
    MeterCondition(),
    ModeCondition(),
    LengthCondition(),
    FormCondition(),
    BeatCondition(),
    TonicCondition(),
    LeftCondition(),
    ReturnsCondition(),
    BarNotesCondition(),
    CadenceCondition(),
    FinalCondition(),
    CompassCondition(),
    CharacterCondition(),
    JoinCondition(),
    NotesLeftCondition(),
)
CONDITIONS = {condition.name: condition for condition in _ALL}
# The conditions that every network reads; a vocabulary names these and any others.
ALWAYS = ("meter", "mode", "length")
OF_LAYOUT = tuple(condition.name for condition in _ALL if condition.is_of_layout)


def usual_conditions(has_forms: bool) -> tuple[str, ...]:
    """Return the conditions of a network for which none are named: the form is one where forms were seen."""
    return (*ALWAYS, "form") if has_forms else ALWAYS


def conditions_of_melodies(has_forms: bool, has_layouts: bool) -> tuple[str, ...]:
    """Return the conditions of a network of melodies."""
    return (*usual_conditions(has_forms), *(OF_LAYOUT if has_layouts else ()))


def conditions_of_parts(has_forms: bool) -> tuple[str, ...]:
    """Return the conditions of a network of several parts."""
    form = ("form",) if has_forms else ()
    return ("meter", "mode", *form, "left", "beat", "tonic")
