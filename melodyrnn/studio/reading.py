"""Reads values out of JSON that came from outside; what has another type or size is refused, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from ..json_types import JsonObject
from .endpoint import CallError, shown

T = TypeVar("T")


def refuse(what: str, rule: str, received: object) -> CallError:
    """Return the refusal of a value: what it is, the rule, and what was received."""
    text = json.dumps(received) if isinstance(received, str | int | float | None) else type(received).__name__
    return refused(what, rule, text)


def refused(what: str, rule: str, words: str) -> CallError:
    """Return the refusal of a value: what it is, the rule, and in words what was received."""
    return CallError(f"{what} must be {rule}. Received: {shown(words)}")


def an_object(value: object, what: str) -> JsonObject:
    """Return a JSON object. Raises CallError for anything else; `what` names the value in the message."""
    if not isinstance(value, dict):
        raise refuse(what, "a JSON object", value)
    return value


def an_integer(value: object, low: int, high: int, what: str) -> int:
    """Return an integer from `low` to `high`. Raises CallError for anything else."""
    if type(value) is not int or not low <= value <= high:
        raise refuse(what, f"a whole number {low}..{high}", value)
    return value


def a_text(value: object, most: int, what: str) -> str:
    """Return a text of at most `most` characters that UTF-8 can hold. Raises CallError for anything else."""
    if not isinstance(value, str) or len(value) > most:
        raise refuse(what, f"a text of at most {most} characters", value)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise CallError(f"{what} must be text of Unicode. Received: half of a character")
    return value


def a_name(value: object, names: Collection[str], what: str) -> str:
    """Return one of several names. Raises CallError for anything else."""
    if not isinstance(value, str) or value not in names:
        raise refuse(what, f"one of {', '.join(names)}", value)
    return value


def a_flag(value: object, what: str) -> bool:
    """Return true or false. Raises CallError for anything else."""
    if not isinstance(value, bool):
        raise refuse(what, "true or false", value)
    return value


def a_list(value: object, most: int, what: str) -> list[object]:
    """Return a list of at most `most` values. Raises CallError for anything else."""
    if not isinstance(value, list) or len(value) > most:
        raise _no_list(what, f"a list of at most {most} values", value)
    return value


def _no_list(what: str, rule: str, value: object) -> CallError:
    return refused(what, rule, f"{len(value)} values") if isinstance(value, list) else refuse(what, rule, value)


def a_row(value: object, kinds: Sequence[Callable[[object], T]], what: str) -> list[T]:
    """Return a list with one value of each kind. Raises CallError for anything else."""
    if not isinstance(value, list) or len(value) != len(kinds):
        raise _no_list(what, f"a list of {len(kinds)} values", value)
    return [kind(one) for kind, one in zip(kinds, value, strict=True)]


def a_row_of_integers(value: object, highest: Sequence[int], what: str, lowest: int = 0) -> list[int]:
    """Return a list of integers from `lowest` to the highest of each. Raises CallError for anything else."""
    kinds = [lambda one, high=high: an_integer(one, lowest, high, what) for high in highest]
    return a_row(value, kinds, what)


def only(found: JsonObject, names: Sequence[str], what: str) -> None:
    """Raise CallError where an object has other names than these."""
    others = [name for name in found if name not in names]
    if others:
        raise CallError(f"{what} must have only {', '.join(names)}. Received: {shown(str(others[0]))}")
