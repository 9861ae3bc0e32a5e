"""The parts that a request names, and its wishes for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from ...errors import SettingError
from ...events.parts.names import find_parts, part_name
from ...events.vocabulary import Vocabulary
from ..part_wishes import PartWishes
from ..request import Request

_OF_PITCHES = ("low", "high", "max_interval", "program")  # of melodic parts alone


def wishes_of(request: Request, vocabulary: Vocabulary, drawn: tuple[int, ...]) -> Mapping[int, PartWishes]:
    """Return the wishes for each part: those for its name, else those for all parts.

    Range, largest interval and program for all parts are those of melodic ones, density that of parts with notes.

    Raises:
        SettingError: for a part that the model does not have, or that is not drawn, or that has no pitches to wish for.
    """
    low, high = request.range or (None, None)
    notes = PartWishes(density=request.density)
    of_kind = {
        "melodic": replace(notes, low=low, high=high, max_interval=request.max_interval, program=request.program),
        "drums": notes,
        "chords": PartWishes(),
    }
    own = dict(request.of_parts)
    wishes = {part: of_kind[vocabulary.kinds[part]] for part in drawn}
    for part, asked in zip(find_parts(own, vocabulary, "a wish"), own.values(), strict=True):
        name = part_name(vocabulary, part)
        if part not in wishes:
            raise SettingError(f"a wish must be for a part that is drawn. Received: {name}")
        named = {f.name: value for f in fields(asked) if (value := getattr(asked, f.name)) is not None}
        if vocabulary.kinds[part] != "melodic" and any(wish in named for wish in _OF_PITCHES):
            raise SettingError(f"range, max_interval and program are for melodic parts. Received: one for {name}")
        wishes[part] = replace(wishes[part], **named)
    return wishes
