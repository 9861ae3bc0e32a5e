"""The names of the parts of a vocabulary, as users write and read them."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import SettingError
from ...score.slots import SLOTS
from ..vocabulary import Vocabulary

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


def part_name(vocabulary: Vocabulary, part: int) -> str:
    """Return the name of a part for users: that of its slot."""
    return SLOTS[vocabulary.values["part"][part]].name
