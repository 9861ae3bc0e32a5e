"""The wishes of the page: the table of `generation/wish_table.py` as JSON, and JSON as the fields of a `Request`.

A refusal names the wish that it is about. Where the library refuses a request whose wishes are each within their
limits, the wish is the first without which it would not be refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..errors import MelodyRNNError
from ..generation.part_wishes import PartWishes
from ..generation.request import Request
from ..generation.scales import ModalKey
from ..generation.wish import Wish
from ..generation.wish_table import WISHES
from ..json_types import JsonObject
from ..music.meter import Meter
from ..music.notation import parse_range, pitch_of
from ..music.programs import parse_program
from .endpoint import CallError, Endpoint, answer_json, shown
from .reading import a_flag, a_list, a_name, a_text, an_object, refuse, refused

OF_PARTS = "of_parts"  # the name of the wishes for single parts: {part: {wish: value}}
_MAX_TEXT, _MAX_NAMES = 10_000, 64
_MAX_WHOLE = 2**53 - 1  # the largest whole number that JavaScript holds exactly
OFFERED = {name: wish for name, wish in WISHES.items() if not wish.is_given}


class WishList:
    """Tells the page what can be wished for."""

    def endpoints(self) -> Sequence[Endpoint]:
        return (Endpoint("GET", "/api/wishes", lambda call: answer_json(describe()), "the wishes", gives="WishTable"),)

    def close(self) -> None:
        """Nothing runs here."""


def describe() -> list[JsonObject]:
    """Return the table of wishes as JSON."""
    return [_described(wish) for wish in OFFERED.values()]


def _described(wish: Wish) -> JsonObject:
    return {
        "name": wish.name,
        "kind": wish.kind,
        "help": wish.help,
        "default": wish.default,
        "unset": wish.unset,
        "low": wish.low,
        "high": wish.high,
        "isAbove": wish.is_above,
        "choices": list(wish.choices),
        "form": wish.form,
        "suggestions": list(wish.suggestions),
        "common": wish.is_common,
        "model": wish.model,
        "perPart": wish.per_part,
    }


def fields_of(wishes: object, more: Sequence[str] = ()) -> dict[str, object]:
    """Return the fields of a `Request` for wishes as JSON; null is no wish. Raises CallError.

    Args:
        more: names of further wishes of `WISHES` that may be wished for.
    """
    known = {name: wish for name, wish in WISHES.items() if (name in OFFERED and name != "polyphony") or name in more}
    fields: dict[str, object] = {}
    for name, value in an_object(wishes, "wishes").items():
        if value is None:
            continue
        if name == OF_PARTS:
            fields[name] = tuple(_of_parts(value))
        elif name not in known:
            raise CallError(f"a wish must be one of {', '.join(known)}. Received: {shown(name)}", wish=shown(name))
        else:
            fields[name] = _read(known[name], value)
    return fields


def _of_parts(value: object) -> Iterator[tuple[str, PartWishes]]:
    """Yield the name of each part and the wishes for it."""
    for part, wishes in an_object(value, OF_PARTS).items():
        own: dict[str, object] = {}
        for name, one in an_object(wishes, f"the wishes for {shown(part)}").items():
            wish = OFFERED.get(name)
            if wish is None or not wish.per_part:
                raise CallError(
                    f"a wish for a part must be range, max_interval, density, polyphony or program. "
                    f"Received: {shown(name)}",
                    wish=OF_PARTS,
                )
            read = None if one is None else _read(wish, one)
            if isinstance(read, tuple):
                own["low"], own["high"] = read
            elif read is not None:
                own[name] = read
        try:
            yield part, PartWishes(**own)  # type: ignore[arg-type]  # the table has their types
        except MelodyRNNError as error:
            raise CallError(str(error), wish=str(error).split()[0]) from error


def _read(wish: Wish, value: object) -> object:
    """Return the value of a wish. Raises CallError, which names the wish."""
    try:
        return _READERS[wish.kind](wish, value)
    except CallError as error:
        raise CallError(str(error), error.status, wish.name) from error
    except MelodyRNNError as error:
        raise CallError(str(error), wish=wish.name) from error


def _number(wish: Wish, value: object) -> float:
    low, high = -math.inf if wish.low is None else wish.low, math.inf if wish.high is None else wish.high
    above = f"> {low:g}" if wish.is_above else f">= {low:g}"
    rule = f"a number {above}{'' if wish.high is None else f', at most {high:g}'}"
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > _MAX_WHOLE:
        raise refuse(wish.name, rule, value)
    if not low <= value <= high or (wish.is_above and value == low):
        raise refuse(wish.name, rule, value)
    return value


def _integer(wish: Wish, value: object) -> int:
    found = _number(wish, value)
    if found != int(found):
        raise refuse(wish.name, "a whole number", value)
    return int(found)


def _flag(wish: Wish, value: object) -> bool:
    return a_flag(value, wish.name)


def _choice(wish: Wish, value: object) -> str:
    return a_name(value, wish.choices, wish.name)


def _range(wish: Wish, value: object) -> tuple[int, int]:
    if isinstance(value, str):
        return parse_range(value)
    low, high = (_integer(wish, one) for one in a_list(value, 2, wish.name)) if _is_pair(value) else (1, 0)
    if low > high:
        raise refused(wish.name, "a lowest and a highest pitch, as in [60, 84] or C4:C6", str(value))
    return low, high


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _names(wish: Wish, value: object) -> tuple[str, ...] | None:
    names = tuple(a_text(one, _MAX_TEXT, wish.name) for one in a_list(value, _MAX_NAMES, wish.name))
    return names or None


def _text(wish: Wish, value: object) -> object:
    if type(value) is int and wish.form in ("program", "pitch"):
        value = str(value)
    text = a_text(value, _MAX_TEXT, wish.name)
    return _FORMS.get(wish.form, str)(text)


_FORMS: Mapping[str, Callable[[str], object]] = {
    "key": ModalKey.parse,
    "meter": Meter.parse,
    "program": parse_program,
    "pitch": pitch_of,
}
_READERS: Mapping[str, Callable[[Wish, object], object]] = {
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "range": _range,
    "names": _names,
    "text": _text,
}


def request_of(fields: Mapping[str, object]) -> Request:
    """Return a request with these fields. Raises CallError, which names the wish, where they break a rule."""
    try:
        return Request(**fields)  # type: ignore[arg-type]  # the table has their types
    except MelodyRNNError as error:
        raise CallError(str(error), wish=_named(str(error), fields)) from error


def _named(message: str, fields: Mapping[str, object]) -> str | None:
    """Return the wish that a message begins with."""
    first = message.partition(" ")[0]
    return first if first in fields else None


def culprit(
    request: Request, message: str, wished: Mapping[str, object], check: Callable[[Request], object]
) -> str | None:
    """Return the name of the wish because of which a request is refused; None where it is due to none alone.

    Args:
        message: of the refusal.
        wished: the fields that were wished for.
        check: refuses a request that cannot be met.
    """
    named = _named(message, wished)
    if named is not None:
        return named
    defaults = Request()
    for name in wished:
        try:
            check(replace(request, **{name: getattr(defaults, name)}))
        except MelodyRNNError:
            continue
        return name
    return None
