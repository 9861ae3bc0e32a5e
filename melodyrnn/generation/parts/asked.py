"""The parts that a request names, and its wishes for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ..part_wishes import PartWishes
from ..request import Request
from .plan import part_name

_NONE = -1


def find_parts(names: Iterable[str], vocabulary: Vocabulary, setting: str) -> tuple[int, ...]:
    """Return the parts of these names: of a slot ("harmony 2") or a part ("Alto"), in any case.

    Args:
        setting: what names them, for the message.

    Raises:
        SettingError: where the model has no such part, or one is named twice.
    """
    by_name: dict[str, int] = {}
    for number, part in enumerate(vocabulary.parts):
        by_name.setdefault(part.name.lower(), number)
    by_name.update({part_name(vocabulary, number).lower(): number for number in range(len(vocabulary.parts))})
    found: list[int] = []
    for name in names:
        number = by_name.get(name.strip().lower(), _NONE)
        if number == _NONE:
            known = ", ".join(part_name(vocabulary, n) for n in range(len(vocabulary.parts)))
            raise SettingError(f"{setting} must name parts of this model ({known}). Received: {name.strip()!r}")
        if number in found:
            raise SettingError(f"{setting} must name each part once. Received: {name.strip()!r} twice")
        found.append(number)
    return tuple(found)


def wishes_of(request: Request, vocabulary: Vocabulary, drawn: tuple[int, ...]) -> Mapping[int, PartWishes]:
    """Return the wishes for each part: those for its name, else those for all parts.

    Raises SettingError for a part that the model does not have, or that is not drawn.
    """
    low, high = request.range or (None, None)
    every = PartWishes(low, high, request.max_interval, request.density, None, request.program)
    own = dict(request.of_parts)
    wishes = {part: every for part in drawn}
    for part, asked in zip(find_parts(own, vocabulary, "a wish"), own.values(), strict=True):
        if part not in wishes:
            raise SettingError(f"a wish must be for a part that is drawn. Received: {part_name(vocabulary, part)}")
        named = {f.name: value for f in fields(asked) if (value := getattr(asked, f.name)) is not None}
        wishes[part] = replace(every, **named)
    return wishes
